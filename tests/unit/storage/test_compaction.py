"""Compaction frees what is dead, loses nothing that stands, and fails without harm."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from threading import Thread

import pytest

from feeds.errors import StoreError, StoreFailed
from storage import compaction
from storage.journal import Disk
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of, revision_of


def fill(store, first: int = 0, last: int = 20) -> None:
    for n in range(first, last):
        store.commit(Change(entries=tuple(entry_of(f"{one:02}", title=f"Edit {n}") for one in range(5))))
        store.commit(Change(revisions=(revision_of("00", n),)))


def contents(store) -> list:
    documents = {
        name: {one.doc_id: dict(one) for one in store.database.table(name)} for name in store.database.tables()
    }
    return [list(store.entries()), store.revisions("00"), replace(store.counts(), size=0), documents]


@pytest.mark.parametrize("seen_again", ["at once", "after opening again", "by a reader"])
def test_compaction_frees_what_is_dead_and_keeps_what_stands(tmp_path, seen_again):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        store.database.table("empty", persist_empty=True)
        before, size = contents(store), store.counts().size
        store.compact()
        assert store.counts().size < size / 3
        assert store.dead < 100
        if seen_again == "at once":
            assert contents(store) == before
        fill(store, 20, 22)
        after = contents(store)
    with open_store(tmp_path, writable=seen_again == "after opening again") as store:
        assert contents(store) == after
    assert not (tmp_path / "journal.new").exists()


def test_who_began_to_read_before_a_compaction_reads_on_undisturbed(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        with open_store(tmp_path, writable=False) as reader:
            expected = list(store.entries())
            own, readers = store.entries(), reader.entries()
            next(own), next(readers)
            store.compact()
            fill(store, 20, 22)
            assert list(own) == list(readers) == expected[1:]
            assert list(reader.entries()) == expected


def test_more_dead_than_living_bytes_are_freed_in_the_background(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.tinydb_store.LEAST", 1000)
    largest = 0
    with open_store(tmp_path, writable=True) as store:
        for n in range(400):
            store.commit(Change(entries=tuple(entry_of(f"{one:02}", title=f"Edit {n}") for one in range(5))))
            largest = max(largest, store.counts().size)
            if n % 20 == 0 and store._compaction is not None:
                assert store._compaction.wait(30), "on a busy machine its thread may get no turn for a while"
        expected = [entry_of(f"{one:02}", title="Edit 399") for one in range(5)]
        assert list(store.entries()) == expected
    assert largest < 400 * 5 * 300 / 4, "without compaction the journal would have grown to 600 kB"
    with open_store(tmp_path, writable=True) as store:
        assert list(store.entries()) == expected


def test_what_is_committed_during_a_compaction_is_in_the_new_journal(tmp_path, monkeypatch):
    monkeypatch.setattr(compaction, "BATCH", 300)
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        store._begin_compaction()
        fill(store, 20, 40)
        store.database.table("entries").remove(doc_ids=[2])
        store.database.drop_table("revisions")
        store.database.insert({"another": "table"})
        before = contents(store)
        store.compact()
        assert contents(store) == before
    with open_store(tmp_path, writable=False) as store:
        assert contents(store) == before


def test_a_store_that_is_closed_during_a_compaction_leaves_its_journal_as_it_was(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        before = contents(store)
        store._begin_compaction()
    assert {one.name for one in tmp_path.iterdir()} == {"journal", "lock"}
    with open_store(tmp_path, writable=True) as store:
        assert contents(store) == before


def test_what_a_crash_left_of_a_compaction_is_cleared_away(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
    (tmp_path / "journal.new").write_bytes(b"half of a journal")
    open_store(tmp_path, writable=True).close()
    assert not (tmp_path / "journal.new").exists()


@pytest.mark.parametrize("kind", ["write", "sync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_compaction_that_the_disk_refuses_anywhere_costs_nothing_that_stood(tmp_path, kind, code):
    for when in range(1, 20):
        calls = {"write": 0, "sync": 0, "on": False}

        def failing(name, act, calls=calls, when=when):
            def call(*arguments):
                calls[name] += calls["on"]
                if calls["on"] and name == kind and calls[name] == when:
                    raise OSError(code, os.strerror(code))
                return act(*arguments)

            return call

        folder = tmp_path / f"{kind}-{when}"
        disk = Disk(write=failing("write", os.write), sync=failing("sync", os.fsync))
        with open_store(folder, writable=True, disk=disk) as store:
            fill(store)
            before = contents(store)
            calls["on"] = True
            refused = ""
            try:
                store.compact()
            except StoreError as error:
                refused = str(error)
                assert str(folder) in refused
                assert os.strerror(code) in refused
                if isinstance(error, StoreFailed):
                    with pytest.raises(StoreFailed):
                        store.commit(Change(entries=(entry_of("99"),)))
            calls["on"] = False
            assert contents(store) == before
        with open_store(folder, writable=True) as store:
            assert contents(store) == before
            store.commit(Change(entries=(entry_of("99"),)))
        if not refused:
            break
    else:
        pytest.fail("the disk was never good enough")


def test_a_store_open_for_reading_is_not_compacted(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
    with open_store(tmp_path, writable=False) as store, pytest.raises(StoreError, match="for reading only"):
        store.compact()


@pytest.mark.parametrize("when", range(1, 4))
def test_a_compaction_that_anything_ends_early_leaves_the_journal_as_it_was(tmp_path, monkeypatch, when):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        before, calls = contents(store), []
        real = compaction.write_lines

        def out_of_memory(*arguments, **options):
            calls.append(arguments)
            if len(calls) == when:
                raise MemoryError("no memory")
            real(*arguments, **options)

        monkeypatch.setattr(compaction, "write_lines", out_of_memory)
        with pytest.raises(StoreError, match="could not be compacted: MemoryError: no memory"):
            store.compact()
        assert not (tmp_path / "journal.new").exists()
        monkeypatch.undo()
        assert contents(store) == before
        store.compact()
        assert contents(store) == before
    with open_store(tmp_path, writable=False) as store:
        assert contents(store) == before


def test_a_copy_that_lacks_a_document_takes_nobodys_place(tmp_path, monkeypatch):
    real = compaction.standing_lines
    monkeypatch.setattr(compaction, "standing_lines", lambda *arguments: list(real(*arguments))[1:])
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        before = contents(store)
        with pytest.raises(StoreError, match="has other documents than its copy"):
            store.compact()
        assert contents(store) == before
    assert {one.name for one in tmp_path.iterdir()} == {"journal", "lock"}


def test_a_compaction_that_cannot_be_started_is_postponed_and_no_error_of_a_commit(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.tinydb_store.LEAST", 1000)

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with open_store(tmp_path, writable=True) as store:
        with monkeypatch.context() as without_threads:
            without_threads.setattr(Thread, "start", refuse)
            fill(store)
            with pytest.raises(StoreError, match="could not be compacted: can't start new thread"):
                store.compact()
        before, size = contents(store), store.counts().size
        store.compact()
        assert contents(store) == before
        assert store.counts().size < size / 3


def test_a_compaction_whose_old_journal_no_thread_frees_is_finished_nevertheless(tmp_path, monkeypatch):
    with open_store(tmp_path, writable=True) as store:
        fill(store)
        before, size = contents(store), store.counts().size
        store._begin_compaction()

        def refuse(_: Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(Thread, "start", refuse)
        store.compact()
        assert contents(store) == before
        assert store.counts().size < size / 3


def test_a_store_goes_on_after_a_switch_of_which_it_is_not_known_whether_it_happened(tmp_path):
    full = {"on": False}

    def sync(file: int) -> None:
        if full["on"] and stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fsync(file)

    with open_store(tmp_path, writable=True, disk=Disk(sync=sync)) as store:
        fill(store)
        before = contents(store)
        full["on"] = True
        with pytest.raises(StoreFailed, match="could not be replaced"):
            store.compact()
        full["on"] = False
        store.recover()
        assert contents(store) == before
        store.commit(Change(entries=(entry_of("99"),)))
    with open_store(tmp_path, writable=False) as store:
        assert len(list(store.entries())) == 6
