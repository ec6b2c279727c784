"""A backup is a state that once was, whole; a restore gives exactly that back."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from feeds.errors import StoreDamaged, StoreError, StoreFailed, StoreLocked
from storage.backup import Copied, back_up, restore
from storage.frames import frame, header
from storage.journal import Disk
from storage.memory import MemoryStore
from storage.port import Change
from storage.reading import JournalReader
from storage.tinydb_store import open_store
from tests.fakes import committing_child
from tests.fakes.committing_child import change
from tests.fakes.stored_values import entry_of


def fill(folder, *ids: str) -> None:
    with open_store(folder, writable=True) as store:
        for one in ids:
            store.commit(Change(entries=(entry_of(one),)))
        store.keep_snapshot(worth=0)


def ids(folder) -> list[str]:
    with open_store(folder, writable=False) as store:
        return [entry.id for entry in store.entries()]


def test_a_restored_backup_is_what_was_backed_up(tmp_path):
    store, backup = tmp_path / "store", tmp_path / "backups" / "monday"
    fill(store, "a", "b")
    assert back_up(store, backup) == Copied(entries=2, size=(store / "journal").stat().st_size)
    fill(store, "c")
    copied, kept_as = restore(backup, store)
    assert copied.entries == 2
    assert ids(store) == ["a", "b"]
    assert kept_as == store / "journal.before-restore-1"
    kept_as.rename(tmp_path / "backups" / "journal")
    assert ids(tmp_path / "backups") == ["a", "b", "c"]
    fill(store, "d")
    assert ids(store) == ["a", "b", "d"]
    assert ids(backup) == ["a", "b"]


def test_a_backup_is_restored_where_nothing_was(tmp_path):
    fill(tmp_path / "store", "a")
    back_up(tmp_path / "store", tmp_path / "backup")
    copied, kept_as = restore(tmp_path / "backup", tmp_path / "new" / "store")
    assert (copied.entries, kept_as) == (1, None)
    assert ids(tmp_path / "new" / "store") == ["a"]


def test_backups_beside_a_busy_writer_that_compacts_hold_whole_changes_only(tmp_path):
    command = [sys.executable, committing_child.__file__, str(tmp_path / "store"), "7"]
    reference, known = MemoryStore(), -1
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        acknowledged = int(child.stdout.readline())
        for n in range(10):
            back_up(tmp_path / "store", tmp_path / f"backup-{n}")
            with open_store(tmp_path / f"backup-{n}", writable=False) as copy:
                last = copy.site().id.int
                assert last >= acknowledged, "what was acknowledged before the backup is in it"
                for number in range(known + 1, last + 1):
                    reference.commit(change(number, 7))
                known = last
                assert list(copy.entries()) == list(reference.entries())
        child.kill()


def test_a_backup_never_takes_the_place_of_another_one_nor_of_nothing(tmp_path):
    with pytest.raises(StoreError, match="has no store to copy"):
        back_up(tmp_path / "store", tmp_path / "backup")
    fill(tmp_path / "store", "a")
    back_up(tmp_path / "store", tmp_path / "backup")
    with pytest.raises(StoreError, match="holds a store already"):
        back_up(tmp_path / "store", tmp_path / "backup")


def test_a_damaged_store_is_not_backed_up_and_a_damaged_backup_not_restored(tmp_path):
    fill(tmp_path / "store", "a", "b")
    fill(tmp_path / "good", "c")
    path = tmp_path / "store" / "journal"
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreDamaged):
        back_up(tmp_path / "store", tmp_path / "backup")
    with pytest.raises(StoreDamaged):
        restore(tmp_path / "store", tmp_path / "good")
    assert ids(tmp_path / "good") == ["c"]


@pytest.mark.parametrize("record", [b'[["a","1",null]]', b"no list", b'[["placements","1",{no json}]]'])
def test_a_store_with_a_whole_record_that_makes_no_sense_is_not_backed_up(tmp_path, record):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "journal").write_bytes(header(1) + frame(record))
    with pytest.raises(StoreDamaged, match="journal is damaged at byte 16: a record cannot be understood"):
        back_up(tmp_path / "store", tmp_path / "backup")
    assert [one.name for one in (tmp_path / "backup").iterdir()] == ["lock"]


def test_a_store_in_use_is_not_restored_over(tmp_path):
    fill(tmp_path / "backup", "a")
    with open_store(tmp_path / "store", writable=True), pytest.raises(StoreLocked):
        restore(tmp_path / "backup", tmp_path / "store")
    with pytest.raises(StoreError, match="has no backup"):
        restore(tmp_path / "nowhere", tmp_path / "store")


@pytest.mark.parametrize("kind", ["write", "sync"])
def test_a_restore_that_the_disk_refuses_anywhere_leaves_the_old_store_or_the_new_one(tmp_path, kind):
    fill(tmp_path / "backup", "new")
    for when in range(1, 20):
        store, calls = tmp_path / f"{kind}-{when}", []
        fill(store, "old")

        def failing(name, act, calls=calls, when=when):
            def call(*arguments):
                calls.append(name)
                if calls.count(kind) == when and name == kind:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return act(*arguments)

            return call

        disk = Disk(write=failing("write", os.write), sync=failing("sync", os.fsync))
        refused = refusal_of_a_restore(tmp_path / "backup", store, disk)
        if refused is None:
            assert ids(store) == ["new"]
            break
        assert str(store) in str(refused)
        assert ids(store) in (["old"], ["new"])
        kept = [one.name for one in store.iterdir() if "before-restore" in one.name]
        assert kept == ([] if ids(store) == ["old"] else ["journal.before-restore-1"])
    else:
        pytest.fail("the disk was never good enough")


def test_where_there_are_no_hard_links_the_old_store_is_kept_as_a_copy(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    fill(tmp_path / "backup", "new")
    fill(tmp_path / "store", "old")
    old = (tmp_path / "store" / "journal").read_bytes()
    monkeypatch.setattr("pathlib.Path.hardlink_to", unsupported)
    _, kept_as = restore(tmp_path / "backup", tmp_path / "store")
    assert kept_as is not None
    assert kept_as.read_bytes() == old
    assert ids(tmp_path / "store") == ["new"]


def refusal_of_a_restore(backup, store, disk) -> StoreFailed | None:
    try:
        restore(backup, store, disk=disk)
    except StoreFailed as refusal:
        return refusal
    return None


def test_a_backup_looks_again_when_a_writer_cut_a_torn_end_under_its_eyes(tmp_path, monkeypatch):
    fill(tmp_path / "store", "a", "b")
    real, looks = JournalReader.replay, []

    def cut_at_first(reader: JournalReader, take):
        looks.append(reader)
        if len(looks) == 1:
            raise StoreDamaged("half of what was cut, half of what was written since")
        return real(reader, take)

    monkeypatch.setattr(JournalReader, "replay", cut_at_first)
    back_up(tmp_path / "store", tmp_path / "backup")
    assert ids(tmp_path / "backup") == ["a", "b"]
