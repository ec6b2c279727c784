"""`split`, `join`, `never`, `hide`, `rebuild`: through a running daemon, and without one."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.__main__ import main
from aggregator.app import open_app
from aggregator.config import load
from aggregator.control import SOCKET, Answer, Command, ask
from aggregator.control.commands import Rebuild
from aggregator.observing.events import Commanded
from aggregator.observing.reader_events import Serving
from aggregator.running import daemon
from aggregator.world import real_world
from feeds.model import Placement
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.serving import ask as get
from tests.fakes.stored_values import entry_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("logs_as_before")]
CONFIG = """
[serve]
listen = "127.0.0.1:0"
[keep]
entries = "9000d"
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[topic]]
id = "ferries"
title = "Ferries"
match = ["ferry"]
"""
LATE, AGAIN, STORY = "a" * 32, "b" * 32, "story-of-the-ferry"


@pytest.fixture
def config(tmp_path) -> str:
    """With two entries of one story stored."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    published = datetime(2026, 3, 1, 12, tzinfo=UTC)  # so that a rebuild leaves them where they are
    placed = tuple(Placement(entry=one, story=STORY, published=published) for one in (LATE, AGAIN))
    entries = (
        entry_of(LATE, title="Ferry is late"),
        entry_of(AGAIN, title="Ferry is late\u202e again", canonical_url=f"https://harbour.example/{AGAIN}"),
    )
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=entries, placements=placed))
    return str(tmp_path / "config.toml")


def decisions(tmp_path) -> list[tuple[str, str, str]]:
    with open_store(tmp_path / "store", writable=False) as store:
        return [(str(one.kind), one.entry, one.other) for one in store.decisions()]


def titles_in(body: bytes) -> list[str]:
    return [entry["title"] for entry in json.loads(body)["items"]]


def socket_of(config: str) -> Path:
    folder = load(Path(config), environ={}).store.folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder / SOCKET


@asynccontextmanager
async def running(config: str, *, begun: threading.Event | None = None):
    """A daemon on this config: its port, and what it told.

    With `begun`, which is set then, it carries out a command when it was asked to stop and not before.
    """
    events, stop = [], asyncio.Event()
    with open_app(load(Path(config), environ={}), world=real_world(), observe=events.append) as app:
        parts = app.daemon()

        def late(command: Command) -> Answer:
            begun.set()
            while not stop.is_set():
                time.sleep(0.01)
            return parts.carry_out(command)

        task = asyncio.create_task(daemon.run(replace(parts, carry_out=late) if begun else parts, stop=stop))
        async with asyncio.timeout(60):
            while not socket_of(config).exists():
                await asyncio.sleep(0.01)
        address = next(event.address for event in events if isinstance(event, Serving))
        try:
            yield int(address.rpartition(":")[2]), events
        finally:
            stop.set()
            async with asyncio.timeout(60):
                await task


async def typed(*arguments: str) -> int:
    """The command's exit code; it waits in a thread that the daemon does not need."""
    with ThreadPoolExecutor(1) as apart:
        return await asyncio.get_running_loop().run_in_executor(apart, main, arguments)


async def test_a_running_daemon_takes_the_command_and_its_feeds_follow_without_a_restart(config, tmp_path, capsys):
    async with running(config) as (port, events):
        feed = await asyncio.to_thread(get, port, "/feeds/ferries.json")
        assert len(titles_in(feed.body)) == 2
        assert await typed("hide", LATE[:8], "--config", config) == 0
        assert capsys.readouterr() == (f"hidden: “Ferry is late” (harbour-post, {LATE})\n", "")
        async with asyncio.timeout(60):
            while len(titles_in((await asyncio.to_thread(get, port, "/feeds/ferries.json")).body)) != 1:
                await asyncio.sleep(0.05)
        assert [event.text for event in events if isinstance(event, Commanded)] == [
            f"hidden: “Ferry is late” (harbour-post, {LATE})"
        ]
        assert await typed("hide", "--undo", LATE, "--config", config) == 0
        async with asyncio.timeout(60):
            while len(titles_in((await asyncio.to_thread(get, port, "/feeds/ferries.json")).body)) != 2:
                await asyncio.sleep(0.05)
        assert await typed("never", LATE, AGAIN, "--config", config) == 0
        assert await typed("hide", "nobody-of-us", "--config", config) == 1
        assert capsys.readouterr().err.startswith("Error: there is no entry nobody-of-us")
    assert decisions(tmp_path) == [("never", LATE, AGAIN)]
    assert not (tmp_path / "store" / SOCKET).exists()


