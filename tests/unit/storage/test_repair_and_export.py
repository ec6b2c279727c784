"""Repair keeps what is whole and says what is not; an export is an ordinary TinyDB file."""

from __future__ import annotations

import errno
import os

import pytest
from tinydb import TinyDB, where

from feeds.errors import StoreDamaged, StoreError, StoreLocked
from storage.export import export
from storage.frames import Damage, Torn, frame, header
from storage.port import Change
from storage.repair import repair
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of

LAST = frame(b'[["entries","9",null]]')


def fill(folder) -> list[int]:
    """Four changes; where each begins."""
    begins = []
    with open_store(folder, writable=True) as store:
        for one in ("a", "b", "a", "c"):
            begins.append(store.counts().size)
            store.commit(Change(entries=(entry_of(one, title=f"{one} of change {len(begins)}"),)))
    return begins


def flip(path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def titles(folder) -> list[str]:
    with open_store(folder, writable=True) as store:
        return [entry.title for entry in store.entries()]


def test_a_damaged_change_is_lost_and_what_it_replaced_stands_again(tmp_path):
    path, begins = tmp_path / "journal", fill(tmp_path)
    flip(path, begins[2] + 30)
    damaged = path.read_bytes()
    found = repair(tmp_path)
    assert found.records == 3
    assert found.lost == (Damage(offset=begins[2], reason="a record does not match its checksum"),)
    assert found.kept_as == tmp_path / "journal.damaged-1"
    assert found.kept_as.read_bytes() == damaged
    assert titles(tmp_path) == ["a of change 1", "b of change 2", "c of change 4"]


def test_every_flipped_byte_is_repaired_with_the_loss_of_one_change_at_most(tmp_path):
    begins = fill(tmp_path / "whole")
    data = (tmp_path / "whole" / "journal").read_bytes()
    for at in range(0, len(data), 7):
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / "journal").write_bytes(data)
        flip(folder / "journal", at)
        found = repair(folder)
        assert found.records == (4 if at < begins[0] else 3)
        assert len(found.lost) == 1
        assert repair(folder).lost == ()
        assert len(titles(folder)) in (2, 3)


