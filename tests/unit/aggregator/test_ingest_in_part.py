"""A document is read from where the last one ended, over as many passes as there are, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.ingesting.ingest import Ingest, read_here
from feeds.conditional import Response
from feeds.model import ReadFeed, Source
from feeds.polling import Bounds
from tests.fakes.answers import ScriptedClient
from tests.fakes.stores import new_store

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://tides.example/feed"
SOURCE = Source(id="tides", url=URL, every=timedelta(minutes=30))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Bench:
    def __init__(self, *documents: str) -> None:
        answers = [Response(url=URL, status=200, body=document.encode()) for document in documents]
        self.now = NOW
        self.read: list[tuple[int, int]] = []
        self.store = new_store()
        self.ingest = Ingest(
            store=self.store,
            client=ScriptedClient({URL: answers}),
            bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
            clock=lambda: self.now,
            draw=lambda: 0.0,
            observe=lambda _event: None,
            reader=self.reader,
        )

    async def reader(self, body: bytes, /, **about: object) -> ReadFeed:
        assert isinstance(about["seen"], Collection)
        feed = await read_here(body, **about)
        self.read.append((len(feed.entries), len(feed.unread)))
        return feed

    async def passes(self, count: int) -> list[tuple[int, int, int]]:
        """New, revised and same of each."""
        told = []
        for _ in range(count):
            one = await self.ingest.run(SOURCE)
            told.append((one.new, one.revised, one.same))
            self.now += timedelta(hours=1)
        return told


def item(guid: str, title: str, *, link: str = "") -> str:
    link = link or f"https://tides.example/{guid}"
    return f"<item><guid>{guid}</guid><link>{link}</link><title>{title}</title></item>"


def feed(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Tides</title>{"".join(items)}</channel></rss>'


async def test_only_new_and_edited_entries_are_read_and_all_are_counted():
    bench = Bench(
        feed(item("b", "Low"), item("a", "High")),
        feed(item("c", "Slack"), item("b", "Low"), item("a", "High")),
        feed(item("c", "Slack"), item("b", "Lower"), item("a", "High")),
    )

    assert await bench.passes(3) == [(2, 0, 0), (1, 0, 2), (0, 1, 2)]
    assert bench.read == [(2, 0), (1, 2), (1, 2)]
    assert sorted(entry.title for entry in bench.store.entries()) == ["High", "Lower", "Slack"]


async def test_what_left_the_document_and_comes_back_is_the_same_entry():
    bench = Bench(
        feed(item("b", "Low"), item("a", "High")), feed(item("b", "Low")), feed(item("a", "High"), item("b", "Low"))
    )

    assert await bench.passes(3) == [(2, 0, 0), (0, 0, 1), (0, 0, 2)]


async def test_an_entry_that_takes_over_an_old_name_does_not_take_over_the_entry_that_was_left_out():
    # The first entry moves to another guid; a new one gets its old guid, under another address.
    moved = item("https://tides.example/high", "High water tonight", link="https://tides.example/high")
    bench = Bench(
        feed(item("http://tides.example/high", "High water tonight", link="https://tides.example/high")),
        feed(moved),
        feed(item("http://tides.example/high", "The ferry is late", link="https://tides.example/ferry"), moved),
    )

    assert await bench.passes(3) == [(1, 0, 0), (0, 0, 1), (1, 0, 1)]
    assert sorted(entry.title for entry in bench.store.entries()) == ["High water tonight", "The ferry is late"]
