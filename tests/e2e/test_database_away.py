"""The database goes away under a running daemon, as hard as it can, and comes back."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app import open_app
from aggregator.config import load
from aggregator.observing.events import IngestResumed, IngestStopped, tee
from aggregator.observing.logs import log_event
from aggregator.running import daemon
from aggregator.world import real_world
from storage.postgres import session
from tests.fakes import postgres
from tests.fakes.newsroom import Newsroom
from tests.fakes.servers import free_port
from tests.fakes.serving import Reply, ask, served

CONFIG = """
[serve]
listen = "127.0.0.1:{port}"
[fetch]
allow_private = true
[store]
url = "{url}"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:{newsroom}/rss"
id = "newsroom"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""
SOON = timedelta(seconds=0.2)
FEED = "/feeds/peace.atom"
RESTARTS = 3
NOTHING_STORED = "nothing can be stored, so nothing is fetched: the log says why"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server():
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as started:
        yield started


async def comes(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.05)


class Desk:
    """A daemon over `server`, in a world whose clock can be put forward; readers have a process of their own."""

    def __init__(self, tmp_path, server: postgres.Server, newsroom: int) -> None:
        self.port = free_port()
        url = postgres.as_in_a_config(server.url())
        (tmp_path / "config.toml").write_text(CONFIG.format(port=self.port, url=url, newsroom=newsroom), "utf-8")
        self.config = load(tmp_path / "config.toml", environ={})
        self.ahead = timedelta()
        self.put_forward = 0.0
        self.rests = 0
        """Ticks that found no pass under way."""
        self.events: list = []
        self.stop = asyncio.Event()

    async def run(self) -> None:
        world = replace(real_world(), clock=lambda: datetime.now(UTC) + self.ahead)
        with open_app(self.config, world=world, observe=tee(self.events.append, log_event)) as app:
            parts = app.daemon(apart=True)

            def beat(passes: int) -> None:
                self.rests += passes == 0
                parts.beat(passes)

            often = replace(parts, tick=SOON, retry=SOON, ageing=SOON, gather=SOON, apart=timedelta, beat=beat)
            await daemon.run(often, stop=self.stop)

    def ask(self, path: str, **headers: str) -> Reply:
        return ask(self.port, path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def get(self, path: str, **headers: str) -> Reply:
        return await asyncio.to_thread(lambda: self.ask(path, **headers))

    def shows(self, *titles: str) -> bool:
        try:
            body = self.ask(FEED).body.decode()
        except OSError:
            return False
        return all(title in body for title in titles)

    async def rested(self, ticks: int) -> None:
        """Wait until so many more of them found no pass under way, after one that may have begun already."""
        before = self.rests
        await comes(lambda: self.rests > before + ticks)

    async def cannot_store(self) -> None:
        """Wait until that is why it is not ready."""
        await comes(lambda: _said(self.ask("/readyz")) == (503, NOTHING_STORED))

    def told(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.mark.heavy
@pytest.mark.anyio
async def test_readers_keep_what_they_have_and_news_come_once_the_database_is_back(tmp_path, server, caplog):
    caplog.set_level("INFO")
    paper = Newsroom(["Peace talks begin"])
    with served(paper) as newsroom:
        desk = Desk(tmp_path, server, newsroom)
        running = asyncio.create_task(desk.run())
        await comes(lambda: desk.shows("Peace talks begin"))
        await comes(lambda: desk.ask("/readyz").status == 200)
        before = await desk.get(FEED)

        server.stop("immediate")
        paper.titles.append("Peace holds")
        desk.ahead = timedelta(hours=2)
        await comes(lambda: bool(desk.told(IngestStopped)))
        await desk.cannot_store()
        await desk.rested(1)  # a pass may have been under way
        asked = len(paper.answered)
        await desk.rested(5)  # rounds of everything, none of which asks publishers or disturbs readers
        now = await desk.get(FEED)
        assert (now.body, now.headers["etag"]) == (before.body, before.headers["etag"])
        assert (await desk.get(FEED, If_None_Match=before.headers["etag"])).status == 304
        assert len(paper.answered) == asked

        server.start()
        await comes(lambda: bool(desk.told(IngestResumed)))
        await comes(lambda: desk.shows("Peace talks begin", "Peace holds") or _later(desk))
        await comes(lambda: desk.ask("/readyz").status == 200)
        await comes(lambda: "Nothing can be stored" in desk.ask("/feeds/_health.atom").body.decode())
        desk.stop.set()
        await asyncio.wait_for(running, 60)
    [stopped] = desk.told(IngestStopped)
    assert stopped.reason.startswith("PostgreSQL")
    assert f"fetching pauses, as nothing can be stored: {stopped.reason}" in caplog.messages
    assert "fetching goes on: the store takes changes again" in caplog.messages
    assert not [message for message in caplog.messages if "Traceback" in message]


def _said(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body.decode().strip()


def _later(desk: Desk) -> bool:
    """The pass whose commit was lost is asked for again when its source is due; no entry is to age out for that."""
    if time.monotonic() > desk.put_forward + 1:
        desk.put_forward = time.monotonic()
        desk.ahead += timedelta(hours=1)
    return False


@pytest.mark.heavy
@pytest.mark.anyio
async def test_a_database_that_hangs_is_not_waited_for_and_is_used_again_when_it_goes_on(
    tmp_path, server, caplog, monkeypatch
):
    caplog.set_level("INFO")
    monkeypatch.setattr(session, "SILENCE", 1.0)
    monkeypatch.setattr(session, "CONNECTING", 2)
    paper = Newsroom(["Peace talks begin"])
    with served(paper) as newsroom:
        desk = Desk(tmp_path, server, newsroom)
        running = asyncio.create_task(desk.run())
        await comes(lambda: desk.shows("Peace talks begin"))
        await comes(lambda: desk.ask("/readyz").status == 200)
        before = await desk.get(FEED)

        server.freeze()
        try:
            paper.titles.append("Peace holds")
            desk.ahead = timedelta(hours=2)
            await comes(lambda: bool(desk.told(IngestStopped)))
            await desk.cannot_store()
            now = await desk.get(FEED)
            assert (now.body, now.headers["etag"]) == (before.body, before.headers["etag"])
        finally:
            server.thaw()

        await comes(lambda: bool(desk.told(IngestResumed)))
        await comes(lambda: desk.shows("Peace talks begin", "Peace holds") or _later(desk))
        await comes(lambda: desk.ask("/readyz").status == 200)
        shown = json.loads((await desk.get("/feeds/peace.json")).body)["items"]
        desk.stop.set()
        await asyncio.wait_for(running, 60)
    assert sorted(item["title"] for item in shown) == ["Peace holds", "Peace talks begin"]
    reason = desk.told(IngestStopped)[0].reason
    assert re.fullmatch(
        r"PostgreSQL(: the server has not answered for \d+ seconds, and takes no other connection"
        r"| cannot be reached: connection timeout expired)",
        reason,
    )
    assert f"fetching pauses, as nothing can be stored: {reason}" in caplog.messages
    assert not [message for message in caplog.messages if "Traceback" in message]


@pytest.mark.heavy
@pytest.mark.anyio
async def test_a_database_that_was_restarted_between_passes_costs_no_entry(tmp_path, server, caplog):
    caplog.set_level("INFO")
    paper = Newsroom(["Peace talks begin"])
    with served(paper) as newsroom:
        desk = Desk(tmp_path, server, newsroom)
        running = asyncio.create_task(desk.run())
        await comes(lambda: desk.shows("Peace talks begin"))
        for _ in range(RESTARTS):
            server.stop("immediate")
            await asyncio.sleep(0.5)
            server.start()
        paper.titles.append("Peace holds")
        desk.ahead = timedelta(hours=2)
        await comes(lambda: desk.shows("Peace talks begin", "Peace holds") or _later(desk))
        desk.stop.set()
        await asyncio.wait_for(running, 60)
    assert len(desk.told(IngestStopped)) == len(desk.told(IngestResumed)) <= RESTARTS
    assert not [message for message in caplog.messages if "Traceback" in message]


@pytest.mark.heavy
@pytest.mark.anyio
async def test_a_database_that_ends_in_the_middle_of_passes_loses_no_entry_and_repeats_none(tmp_path, server):
    paper = Newsroom(["Peace talks begin"])
    with served(paper) as newsroom:
        desk = Desk(tmp_path, server, newsroom)
        running = asyncio.create_task(desk.run())
        await comes(lambda: desk.shows("Peace talks begin"))
        for day in range(1, 9):
            paper.titles.append(f"Peace holds on day {day}")
            desk.ahead += timedelta(hours=1)
            await asyncio.sleep(0.15 + day * 0.04)  # a tick, and then somewhere in a pass
            server.stop("immediate")
            server.start()
        await comes(lambda: desk.shows(*paper.titles) or _later(desk))
        shown = json.loads((await desk.get("/feeds/peace.json")).body)["items"]
        desk.stop.set()
        await asyncio.wait_for(running, 60)
    assert sorted(item["title"] for item in shown) == sorted(paper.titles)
