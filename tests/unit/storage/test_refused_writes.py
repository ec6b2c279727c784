"""When the disk refuses, nothing more is acknowledged, and what was acknowledged stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.errors import StoreError, StoreFailed
from storage.journal import Disk
from storage.keys import KeyIndex
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of

ROOT = Path(__file__).parents[3]


class FailingDisk:
    """A disk that refuses the n-th call of one kind, and from then on works again."""

    def __init__(self, kind: str, when: int, code: int, *, half: bool = False) -> None:
        self.kind, self.when, self.code, self.half = kind, when, code, half
        self.calls = {"write": 0, "sync": 0}

    def disk(self) -> Disk:
        return Disk(write=self.write, sync=self.sync)

    def write(self, file: int, data: memoryview) -> int:
        if self._refuses("write"):
            if self.half:
                self.half = False
                self.when += 1  # the disk is full now: what is left of the data is refused
                return os.write(file, data[: len(data) // 2])
            raise OSError(self.code, os.strerror(self.code))
        return os.write(file, data)

    def sync(self, file: int) -> None:
        if self._refuses("sync"):
            raise OSError(self.code, os.strerror(self.code))
        os.fsync(file)

    def _refuses(self, kind: str) -> bool:
        self.calls[kind] += 1
        return kind == self.kind and self.calls[kind] == self.when


@pytest.mark.parametrize("kind", ["write", "sync"])
def test_a_store_goes_on_without_being_opened_again_once_the_disk_does(tmp_path, kind):
    full = {"on": False}

    def check() -> None:
        if full["on"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(file: int, data: memoryview) -> int:
        if kind == "write":
            check()
        return os.write(file, data)

    def sync(file: int) -> None:
        if kind == "sync":
            check()
        os.fsync(file)

    with open_store(tmp_path, writable=True, disk=Disk(write=write, sync=sync)) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        full["on"] = True
        for refused in (lambda: store.commit(Change(entries=(entry_of("b"),))), store.recover, store.recover):
            with pytest.raises(StoreFailed, match=os.strerror(errno.ENOSPC)):
                refused()
            assert ids(store) == ["a"]
        full["on"] = False
        store.recover()
        store.commit(Change(entries=(entry_of("c"),)))
        assert ids(store) == ["a", "c"]
    with pytest.raises(StoreError, match="not open for writing"):
        store.recover()
    with open_store(tmp_path, writable=False) as store:
        assert ids(store) == ["a", "c"]
    assert {one.name for one in tmp_path.iterdir()} == {"journal", "lock"}


def ids(store) -> list[str]:
    return [entry.id for entry in store.entries()]


class Forgetful(KeyIndex):
    """An index for which memory ends with one entry, once."""

    left = 1

    def note(self, table, number, before, after) -> None:
        if (after or {}).get("id") == "c" and Forgetful.left:
            Forgetful.left -= 1
            raise MemoryError
        super().note(table, number, before, after)


def test_a_change_that_memory_did_not_suffice_to_take_in_is_read_again_and_in_no_snapshot(tmp_path, monkeypatch):
    monkeypatch.setattr(Forgetful, "left", 1)
    monkeypatch.setattr("storage.loading.KeyIndex", Forgetful)
    change = Change(entries=(entry_of("b"), entry_of("c"), entry_of("d")))
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        for refused in (lambda: store.commit(change), lambda: store.commit(Change(entries=(entry_of("e"),)))):
            with pytest.raises(StoreFailed, match=rf"{tmp_path}/journal has a change that could .* \(MemoryError\)"):
                refused()
        with pytest.raises(StoreError, match=r"could not be compacted: .*MemoryError"):
            store.compact()
        store.keep_snapshot(worth=0)
        assert not (tmp_path / "snapshot").exists()
        store.recover()
        assert ids(store) == ["a", "b", "c", "d"]
        store.commit(Change(entries=(entry_of("e"),)))
        store.keep_snapshot(worth=0)
    with open_store(tmp_path, writable=False) as store:
        assert ids(store) == ["a", "b", "c", "d", "e"]


def test_a_snapshot_for_which_memory_does_not_suffice_costs_nothing(tmp_path, monkeypatch):
    def exhausted(*_) -> None:
        raise MemoryError

    monkeypatch.setattr("storage.tinydb_store.save", exhausted)
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        store.keep_snapshot(worth=0)
    with open_store(tmp_path, writable=True) as again:  # the lock was let go, too
        assert ids(again) == ["a"]


@pytest.mark.parametrize("kind", ["write", "sync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("half", [False, True])
def test_a_refused_commit_leaves_the_old_state_and_takes_nothing_more_until_reopened(tmp_path, kind, code, half):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
    failing = FailingDisk(kind, 2 if kind == "sync" else 1, code, half=half)  # the first sync is of the folder
    with open_store(tmp_path, writable=True, disk=failing.disk()) as store:
        with pytest.raises(StoreFailed, match=f"{tmp_path}/journal could not be written: {os.strerror(code)}"):
            store.commit(Change(entries=(entry_of("b"), entry_of("a", title="Other"))))
        assert list(store.entries()) == [entry_of("a")]
        with pytest.raises(StoreFailed, match="takes nothing more until it is opened again"):
            store.commit(Change(entries=(entry_of("c"),)))
        with pytest.raises(StoreFailed):
            store.database.insert({"also": "refused"})
        assert failing.calls == {"write": 2 if half and kind == "write" else 1, "sync": 1 + int(kind == "sync")}
    with open_store(tmp_path, writable=True) as store:
        assert list(store.entries()) == [entry_of("a")]
        store.commit(Change(entries=(entry_of("d"),)))
    with open_store(tmp_path, writable=False) as store:
        assert ids(store) == ["a", "d"]


@pytest.mark.parametrize("kind", ["write", "sync"])
def test_a_disk_that_refuses_anywhere_in_making_a_store_gives_an_error_and_a_later_try_succeeds(tmp_path, kind):
    for when in range(1, 20):
        folder = tmp_path / f"{kind}-{when}" / "deeper"
        failing = FailingDisk(kind, when, errno.ENOSPC)
        refusal = refusal_of_a_commit(folder, failing.disk())
        if refusal is None:
            assert failing.calls[kind] == when - 1
            break
        assert str(folder) in str(refusal)
        with open_store(folder, writable=True) as store:
            assert ids(store) == []
            store.commit(Change(entries=(entry_of("b"),)))
        with open_store(folder, writable=False) as store:
            assert ids(store) == ["b"]
    else:
        pytest.fail("the disk was never good enough")


def refusal_of_a_commit(folder: Path, disk: Disk) -> StoreFailed | None:
    try:
        with open_store(folder, writable=True, disk=disk) as store:
            store.commit(Change(entries=(entry_of("a"),)))
    except StoreFailed as refusal:
        return refusal
    return None


FILLER = """
import resource, sys
from pathlib import Path
from feeds.errors import StoreFailed
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
with open_store(Path(sys.argv[1]), writable=True) as store:
    for n in range(1000):
        try:
            store.commit(Change(entries=(entry_of(f"{n:04}"),)))
        except StoreFailed as error:
            print(n, error)
            break
    try:
        store.commit(Change(entries=(entry_of("small"),)))
    except StoreFailed:
        print("refused")
