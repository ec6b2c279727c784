"""Folders, room and the store, as `doctor` finds them."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from pwd import getpwuid
from types import SimpleNamespace

import pytest

from aggregator.config import load
from aggregator.doctor import Grade, places
from aggregator.doctor.findings import fail, ok, warn
from aggregator.doctor.places import Room, config_file, disk, folders, judged_room, store
from feeds.model import SourceState
from storage.loading import JOURNAL
from storage.lock import LOCK, holder
from storage.port import Change
from storage.tinydb_store import open_store

FETCHED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ME = os.geteuid()
NOBODY = 65534
SITE = Path("/srv/site")
MB = 1_000_000


@pytest.fixture
def config(tmp_path):
    def write(text: str = ""):
        text = f'[store]\nurl = "tinydb:store"\n[publish]\nfolder = "site"\n{text}'
        (tmp_path / "config.toml").write_text(text, "utf-8")
        return load(tmp_path / "config.toml", environ={})

    return write


def fill(folder: Path) -> None:
    with open_store(folder, writable=True) as opened:
        opened.commit(Change(states=(SourceState(source="tides", url="https://tides.example/", last_fetch=FETCHED),)))


def test_a_config_whose_examples_hold_is_right(config):
    found = config('[[topic]]\nid = "a"\ntitle = "A"\nmatch = ["tide"]\n[[topic.example]]\nyes = ["High tide"]\n')
    assert list(config_file(found)) == [ok("config", f"{found.file}: right, 1 example checked")]


def test_an_example_that_does_not_hold_is_worth_knowing_with_its_place(config):
    found = config('[[topic]]\nid = "a"\ntitle = "A"\nmatch = ["tide"]\n[[topic.example]]\nyes = ["Low water"]\n')
    [finding] = config_file(found)
    assert (finding.grade, finding.check) == (Grade.WARN, "config")
    assert finding.told.startswith(f"{found.file}:10:8: ")


def test_publishers_who_could_write_to_nobody_are_worth_knowing(config):
    _, finding = config_file(config('[[source]]\nurl = "https://tides.example/feed"\n'))
    assert (finding.grade, finding.check) == (Grade.WARN, "contact")
    assert len(list(config_file(config('[site]\ncontact = "mailto:ann@tides.example"\n')))) == 1


def test_where_nothing_is_stored_nothing_is_wrong(config):
    found = config()
    assert store(found).findings == (ok("store", f"{found.store.folder}: nothing is stored yet"),)


def test_a_store_says_what_it_holds_and_when_it_last_heard_of_a_source(config):
    found = config()
    fill(found.store.folder)
    stored = store(found)
    assert (stored.newest, stored.held_by) == (FETCHED, "")
    [finding] = stored.findings
    assert finding.told.startswith(f"{found.store.folder}: 0 entries of 1 source, 0.0 MB; nobody writes to it now")


def test_who_writes_to_a_store_is_named_and_not_disturbed(config):
    found = config()
    fill(found.store.folder)
    with open_store(found.store.folder, writable=True) as opened:
        held_by = store(found).held_by
        opened.commit(Change(states=(SourceState(source="piers", url="https://piers.example/"),)))
    assert held_by.startswith(f"process {os.getpid()} on {socket.gethostname()} since ")
    assert holder(found.store.folder / LOCK) == ""


def test_a_damaged_store_is_a_failure_with_the_repair(config):
    found = config()
    fill(found.store.folder)
    journal = found.store.folder / JOURNAL
    body = bytearray(journal.read_bytes())
    body[len(body) // 2] ^= 0xFF
    journal.write_bytes(body)
    for other in found.store.folder.iterdir():
        if other.name not in {JOURNAL, LOCK}:
            other.unlink()
    [finding] = store(found).findings
    assert (finding.grade, finding.advice) == (Grade.FAIL, "stop the daemon, then: topicwire compact --repair")


def test_folders_that_are_there_or_can_be_made_are_well(config, tmp_path):
    found = config()
    found.store.folder.mkdir()
    assert list(folders(found, user=ME)) == [
        ok("store folder", f"{tmp_path}/store: writable"),
        ok("publish folder", f"{tmp_path}/site: can be made in {tmp_path}"),
    ]


def test_a_file_in_the_way_of_a_folder_is_a_failure(config, tmp_path):
    found = config()
    found.publish.folder.write_text("a note", "utf-8")
    assert list(folders(found, user=ME))[1] == fail(
        "publish folder",
        f"{tmp_path}/site is in the way: it is no folder",
        "move it, or name another folder in the config",
    )


@contextmanager
def somebody_else():
    """As a user who has no rights here: for root another one, for anybody else a folder that nobody may enter."""
    if ME:
        yield ME
        return
    os.seteuid(NOBODY)
    try:
        yield NOBODY
    finally:
        os.seteuid(ME)


def test_folders_that_may_not_be_looked_into_are_findings_and_no_end(config, tmp_path):
    found = config()
    fill(found.store.folder)
    found.store.folder.chmod(0)
    try:
        with somebody_else() as user:
            grades = [one.grade for one in (*store(found).findings, *folders(found, user=user), *disk(found))]
    finally:
        found.store.folder.chmod(0o700)
    assert grades[:2] == [Grade.FAIL, Grade.FAIL]


def test_files_of_somebody_else_are_told_with_how_to_get_them_back(config, tmp_path):
    found = config()
    found.store.folder.mkdir()
    (found.store.folder / JOURNAL).touch()
    stranger = ME + 54321
    finding = next(iter(folders(found, user=stranger)))
    assert (finding.grade, finding.advice) == (Grade.WARN, f"as root: chown -R {stranger} {tmp_path}/store")


def test_nobody_is_told_to_give_away_what_a_folder_is_to_be_made_in(config, tmp_path, monkeypatch):
    """It may be /var, and whoever asks a user without a name."""
    monkeypatch.setattr(places, "_may", lambda path, rights: False)
    assert next(iter(folders(config(), user=54321))) == fail(
        "store folder",
        f"user 54321 may not write in {tmp_path}, which belongs to {getpwuid(ME).pw_name}",
        f"as root: install -d -o 54321 {tmp_path}/store",
    )


def test_a_system_that_is_read_only_is_told_as_such(config, tmp_path, monkeypatch):
    read_only = SimpleNamespace(f_flag=os.ST_RDONLY)
    monkeypatch.setattr(places, "_may", lambda path, rights: False)
    monkeypatch.setattr(os, "statvfs", lambda path: read_only)
    told = next(iter(folders(config(), user=ME))).told
    assert told == f"{tmp_path} is on a file system that is read-only"


@pytest.mark.parametrize(
    ("left", "finding"),
    [
        (Room(free=900 * MB, files=None), ok("disk", "900 MB free for /srv/site")),
        (
            Room(free=600 * MB, files=10**6),
            warn(
                "disk",
                "600 MB free for /srv/site, and the store may need 700 to be made small",
                "make room: fetching pauses when the disk is full, and goes on by itself",
            ),
        ),
        (
            Room(free=900 * MB, files=3),
            warn("disk", "only 3 more files can be made for /srv/site", "make room for more files"),
        ),
        (
            Room(free=1 * MB, files=10**6),
            fail(
                "disk",
                "1 MB free for /srv/site",
                "make room: fetching pauses when the disk is full, and goes on by itself",
            ),
        ),
        (
            Room(free=900 * MB, files=0),
            fail(
                "disk",
                "no more files can be made for /srv/site",
                "make room: fetching pauses when the disk is full, and goes on by itself",
            ),
        ),
    ],
)
def test_room_is_judged_beside_the_store_that_has_to_fit_in_twice(left, finding):
    assert judged_room(SITE, left, stored=200 * MB) == finding


def test_a_disk_that_two_folders_share_is_told_once(config):
    assert len(list(disk(config()))) == 1
