"""Folders and files: whose they are, whether they can be written, how much room is left, what the store says."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote

from aggregator.config import Config
from aggregator.config.examples import broken
from aggregator.doctor.findings import Finding, counted, fail, ok, warn
from aggregator.fetching.contact import remark
from feeds.errors import MissingExtra, StoreDamaged, StoreError
from feeds.text.forms import Analyser
from storage.loading import JOURNAL
from storage.lock import LOCK, holder
from storage.opening import open_at, server_of
from storage.port import Counts

LITTLE = 500_000_000
"""Bytes of room: 100,000 entries with their texts, and as much again while they are compacted, take 400 MB."""
HARDLY_ANY = 20_000_000
"""Bytes: a day of a hundred sources."""
FEW_FILES = 1000
"""Files that can still be made: a topic has 9, a story 4."""
_FILES = "run doctor as the user of the daemon, and with the version that wrote the store or a newer one"
_DATABASE = "see that the server runs, and takes this user and database: psql URL; its log says why it refuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Of the file system that a folder is on, for whoever asks."""

    free: int
    """Bytes."""
    files: int | None
    """That can still be made; None: as many as there is room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store said of itself."""

    findings: tuple[Finding, ...]
    newest: datetime | None = None
    """The last fetch that it remembers."""
    held_by: str = ""
    """Who writes to it at this moment; empty: nobody."""


def config_file(config: Config) -> Iterator[Finding]:
    """Does the config do what it says?"""
    problems = broken(config, Analyser())
    for problem in problems:
        where = f"{config.file}:{problem.line}:{problem.column}"
        yield warn("config", f"{where}: {problem.message}", "mend the topic or the example; `check` shows the line")
    if not problems:
        held = f", {counted(len(config.examples), 'example')} checked" if config.examples else ""
        yield ok("config", f"{config.file}: right{held}")
    if told := remark(config):
        yield warn("contact", told, 'for example contact = "mailto:you@example.org"; they block whom they cannot ask')


def store(config: Config) -> Stored:
    """Can the store be read, and who writes to it?"""
    folder, where = config.store.folder, config.store.where
    try:
        if where == folder and not (folder / JOURNAL).exists():
            return Stored(findings=(ok("store", f"{folder}: nothing is stored yet"),))
        with open_at(where, writable=False) as opened:
            counts, states = opened.counts(), opened.states().values()
            fetched = [state.last_fetch for state in states if state.last_fetch]
        server = server_of(where)
    except MissingExtra:
        return Stored(findings=(fail("store", f"{config.store.shown} cannot be asked", "install the extra postgres"),))
    except StoreDamaged as error:
        return Stored(findings=(fail("store", str(error), "stop the daemon, then: topicwire compact --repair"),))
    except (StoreError, OSError) as error:
        advice = _DATABASE if config.store.database else _FILES
        return Stored(findings=(fail("store", str(error), advice),))
    held_by = server.writer if server else holder(folder / LOCK)
    use = f"in use by {held_by}" if held_by else "nobody writes to it now"
    kept = f"PostgreSQL {server.version}; " if server else ""
    return Stored(
        findings=(ok("store", f"{config.store.shown}: {kept}{_counted(counts)}; {use}"),),
        newest=max(fetched, default=None),
        held_by=held_by,
    )


def _counted(counts: Counts) -> str:
    entries = "1 entry" if counts.entries == 1 else f"{counts.entries} entries"
    return f"{entries} of {counted(counts.sources, 'source')}, {counts.size / 1e6:.1f} MB"


def folders(config: Config, *, user: int) -> Iterator[Finding]:
    """May `user` write where the config says?"""
    for check, folder in (("store folder", config.store.folder), ("publish folder", config.publish.folder)):
        yield _folder(check, folder, user=user)


