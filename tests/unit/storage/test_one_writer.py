"""One process writes, the others are told who it is; readers are welcome."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from feeds.errors import StoreError, StoreFailed, StoreLocked
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes import committing_child
from tests.fakes.stored_values import entry_of

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
import time
from pathlib import Path
from storage.tinydb_store import open_store

store = open_store(Path(sys.argv[1]), writable=True)
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has the store of `tmp_path` open for writing."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"open\n"
        yield process
        process.kill()


def test_a_second_writer_is_told_who_the_first_one_is(tmp_path, holder):
    with pytest.raises(StoreLocked) as caught:
        open_store(tmp_path, writable=True)
    assert re.fullmatch(
        rf"{tmp_path} is in use by process {holder.pid} on {re.escape(socket.gethostname())} "
        r"since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC: one process writes at a time, so stop that one first",
        str(caught.value),
    )


def test_the_lock_is_free_as_soon_as_its_holder_is_dead(tmp_path, holder):
    holder.kill()
    holder.wait(timeout=60)
    open_store(tmp_path, writable=True).close()


def test_two_writers_in_one_process_are_two_writers(tmp_path):
    with open_store(tmp_path, writable=True), pytest.raises(StoreLocked, match=f"process {os.getpid()} "):
        open_store(tmp_path, writable=True)
    open_store(tmp_path, writable=True).close()


def test_a_holder_that_has_not_written_its_name_yet_still_holds(tmp_path):
    with open_store(tmp_path, writable=True):
        os.truncate(tmp_path / "lock", 0)
        with pytest.raises(StoreLocked, match="in use by another process: one process"):
            open_store(tmp_path, writable=True)


def test_a_full_disk_locks_as_well_though_nobody_learns_who_holds(tmp_path, monkeypatch):
    """A daemon that is started again on a full disk serves what is stored."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    open_store(tmp_path, writable=True).close()
    with monkeypatch.context() as disk:
        disk.setattr("storage.lock.os.write", full)
        store = open_store(tmp_path, writable=True)
    with store, pytest.raises(StoreLocked, match="in use by another process"):
        open_store(tmp_path, writable=True)


def test_two_writers_because_the_lock_was_deleted_overwrite_nothing(tmp_path):
    with open_store(tmp_path, writable=True) as first:
        first.commit(Change(entries=(entry_of("a"),)))
        (tmp_path / "lock").unlink()
        with open_store(tmp_path, writable=True) as second:
            second.commit(Change(entries=(entry_of("b"),)))
            for _ in range(2):
                with pytest.raises(StoreFailed, match="another process changes it"):
                    first.commit(Change(entries=(entry_of("c"),)))
            with pytest.raises(StoreError, match="lock was deleted, so another process may write"):
                first.recover()
            with pytest.raises(StoreError, match="could not be compacted"):
                first.compact()
            second.commit(Change(entries=(entry_of("d"),)))
    with open_store(tmp_path, writable=True) as store:
        assert [entry.id for entry in store.entries()] == ["a", "b", "d"]


def test_a_lock_that_is_deleted_before_it_is_taken_is_made_anew(tmp_path, monkeypatch):
    real, deleted = fcntl.flock, []

    def delete_first(file: int, operation: int) -> None:
        if not deleted:
            (tmp_path / "lock").unlink()
            deleted.append(file)
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", delete_first)
    with open_store(tmp_path, writable=True), pytest.raises(StoreLocked):
        open_store(tmp_path, writable=True)


def test_a_store_that_could_not_be_opened_is_not_locked(tmp_path):
    (tmp_path / "journal").write_text("something else")
    for _ in range(2):
        with pytest.raises(Exception, match="no journal"):
            open_store(tmp_path, writable=True)


def test_readers_beside_a_writer_see_what_was_complete_when_they_opened(tmp_path):
    with open_store(tmp_path, writable=True) as writer, open_store(tmp_path, writable=False) as early:
        writer.commit(Change(entries=(entry_of("a"),)))
        with (tmp_path / "journal").open("ab") as journal:
            journal.write(b"\xf5TW")  # a commit that is under way
        with open_store(tmp_path, writable=False) as late:
            assert list(early.entries()) == []
            assert list(late.entries()) == [entry_of("a")]


def test_a_reader_takes_a_missing_folder_for_an_empty_store_and_makes_nothing(tmp_path):
    with open_store(tmp_path / "nowhere", writable=False) as store:
        assert list(store.entries()) == []
        assert store.counts().size == 0
    assert list(tmp_path.iterdir()) == []


def test_a_writer_makes_its_folder_and_leaves_two_files_in_it(tmp_path):
    open_store(tmp_path / "var" / "store", writable=True).close()
    assert sorted(one.name for one in (tmp_path / "var" / "store").iterdir()) == ["journal", "lock"]


def raced(folder) -> list[int]:
    """Two processes want to write at once: what was acknowledged, in the order of its numbers."""
    command = [sys.executable, committing_child.__file__, str(folder), "3"]
    # Without a buffer: `communicate` does not know what was read ahead.
    both = [subprocess.Popen(command, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while all(one.poll() is None for one in both) and time.monotonic() < deadline:
            time.sleep(0.02)
        first = [one.stdout.readline() for one in both if one.poll() is None]
    finally:
        for one in both:
            one.kill()
    said = [one.communicate() for one in both]
    assert any(b"one process writes at a time" in err for _, err in said), "one of the two is refused"
    return sorted(int(line) for out in (*first, *(out for out, _ in said)) for line in out.splitlines())


@pytest.mark.heavy
def test_two_writers_at_once_do_no_damage_in_20_trials(tmp_path):
    known = -1
    for _ in range(20):
        acknowledged = raced(tmp_path / "store")
        assert acknowledged == list(range(acknowledged[0], acknowledged[0] + len(acknowledged)))
        with open_store(tmp_path / "store", writable=True) as store:
            last = store.site().id.int
        assert last >= max(acknowledged) > known
        known = last
    assert known > 0