def test_a_removal_whose_document_was_lost_is_passed_over(tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(header() + LAST + frame(b"no change of documents"))
    found = repair(tmp_path)
    assert found.records == 1
    assert [type(one) for one in found.lost] == [Damage]
    assert titles(tmp_path) == []


def test_an_entry_that_came_back_after_a_lost_removal_is_as_it_was_last_and_stays_buried(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a", title="first life"), entry_of("b"))))
        begin = store.counts().size
        store.commit(Change(buried=(entry_of("a"),)))
        store.commit(Change(entries=(entry_of("a", title="second life"),)))
        store.commit(Change(entries=(entry_of("a", title="second life, edited"),)))
    flip(tmp_path / "journal", begin + 30)
    assert len(repair(tmp_path).lost) == 1
    with open_store(tmp_path, writable=True) as store:
        assert [one["title"] for one in store.database.table("entries") if one["id"] == "a"] == ["second life, edited"]
        store.commit(Change(buried=(entry_of("a"),)))
    with open_store(tmp_path, writable=True) as store:
        assert store.entry("a") is None
        assert [entry.id for entry in store.entries()] == ["b"]


def test_after_a_repair_an_id_is_an_entry_or_a_tombstone_whichever_was_written_later(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a", title="first"), entry_of("b"))))
        store.commit(Change(buried=(entry_of("a"), entry_of("b"))))
        begin = store.counts().size
        store.commit(Change(entries=(entry_of("a"), entry_of("b"))))  # lost, and the removal of the tombstones with it
        store.commit(Change(entries=(entry_of("a", title="edited"),)))
    flip(tmp_path / "journal", begin + 30)
    repair(tmp_path)
    assert titles(tmp_path) == ["edited"]
    with open_store(tmp_path, writable=True) as store:
        assert store.tombstones_beyond(0) == ("b",)


def test_a_tombstone_written_after_a_lost_removal_ends_the_entry_and_its_placement(tmp_path):
    tombstone = b'[["tombstones","1",{"id":"a","source":"s"}]]'
    entry = b'[["entries","1",{"id":"a","source":"s","first_seen":"x"}],\n["placements","1",{"entry":"a"}]]'
    (tmp_path / "journal").write_bytes(header() + frame(entry) + frame(b"damage") + frame(tombstone))
    repair(tmp_path)
    with open_store(tmp_path, writable=False) as store:
        assert [len(store.database.table(one)) for one in ("entries", "placements", "tombstones")] == [0, 0, 1]


def test_a_whole_record_that_is_no_json_takes_nothing_away(tmp_path):
    fill(tmp_path)
    with (tmp_path / "journal").open("ab") as file:
        file.write(frame(b'[["entries","1",null],\n["entries","2",{no json}]]'))
    found = repair(tmp_path)
    assert (found.records, len(found.lost)) == (4, 1)
    assert titles(tmp_path) == ["a of change 3", "b of change 2", "c of change 4"]


def test_a_removal_of_what_never_was_keeps_a_store_closed_until_it_is_repaired(tmp_path):
    fill(tmp_path)
    end = (tmp_path / "journal").stat().st_size
    with (tmp_path / "journal").open("ab") as file:
        file.write(frame(b'[["entries","99",null]]'))
    with pytest.raises(StoreDamaged, match=f"at byte {end}: .* document 99 of 'entries' is removed"):
        open_store(tmp_path, writable=True)
    reason = "document 99 of 'entries' is removed, and was never there"
    assert repair(tmp_path).lost == (Damage(offset=end, reason=reason),)
    assert len(titles(tmp_path)) == 3
    assert repair(tmp_path).lost == ()


def test_a_torn_end_is_reported_and_a_whole_journal_left_alone(tmp_path):
    path, _ = tmp_path / "journal", fill(tmp_path)
    whole = path.read_bytes()
    assert repair(tmp_path).kept_as is None
    assert path.read_bytes() == whole
    path.write_bytes(whole + LAST[:20])
    assert repair(tmp_path).lost == (Torn(offset=len(whole), size=20),)
    assert len(titles(tmp_path)) == 3


def test_several_repairs_keep_all_that_was_damaged(tmp_path):
    for _ in range(2):
        begins = fill(tmp_path)
        flip(tmp_path / "journal", begins[0] + 30)
        repair(tmp_path)
    assert sorted(one.name for one in tmp_path.glob("*damaged*")) == ["journal.damaged-1", "journal.damaged-2"]


def test_a_store_in_use_or_newer_or_not_there_is_not_repaired(tmp_path):
    with open_store(tmp_path, writable=True), pytest.raises(StoreLocked):
        repair(tmp_path)
    (tmp_path / "journal").write_bytes(header(version=99))
    with pytest.raises(StoreError, match="newer topicwire"):
        repair(tmp_path)
    with pytest.raises(StoreError, match="has no journal"):
        repair(tmp_path / "nowhere")


def test_stock_tinydb_reads_an_export(tmp_path):
    fill(tmp_path / "store")
    file = tmp_path / "all.json"
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=(entry_of("d", title="Ferry \ud800 «пором» 🛟"),)))
        store.database.table("empty", persist_empty=True)
        assert export(store.database.journal, file) == 4
        expected = {one.doc_id: dict(one) for one in store.database.table("entries")}
    with TinyDB(file) as stock:
        assert stock.tables() == {"entries", "empty"}
        assert {one.doc_id: dict(one) for one in stock.table("entries")} == expected
        assert [one["id"] for one in stock.table("entries").search(where("title").search("пором"))] == ["d"]


def test_the_export_of_an_empty_store_is_an_empty_database(tmp_path):
    with open_store(tmp_path / "store", writable=False) as store:
        assert export(store.database.journal, tmp_path / "all.json") == 0
    with TinyDB(tmp_path / "all.json") as stock:
        assert stock.tables() == set()


@pytest.mark.parametrize("name", ["journal", "lock", "export.json"])
def test_an_export_is_not_written_among_the_files_of_the_store(tmp_path, name):
    store = tmp_path / "store"
    fill(store)
    (tmp_path / "also").symlink_to(store)
    before = (store / "journal").read_bytes()
    with open_store(store, writable=False) as opened:
        for folder in (store, tmp_path / "also", store / ".." / "store"):
            with pytest.raises(StoreError, match="in the store's own folder"):
                export(opened.database.journal, folder / name)
    assert (store / "journal").read_bytes() == before


def test_an_export_that_the_disk_refuses_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    fill(tmp_path / "store")
    monkeypatch.setattr(os, "fsync", full)
    with open_store(tmp_path / "store", writable=False) as store, pytest.raises(OSError, match="No space left"):
        export(store.database.journal, tmp_path / "export.json")
    assert [one.name for one in tmp_path.iterdir()] == ["store"]