def _folder(check: str, folder: Path, *, user: int) -> Finding:
    there = _nearest(folder)
    if not os.path.isdir(there):  # noqa: PTH112 - Path.is_dir raises where one may not look
        return fail(check, f"{there} is in the way: it is no folder", "move it, or name another folder in the config")
    if not _may(there, os.W_OK | os.X_OK):
        return _not_writable(check, folder, there, user=user)
    others = sorted(_owners(folder) - {user})
    if others and user:
        return warn(
            check,
            f"{folder} has files of {' and '.join(map(_name, others))}, as after a command that ran as somebody else",
            f"as root: chown -R {_owner(user)} {quote(str(folder))}",
        )
    if others:
        return warn(
            check,
            f"{folder} belongs to {' and '.join(map(_name, others))}, and you are root",
            "run the commands of topicwire as that user: files of root's would be in the daemon's way",
        )
    return ok(check, f"{folder}: {'writable' if folder.is_dir() else f'can be made in {there}'}")


def _not_writable(check: str, folder: Path, there: Path, *, user: int) -> Finding:
    """What is above the folder may be anybody's, as /var is: nobody is told to give that away."""
    if os.statvfs(there).f_flag & os.ST_RDONLY:
        return fail(check, f"{there} is on a file system that is read-only", "name another folder in the config")
    told = f"{_name(user)} may not write in {there}, which belongs to {_name(there.stat().st_uid)}"
    if there == folder:
        return fail(check, told, f"run as that user, or as root: chown -R {_owner(user)} {quote(str(folder))}")
    return fail(check, told, f"as root: install -d -o {_owner(user)} {quote(str(folder))}")


def disk(config: Config) -> Iterator[Finding]:
    """Is there room to go on?"""
    try:
        size = (config.store.folder / JOURNAL).stat().st_size
    except OSError:
        size = 0
    seen: set[int] = set()
    for folder in (config.store.folder, config.publish.folder):
        there = _nearest(folder)
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield judged_room(folder, room(there), stored=size)


def room(folder: Path) -> Room:
    """How much is left in an existing folder."""
    found = os.statvfs(folder)
    return Room(free=shutil.disk_usage(folder).free, files=found.f_favail if found.f_files else None)


def judged_room(folder: Path, left: Room, *, stored: int) -> Finding:
    """Whether `left` is enough beside a journal of `stored` bytes, which a compaction writes anew."""
    shown = f"{left.free / 1e6:,.0f} MB free for {folder}"
    advice = "make room: fetching pauses when the disk is full, and goes on by itself"
    if left.free < HARDLY_ANY or left.files == 0:
        return fail("disk", shown if left.files != 0 else f"no more files can be made for {folder}", advice)
    if left.free < LITTLE + stored:
        return warn("disk", f"{shown}, and the store may need {(LITTLE + stored) / 1e6:,.0f} to be made small", advice)
    if left.files is not None and left.files < FEW_FILES:
        return warn("disk", f"only {left.files} more files can be made for {folder}", "make room for more files")
    return ok("disk", shown)


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    return next(path for path in (folder, *folder.parents) if os.path.exists(path))  # noqa: PTH110 - likewise


def _owners(folder: Path) -> set[int]:
    owners = set()
    for path in _files(folder):
        with contextlib.suppress(OSError):  # a running daemon replaced it just now
            owners.add(path.lstat().st_uid)
    return owners


def _files(folder: Path) -> Iterator[Path]:
    """The folder and what is right in it."""
    if os.path.isdir(folder):  # noqa: PTH112 - likewise
        yield folder
        if _may(folder, os.R_OK | os.X_OK):
            yield from folder.iterdir()


def _may(path: Path, rights: int) -> bool:
    """Whether this process, as whoever it acts, has these rights."""
    return os.access(path, rights, effective_ids=os.access in os.supports_effective_ids)


def _name(user: int) -> str:
    named = _owner(user)
    return f"user {user}" if named == str(user) else named


def _owner(user: int) -> str:
    """As commands take it."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