@pytest.mark.in_files
async def test_where_no_socket_can_be_commands_work_while_the_daemon_is_stopped_and_are_refused_else(
    config, tmp_path, capsys
):
    deep = tmp_path / ("deep" * 30)
    (tmp_path / "store").rename(deep)
    Path(config).write_text(CONFIG.replace("tinydb:store", f"tinydb:{deep.name}"), "utf-8")
    with open_store(deep, writable=True):
        assert await typed("hide", LATE, "--config", config) == 1
    assert "is in use by process" in capsys.readouterr().err
    assert await typed("hide", LATE, "--config", config) == 0
    assert capsys.readouterr().out.startswith("hidden: “Ferry is late”")


async def test_commands_one_after_the_other_from_many_processes_are_all_remembered(config, tmp_path):
    arguments = [["hide", LATE], ["split", STORY, AGAIN], ["hide", AGAIN], ["rebuild"]] * 3
    async with running(config):
        codes = await asyncio.gather(*(typed(*one, "--config", config) for one in arguments))
    assert {code for one, code in zip(arguments, codes, strict=True) if one[0] != "split"} == {0}
    assert sorted(decisions(tmp_path)) == [("hide", LATE, ""), ("hide", AGAIN, ""), ("split", AGAIN, STORY)]


@pytest.mark.parametrize("dead_socket", [False, True])
def test_without_a_daemon_the_command_does_it_itself_files_included(config, tmp_path, capsys, dead_socket):
    if dead_socket:
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(socket_of(config)))
    assert main(["hide", LATE, "--config", config]) == 0
    assert capsys.readouterr().out == f"hidden: “Ferry is late” (harbour-post, {LATE})\n"
    (title,) = titles_in((tmp_path / "site" / "feeds" / "ferries.json").read_bytes())
    assert title.endswith("again")
    assert decisions(tmp_path) == [("hide", LATE, "")]


@pytest.mark.parametrize(
    ("arguments", "remembered", "said"),
    [
        (["split", STORY, AGAIN], ("split", AGAIN, STORY), "split: “Ferry is late\\u202e again”"),
        (["split", "story-of", LATE], ("split", LATE, STORY), "split: “Ferry is late” (harbour-post"),
        (["join", AGAIN, LATE], ("join", LATE, AGAIN), "joined: “Ferry is late"),
        (["never", LATE, f"https://harbour.example/{AGAIN}"], ("never", LATE, AGAIN), "kept apart: “Ferry is late”"),
        (["hide", AGAIN], ("hide", AGAIN, ""), "hidden: “Ferry is late\\u202e again”"),
    ],
)
def test_each_command_remembers_its_decision_and_says_so_in_one_harmless_line(
    config, tmp_path, capsys, arguments, remembered, said
):
    assert main([*arguments, "--config", config]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(said)
    assert decisions(tmp_path) == [remembered]


def test_a_rebuild_says_how_much_it_moved(config, capsys):
    assert main(["rebuild", "--config", config]) == 0
    assert capsys.readouterr().out == "rebuilt: 0 entries placed anew\n"


@pytest.mark.parametrize("arguments", [["hide"], ["join", "a"], ["split", "a"], ["never"], ["rebuild", "now"]])
def test_misuse_is_exit_code_2(config, capsys, arguments):
    assert main([*arguments, "--config", config]) == 2
    assert "Usage:" in capsys.readouterr().err


def test_a_store_that_another_process_writes_to_without_a_socket_is_left_alone(config, tmp_path, capsys):
    with open_store(tmp_path / "store", writable=True):
        assert main(["hide", LATE, "--config", config]) == 1
    assert "one process writes at a time" in capsys.readouterr().err
    assert decisions(tmp_path) == []


@pytest.mark.in_files
def test_where_no_store_is_none_is_made(tmp_path, capsys):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    assert main(["hide", LATE, "--config", str(tmp_path / "config.toml")]) == 1
    assert capsys.readouterr().err == f"topicwire: {tmp_path}/store has no store yet: nothing was fetched [TW505]\n"
    assert not (tmp_path / "store").exists()


@pytest.mark.in_files
def test_who_may_only_read_the_store_is_told_so_and_changes_nothing(config, tmp_path, capsys, monkeypatch):
    folder = tmp_path / "store"
    before = (folder / "journal").read_bytes()
    really_open = os.open

    def open_to_read(path, flags, *rest):
        if flags & (os.O_WRONLY | os.O_RDWR) and folder in Path(path).parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really_open(path, flags, *rest)

    monkeypatch.setattr(os, "open", open_to_read)
    assert main(["hide", LATE, "--config", config]) == 1
    assert capsys.readouterr().err == f"topicwire: the lock {folder}/lock cannot be opened: Permission denied [TW505]\n"
    assert (folder / "journal").read_bytes() == before


async def test_a_daemon_that_stops_sees_a_command_through(config, tmp_path):
    begun = threading.Event()
    async with running(config, begun=begun):
        asked = asyncio.create_task(asyncio.to_thread(ask, socket_of(config), Rebuild()))
        assert await asyncio.to_thread(begun.wait, 60)
    assert (await asked).text == "rebuilt: 0 entries placed anew"
