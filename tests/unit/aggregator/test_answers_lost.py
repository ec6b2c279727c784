"""A store that remembered a change and was gone before it said so: what it holds is published once it goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app import open_app
from aggregator.config import load
from aggregator.observing.events import IngestResumed
from aggregator.running import daemon
from aggregator.world import real_world
from feeds.errors import StoreFailed
from storage.tinydb_store import TinyDBStore
from tests.fakes.newsroom import Newsroom
from tests.fakes.serving import served

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("one_sandbox")]
SOON = timedelta(seconds=0.05)
DAY = timedelta(days=1)
CONFIG = """
[serve]
listen = "127.0.0.1:0"
[fetch]
allow_private = true
[keep]
entries = "30d"
[store]
url = "tinydb:store"
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


class Forgetful:
    """Commits reach the store, but the answer to one that `about` holds for does not reach who asked."""

    def __init__(self, monkeypatch) -> None:
        self.about = lambda _: False
        commit = TinyDBStore.commit

        def remember(store, change) -> None:
            commit(store, change)
            if self.about(change):
                self.about = lambda _: False
                raise StoreFailed("the connection is gone")

        monkeypatch.setattr(TinyDBStore, "commit", remember)


@pytest.fixture
def forgetful(monkeypatch):
    return Forgetful(monkeypatch)


async def test_entries_that_were_remembered_without_an_answer_are_published(tmp_path, forgetful):
    paper, ahead, events, stop = Newsroom(["Peace talks begin"]), [timedelta()], [], asyncio.Event()
    world = replace(real_world(), clock=lambda: datetime.now(UTC) + ahead[0])
    with served(paper) as newsroom:
        (tmp_path / "config.toml").write_text(CONFIG.format(newsroom=newsroom), "utf-8")
        with open_app(load(tmp_path / "config.toml", environ={}), world=world, observe=events.append) as app:

            async def comes(title: str) -> None:
                async with asyncio.timeout(60):
                    while title not in feed():
                        await asyncio.sleep(0.02)

            def feed() -> str:
                document = app.publisher.shelf.documents.get("/feeds/peace.json")
                return document.body.decode() if document else ""

            parts = replace(app.daemon(), tick=SOON, retry=SOON, ageing=SOON, gather=SOON, apart=timedelta)
            running = asyncio.create_task(daemon.run(parts, stop=stop))
            await comes("Peace talks begin")
            forgetful.about = lambda change: bool(change.entries)
            paper.titles.append("Peace holds")
            ahead[0] = DAY
            await comes("Peace holds")
            assert "Peace talks begin" in feed()
            assert [event for event in events if isinstance(event, IngestResumed)] == [IngestResumed()]
            stop.set()
            await asyncio.wait_for(running, 30)
