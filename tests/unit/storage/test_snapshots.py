"""A snapshot saves time and nothing else: without it, or with one that does not fit, the same is known."""

from __future__ import annotations

import errno
import json
import os
import shutil

import pytest

from storage import snapshot
from storage.frames import Torn
from storage.keys import KeyIndex
from storage.port import Change, Keys
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of, revision_of


def fill(folder, first: int, last: int) -> None:
    with open_store(folder, writable=True) as store:
        for n in range(first, last):
            store.commit(Change(entries=(entry_of(f"{n:02}"),), revisions=(revision_of(f"{n:02}", 0),)))
        store.keep_snapshot(worth=0)


def known_of(folder, *, writable: bool) -> list:
    with open_store(folder, writable=writable) as store:
        entries = list(store.entries())
        by_guid = store.known(Keys(guids=frozenset((entry.source, entry.guid) for entry in entries)))
        by_url = store.known(Keys(urls=frozenset(entry.canonical_url for entry in entries)))
        revisions = [store.revisions(entry.id) for entry in entries]
        return [entries, by_guid, by_url, revisions, store.counts(), store.database.journal.live]


@pytest.mark.parametrize("writable", [True, False])
def test_an_opening_with_a_snapshot_knows_what_one_without_knows(tmp_path, writable):
    fill(tmp_path, 0, 5)
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("01", title="Later", guid="other"), entry_of("90"))))
        store.database.table("entries").remove(doc_ids=[3])
        store.database.insert({"another": "table"})
        store.database.drop_table("revisions")
    with_it = known_of(tmp_path, writable=writable)
    (tmp_path / "snapshot").unlink()
    assert known_of(tmp_path, writable=writable) == with_it
    assert [entry.id for entry in with_it[0]] == ["00", "01", "03", "04", "90"]


def test_a_snapshot_spares_the_reading_of_what_it_covers(tmp_path, monkeypatch):
    fill(tmp_path, 0, 5)
    monkeypatch.setattr("storage.loading.lines_in", lambda *_: pytest.fail("a record was read"))
    assert len(known_of(tmp_path, writable=False)[0]) == 5


@pytest.mark.parametrize("cut", [0, 3, 40, -1])
def test_half_a_snapshot_is_passed_over(tmp_path, cut):
    fill(tmp_path, 0, 5)
    whole = known_of(tmp_path, writable=False)
    path = tmp_path / "snapshot"
    path.write_bytes(path.read_bytes()[:cut])
    assert known_of(tmp_path, writable=False) == whole


def test_every_changed_byte_of_a_snapshot_is_noticed(tmp_path):
    fill(tmp_path, 0, 2)
    whole = known_of(tmp_path, writable=False)
    path = tmp_path / "snapshot"
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert snapshot.read(path) is None
    assert known_of(tmp_path, writable=False) == whole


@pytest.mark.parametrize("writable", [True, False])
def test_the_snapshot_of_another_journal_is_passed_over(tmp_path, writable):
    ours, other, longer = tmp_path / "ours", tmp_path / "other", tmp_path / "longer"
    fill(ours, 0, 5)
    fill(other, 5, 10)
    fill(longer, 0, 9)
    whole = known_of(ours, writable=False)
    for foreign in (other, longer):
        shutil.copy(foreign / "snapshot", ours / "snapshot")
        assert known_of(ours, writable=writable) == whole


def test_a_snapshot_that_says_something_else_than_it_should_is_passed_over(tmp_path):
    fill(tmp_path, 0, 2)
    whole = known_of(tmp_path, writable=False)
    for body in (b"[]", b"{}", json.dumps({"end": 1, "chain": 2, "tables": {"a": 3}, "index": {}}).encode(), b"x"):
        (tmp_path / "snapshot").write_bytes(snapshot._first_line(body) + body)
        assert known_of(tmp_path, writable=False) == whole


def test_a_snapshot_that_cannot_be_written_costs_nothing(tmp_path):
    (tmp_path / "snapshot.new").mkdir()
    fill(tmp_path, 0, 2)
    assert len(known_of(tmp_path, writable=False)[0]) == 2


def test_iterating_goes_on_when_the_store_is_closed(tmp_path):
    fill(tmp_path, 0, 3)
    with open_store(tmp_path, writable=True) as store:
        reading = store.entries()
        assert next(reading).id == "00"
    assert [entry.id for entry in reading] == ["01", "02"]


def test_damage_in_what_the_snapshot_covers_is_still_damage(tmp_path):
    fill(tmp_path, 0, 5)
    path = tmp_path / "journal"
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(data)
    with pytest.raises(Exception, match="is damaged at byte 16"):
        open_store(tmp_path, writable=False)


def test_an_unfinished_record_is_told_though_the_snapshot_is_of_a_longer_journal(tmp_path):
    """As a compaction leaves it: the journal is shorter than what the snapshot beside it was made of."""
    fill(tmp_path / "short", 0, 1)
    fill(tmp_path / "long", 0, 5)
    journal = tmp_path / "short" / "journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[16:29])
    shutil.copy(tmp_path / "long" / "snapshot", tmp_path / "short" / "snapshot")

    with open_store(tmp_path / "short", writable=True) as again:
        assert again.torn == Torn(offset=len(whole), size=13)
        assert [entry.id for entry in again.entries()] == ["00"]
    assert journal.read_bytes() == whole


@pytest.mark.parametrize(("error", "kept"), [(RuntimeError, True), (KeyboardInterrupt, False)])
def test_a_signal_that_ends_a_commit_halfway_leaves_no_snapshot_that_knows_less(tmp_path, error, kept):
    long = Change(entries=(entry_of("01", content="<p>Ferry</p>" * 200_000),))

    def work() -> None:
        with open_store(tmp_path, writable=True) as store:
            store.commit(long)
            raise error

    with pytest.raises(error):
        work()
    assert (tmp_path / "snapshot").exists() is kept
    with open_store(tmp_path, writable=False) as store:
        assert [entry.id for entry in store.entries()] == ["01"]


def test_a_snapshot_that_the_disk_refuses_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path, data):
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    fill(tmp_path, 0, 2)
    (tmp_path / "snapshot").unlink()
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    given = snapshot.Snapshot(end=0, chain=0, tables={}, index=KeyIndex())
    with pytest.raises(OSError, match="No space left"):
        snapshot.save(tmp_path / "snapshot", given)
    assert sorted(one.name for one in tmp_path.iterdir() if "snapshot" in one.name) == []