"""


def test_a_file_that_may_not_grow_refuses_and_keeps_what_it_acknowledged(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FILLER, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    first, second = done.stdout.splitlines()
    acknowledged, _, message = first.partition(" ")
    assert message.startswith(f"{tmp_path}/journal could not be written: File too large")
    assert second == "refused"
    with open_store(tmp_path, writable=True) as store:
        assert ids(store) == [f"{n:04}" for n in range(int(acknowledged))]


def test_a_journal_that_somebody_deleted_acknowledges_nothing(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        (tmp_path / "journal").unlink()
        with pytest.raises(StoreFailed, match="the file was deleted"):
            store.commit(Change(entries=(entry_of("a"),)))


def test_a_journal_in_whose_place_another_was_put_acknowledges_nothing(tmp_path):
    with open_store(tmp_path / "other", writable=True):
        pass
    with open_store(tmp_path / "own", writable=True) as store:
        (tmp_path / "other" / "journal").replace(tmp_path / "own" / "journal")
        with pytest.raises(StoreFailed, match="another file has its name now"):
            store.commit(Change(entries=(entry_of("a"),)))


@pytest.mark.parametrize("how", ["gone", "empty", "shorter", "another"])
def test_a_store_whose_journal_lost_what_was_acknowledged_does_not_go_on(tmp_path, how):
    path = tmp_path / "store" / "journal"
    with open_store(tmp_path / "other", writable=True) as other:
        other.commit(Change(entries=(entry_of("x"),)))
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        shorter = path.read_bytes()
        store.commit(Change(entries=(entry_of("b"),)))
        whole = path.read_bytes()
        left = {"empty": b"", "shorter": shorter, "another": (tmp_path / "other" / "journal").read_bytes()}
        path.write_bytes(left[how]) if how in left else path.unlink()
        with pytest.raises(StoreFailed):
            store.commit(Change(entries=(entry_of("c"),)))
        with pytest.raises(StoreError, match=r"is gone|is damaged|no longer holds all"):
            store.recover()
        assert path.read_bytes() == left[how] if how in left else not path.exists()
        path.write_bytes(whole)
        store.recover()
        store.commit(Change(entries=(entry_of("d"),)))
        assert ids(store) == ["a", "b", "d"]


def test_a_store_open_for_reading_refuses_to_commit(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
    with open_store(tmp_path, writable=False) as store:
        with pytest.raises(StoreError, match="opened for reading only"):
            store.commit(Change(entries=(entry_of("b"),)))
        assert ids(store) == ["a"]


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFailed, match=f"the folder {tmp_path}/file/store cannot be made: Not a directory"):
        open_store(tmp_path / "file" / "store", writable=True)
