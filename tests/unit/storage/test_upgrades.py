"""A store of an older format opens as if it had always been of this one, and a failed upgrade leaves it as it was."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from feeds.errors import StoreDamaged, StoreFailed
from feeds.model import Join, Placement, Relation, Revision, Site, SourceState, Validators
from storage.backup import back_up, restore
from storage.export import export
from storage.formats import STEPS, current
from storage.frames import FORMAT, HEADER_SIZE, Torn, frame, header, version_in
from storage.journal import Disk
from storage.port import Change, Keys
from storage.repair import repair
from storage.tinydb_store import open_store
from tests.fakes.power import File, PowerRecorder, after_a_cut
from tests.fakes.stored_values import NOON, entry_of

OLD = (Path(__file__).parents[2] / "data" / "stores" / "format-1.journal").read_bytes()
"""Written by the last version that wrote format 1."""
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "journal").write_bytes(OLD)
    return tmp_path / "store"


def copied(entry: str, evidence: str) -> Placement:
    join = Join(relation=Relation.COPY, other="ferry", evidence=evidence, rule="address/1")
    return Placement(entry=entry, copy_of="ferry", joins=(join,))


def check(store) -> None:
    """All that the old journal holds, as values of today."""
    entries = {entry.id: (entry.source, entry.title, entry.content, entry.revision) for entry in store.entries()}
    assert entries == {
        "copy": ("river-times", "Ferry copy is late", "", 0),
        "words": ("gazette", "Ferry words is late", "", 0),
        "bridge": ("harbour-post", "Bridge reopens", "", 0),
        "ferry": ("harbour-post", "Ferry ferry is on time", "<p>Пором вчасно</p>", 1),
    }
    assert list(entries) == ["copy", "words", "bridge", "ferry"]
    assert store.placements(["ferry", "bridge", "copy", "words", "old"]) == {
        "ferry": Placement(entry="ferry"),
        "bridge": Placement(entry="bridge"),
        "copy": copied("copy", "same address"),
        "words": copied("words", "same address and words"),
    }
    assert store.copies("ferry") == ("copy", "words")
    assert store.revisions("ferry") == (
        Revision(
            entry="ferry",
            number=0,
            replaced=LATER,
            changes=("title", "content"),
            title="Ferry ferry is late",
            summary="The river was too low for the ferry.",
            content="<p>Пором запізнюється</p>",
            url="https://harbour-post.example/ferry",
        ),
    )
    state = SourceState(
        source="harbour-post",
        url="https://harbour-post.example/feed",
        validators=Validators(etag='"1"'),
        last_fetch=NOON,
        last_status=200,
    )
    assert store.states() == {"harbour-post": state}
    assert store.site() == Site(id=UUID(int=7), since=NOON)
    assert [entry.title for entry in store.buried(Keys(ids=frozenset({"old"})))] == ["Gone by now"]
    assert store.database.table("notes").all() == [{"evidence": "a table of the reader's own"}]


def files_in(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()} - {"snapshot"}


def test_there_is_a_step_from_every_older_format():
    assert set(STEPS) == set(range(1, FORMAT))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"entry": "a"}, {"entry": "a"}),
        (
            {"entry": "a", "copy_of": "b", "evidence": "same address"},
            {
                "entry": "a",
                "copy_of": "b",
                "joins": [{"relation": "copy", "other": "b", "evidence": "same address", "rule": "address/1"}],
            },
        ),
        ({"entry": "a", "copy_of": "b"}, {"entry": "a", "copy_of": "b"}),
        ({"entry": "a", "evidence": "of what?"}, {"entry": "a"}),
        (
            {"entry": "a", "copy_of": "b", "joins": [{"other": "c"}]},
            {"entry": "a", "copy_of": "b", "joins": [{"other": "c"}]},
        ),
    ],
)
def test_from_format_1_evidence_becomes_a_line_of_the_ledger(old, new):
    given = json.loads(json.dumps(old))
    assert current("placements", given, 1) == new
    assert given == old, "a step makes a new document"
    assert current("placements", new, 1) == new, "what has the newer form stays"
    assert current("notes", old, 1) == old
    assert current("placements", old, FORMAT) == old


def test_a_writer_upgrades_an_older_store_once_and_keeps_the_older_journal_beside_it(folder):
    with open_store(folder, writable=True) as store:
        assert store.upgraded.version == 1
        assert store.upgraded.kept_as == folder / "journal.before-upgrade-1"
        check(store)
        store.commit(Change(entries=(entry_of("new"),)))
    assert (folder / "journal.before-upgrade-1").read_bytes() == OLD
    assert version_in((folder / "journal").read_bytes()[:HEADER_SIZE]) == FORMAT
    with open_store(folder, writable=True) as store:
        assert store.upgraded is None
        assert store.counts().entries == 5
    assert files_in(folder) == {"journal", "journal.before-upgrade-1", "lock"}


def test_a_reader_sees_an_older_store_as_one_of_today_and_writes_nothing(folder):
    with open_store(folder, writable=False) as store:
        check(store)
    assert files_in(folder) == {"journal"}
    assert (folder / "journal").read_bytes() == OLD


def test_a_reader_that_began_before_the_upgrade_goes_on_after_it(folder):
    with open_store(folder, writable=False) as early, open_store(folder, writable=True) as writer:
        writer.commit(Change(entries=(entry_of("new"),)))
        check(early)


def test_a_snapshot_of_the_older_journal_is_passed_over(folder):
    with open_store(folder, writable=True) as store:
        store.keep_snapshot(worth=0)
    shutil.copy(folder / "journal.before-upgrade-1", folder / "journal")
    for writable in (False, True):
        with open_store(folder, writable=writable) as store:
            check(store)


def test_an_unfinished_record_at_the_end_of_an_older_journal_is_told_and_left_out(folder):
    (folder / "journal").write_bytes(OLD + OLD[16:29])
    with open_store(folder, writable=True) as store:
        assert store.torn == store.upgraded.torn == Torn(offset=len(OLD), size=13)
        check(store)
    assert (folder / "journal.before-upgrade-1").read_bytes() == OLD + OLD[16:29]


def test_a_damaged_older_journal_is_not_upgraded_but_repaired_into_one_of_today(folder):
    damaged = OLD[:40] + b"?" + OLD[41:]
    (folder / "journal").write_bytes(damaged)
    for writable in (True, False):
        with pytest.raises(StoreDamaged, match="damaged at byte 16"):
            open_store(folder, writable=writable)
    assert (folder / "journal").read_bytes() == damaged
    found = repair(folder)
    assert [lost.offset for lost in found.lost] == [16]
    with open_store(folder, writable=True) as store:
        assert store.upgraded is None
        assert store.site() is None
        assert store.placements(["copy"]) == {"copy": copied("copy", "same address")}


@pytest.mark.parametrize("bit", range(8))
def test_a_damaged_number_of_the_format_costs_nothing_of_what_older_documents_say(folder, bit):
    data = bytearray(OLD)
    data[8] ^= 1 << bit
    (folder / "journal").write_bytes(data)
    with pytest.raises(StoreDamaged, match="at byte 0"):
        open_store(folder, writable=True)
    assert [lost.offset for lost in repair(folder).lost] == [0]
    with open_store(folder, writable=True) as store:
        check(store)


@pytest.mark.parametrize("record", [b'[["a","1",null]]', b'[["placements","1",{no json}]]'])
def test_a_whole_record_of_an_older_journal_that_makes_no_sense_is_damage(folder, record):
    (folder / "journal").write_bytes(OLD + frame(record))
    with pytest.raises(StoreDamaged, match=f"at byte {len(OLD)}: a record cannot be understood"):
        open_store(folder, writable=True)
    assert sorted(one.name for one in folder.iterdir()) == ["journal", "lock"]


def test_a_backup_of_an_older_store_is_one_of_today_and_an_older_backup_can_be_restored(folder, tmp_path):
    back_up(folder, tmp_path / "backup")
    assert version_in((tmp_path / "backup" / "journal").read_bytes()[:HEADER_SIZE]) == FORMAT
    with open_store(tmp_path / "backup", writable=False) as store:
        check(store)
    restore(folder, tmp_path / "elsewhere")
    with open_store(tmp_path / "elsewhere", writable=True) as store:
        assert store.upgraded is None
        check(store)
    assert (folder / "journal").read_bytes() == OLD


def test_an_export_of_an_older_store_has_documents_of_today(folder, tmp_path):
    with open_store(folder, writable=False) as store:
        export(store.database.journal, tmp_path / "all.json")
    placements = json.loads((tmp_path / "all.json").read_text("ascii"))["placements"].values()
    assert not [one for one in placements if "evidence" in one]
    assert sum("joins" in one for one in placements) == 2


class Killed(BaseException):
    """Nothing that runs afterwards may count on having been run."""


def counting_disk(when: int, refusal: BaseException) -> tuple[Disk, list[int]]:
    """A disk whose call number `when`, of whatever kind, ends in `refusal`, and the number of calls so far."""
    calls = [0]

    def call(real, *arguments):
        calls[0] += 1
        if calls[0] == when:
            raise refusal
        return real(*arguments)

    return Disk(write=lambda *all_: call(os.write, *all_), sync=lambda *all_: call(os.fsync, *all_)), calls


@pytest.mark.parametrize("refusal", [Killed(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))], ids=["kill", "full"])
def test_an_upgrade_that_ends_anywhere_leaves_a_whole_store_that_the_next_opening_upgrades(tmp_path, refusal):
    """At the first calls the journal is the old one, at the last of all, after the rename, the new one."""
    left = []
    for when in range(1, 100):
        folder = tmp_path / str(when)
        folder.mkdir()
        (folder / "journal").write_bytes(OLD)
        disk, calls = counting_disk(when, refusal)
        try:
            open_store(folder, writable=True, disk=disk).close()
        except (Killed, StoreFailed):
            left.append((folder / "journal").read_bytes() == OLD)
        else:
            assert calls[0] < when
            break
        with open_store(folder, writable=False) as store:
            check(store)
        with open_store(folder, writable=True) as store:
            check(store)
        assert files_in(folder) - {"journal.before-upgrade-2"} == {"journal", "lock", "journal.before-upgrade-1"}
    assert left == sorted(left, reverse=True)
    assert left.count(True) >= 6


def test_every_state_that_a_power_cut_may_leave_of_an_upgrade_is_the_store(folder, tmp_path, monkeypatch):
    recorder = PowerRecorder(folder)
    recorder.names = recorder.synced = {"journal": File(synced=OLD, now=OLD)}
    with monkeypatch.context() as patched:
        recorder.patch(patched)
        open_store(folder, writable=True, disk=Disk(write=recorder.write, sync=recorder.sync)).close()
    states = {files["journal"]: files for moment in recorder.moments for files in after_a_cut(moment, random.Random(3))}
    assert OLD in states
    assert {version_in(journal[:HEADER_SIZE]) for journal in states} == {1, FORMAT}
    for n, files in enumerate(states.values()):
        found = tmp_path / f"found-{n}"
        found.mkdir()
        for name, content in files.items():
            (found / name).write_bytes(content)
        with open_store(found, writable=True) as store:
            check(store)


def test_an_older_journal_without_records_is_upgraded_too(tmp_path):
    (tmp_path / "journal").write_bytes(header(version=1))
    with open_store(tmp_path, writable=True) as store:
        assert list(store.entries()) == []
    assert (tmp_path / "journal").read_bytes() == header()


def test_an_upgrade_takes_over_the_second_name_that_a_killed_one_gave(folder):
    (folder / "journal.before-upgrade-1").hardlink_to(folder / "journal")
    with open_store(folder, writable=True) as store:
        check(store)
        assert store.upgraded.kept_as == folder / "journal.before-upgrade-1"
    assert (folder / "journal.before-upgrade-1").read_bytes() == OLD
    assert sorted(one.name for one in folder.iterdir()) == ["journal", "journal.before-upgrade-1", "lock"]
