"""One who judges, what it told, and a worker that brings whatever a test says was found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Self, TypeVar

from aggregator.cluster.judging import Ended, judge
from aggregator.cluster.parcels import packed
from aggregator.cluster.taking import Bench
from aggregator.ingesting.asking import Found
from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Event, Ingested
from aggregator.running.working import Work
from feeds.conditional import interpret
from feeds.model import Fetched, Source
from feeds.read import read
from storage.work import Brought
from tests.fakes.ingesting import BOUNDS, NOW, feed, ok
from tests.fakes.working import Working

T = TypeVar("T")
FOREVER = timedelta(days=20_000)


def paper(name: str, *, host: str = "") -> Source:
    return Source(id=name, url=f"https://{host or name + '.example'}/{name}", every=timedelta(minutes=30))


def listed(source: Source, *titles: str, etag: str = '"1"') -> Found:
    """What asking `source` finds where its document has these titles."""
    site = source.url.rpartition("/")[0]
    outcome = interpret(source, None, ok(feed(*titles, site=site), url=source.url, etag=etag), now=NOW)
    assert isinstance(outcome, Fetched)
    found = read(
        outcome.body, source=source, url=outcome.url, content_type=outcome.content_type, now=NOW, seen=frozenset()
    )
    return Found(asked=source.url, outcome=replace(outcome, body=b""), feed=found)


class Titles:
    """A publisher that publishes a list of titles."""

    def __init__(self, store: object) -> None:
        self.store = store
        self.page: list[str] = []
        self.loaded = 0

    def load(self) -> None:
        self.loaded += 1

    def take(self, entry_ids: Sequence[str]) -> None:
        pass

    def publish(self) -> bool:
        self.page = sorted(entry.title for entry in self.store.entries())
        return False


class Desk:
    """Judges for as long as the context lasts, on `working`."""

    def __init__(self, working: Working, *sources: Source) -> None:
        self.working = working
        self.sources: tuple[Source, ...] = sources
        self.events: list[Event] = []
        self.stop, self.woken = asyncio.Event(), asyncio.Event()
        self.titles = Titles(working.store)
        self.tick = timedelta(seconds=0.05)
        self.ended: Ended | None = None

    @contextmanager
    def opened(self) -> Iterator[Bench]:
        self.ingest = Ingest(
            store=self.working.store,
            bounds=BOUNDS,
            clock=self.working.clock,
            draw=lambda: 0.0,
            observe=self.events.append,
        )
        work = Work(
            sources=lambda: self.sources,
            ingest=self.ingest,
            publisher=self.titles,
            clock=self.working.clock,
            observe=self.events.append,
            tick=self.tick,
            gather=timedelta(seconds=0.01),
        )
        yield Bench(work=work, store=self.working.store, deliveries=self.working.deliveries)

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(
            judge(self.opened, stop=self.stop, woken=self.woken, observe=self.events.append)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        async with asyncio.timeout(60):
            self.ended = await self.task

    def bring(self, *documents: tuple[Source | str, Found | bytes]) -> None:
        """In this order; everything is due at this worker."""
        leases = self.working.leases("worker")
        held = leases.lease(now=self.working.clock() + FOREVER, hosts=1000, sources=1000, term=timedelta(hours=1))
        fences = {due.source: lease.fence for lease in held for due in lease.due}
        brought = [
            Brought(
                source=(name := source if isinstance(source, str) else source.id),
                fence=fences[name],
                document=found if isinstance(found, bytes) else packed(found),
            )
            for source, found in documents
        ]
        assert leases.bring(brought) == {one.source for one in brought}
        leases.release(set(fences.values()), rest=timedelta())

    def told(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    async def judged(self, number: int) -> list[Ingested]:
        """The first so many passes, once they are told."""
        await until(lambda: len(self.told(Ingested)) >= number)
        return self.told(Ingested)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.01)
