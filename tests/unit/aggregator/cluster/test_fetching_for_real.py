"""Workers with real clients ask a real server: one request at a time, also where one of them was stopped meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from aggregator.cluster.fetching import Fetching
from aggregator.cluster.holding import lease_is_sure
from aggregator.cluster.parcels import unpacked
from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from aggregator.ingesting.asking import Asking
from aggregator.ingesting.ingest import Ingest
from aggregator.observing.worker_events import FencedOff, LeaseLost
from aggregator.world import uptime, utc_now
from feeds.model import Source
from storage.work import Watched
from storage.work_memory import MemoryStoreWithWork, MemoryWork
from tests.fakes.fetching import TLS
from tests.fakes.ingesting import BOUNDS, feed
from tests.fakes.web import Web, reply
from tests.fakes.working import SharedWork

pytestmark = pytest.mark.anyio
TERM = timedelta(seconds=2)
LONG = timedelta(minutes=10)
MANY = 5_000
"""Sources: more than are asked within a test."""


def fetching(work: MemoryWork, sources: Iterable[Source], *, term: timedelta, **changed: object) -> Fetching:
    turns = Turns(gap=timedelta(), sure=lease_is_sure)
    client = Client(user_agent="topicwire/test", timeout=term / 3, max_size=1_000_000, turns=turns, tls=TLS)
    parts = {
        "leases": work,
        "asking": Asking(client=client, clock=utc_now, known=nothing),
        "sources": lambda: sources,
        "clock": utc_now,
        "uptime": uptime,
        "observe": lambda _event: None,
        "timeout": term / 3,
        "term": term,
    }
    return Fetching(**parts | changed)


async def nothing(_keys: object) -> tuple:
    return ()


def watch(work: MemoryWork, sources: Iterable[Source]) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    work.follow(Watched(source=one.id, host="127.0.0.1", due=long_ago) for one in sources)


class Publisher:
    """Answers every path, after a moment; tells how many requests there were at once, and whose."""

    def __init__(self) -> None:
        self.most = 0
        self.asked: Counter[str] = Counter()
        self._now = 0

    async def __call__(self, asked, writer) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        self.asked[asked.target] += 1
        try:
            await asyncio.sleep(0.005)
            await reply(feed(f"Water at {asked.target}"))(asked, writer)
        finally:
            self._now -= 1


async def test_what_workers_bring_is_taken_by_one_who_asks_nobody():
    publisher, now = Publisher(), utc_now()
    async with Web({f"/{n}": publisher for n in range(8)}) as web:
        sources = [Source(id=f"s{n}", url=web.url(f"/{n}"), allow_private=True) for n in range(8)]
        store = MemoryStoreWithWork(clock=lambda: now)
        watch(store.work, sources)
        workers = [fetching(store.work.beside(name), sources, each=4, term=LONG) for name in ("one", "two")]
        asked = [await worker.batch() for worker in workers]
    judge = Ingest(store=store, bounds=BOUNDS, clock=utc_now, draw=lambda: 0.0, observe=lambda _event: None)
    for delivery in store.work.waiting(100):
        await judge.take(next(one for one in sources if one.id == delivery.source), unpacked(delivery.document))

    assert (asked, publisher.most) == ([4, 0], 1)  # the host rests before the second may ask it
    assert sorted(entry.title for entry in store.entries()) == [f"Water at /{n}" for n in range(4)]
    assert store.work.waiting(100) == ()


class BusyWork(SharedWork):
    """No host rests; `leased` has how often each worker was given one."""

    def __init__(self, **about):
        super().__init__(**about)
        self.leased: Counter[str] = Counter()

    def lease(self, **asked):
        leases = super().lease(**asked)
        self.leased[self._worker] += len(leases)
        return leases

    def release(self, fences, *, rest):
        super().release(fences, rest=timedelta())


@contextmanager
def another_process(work: BusyWork, publisher: Publisher) -> Iterator[list[Source]]:
    """Another thread, in truth: the server, and a worker that goes on asking it until the block ends."""
    sources: list[Source] = []
    open_, leave = threading.Event(), threading.Event()

    async def run() -> None:
        async with Web({f"/{n}": publisher for n in range(MANY)}) as web:
            sources.extend(Source(id=f"s{n}", url=web.url(f"/{n}"), allow_private=True) for n in range(MANY))
            watch(work, sources)
            open_.set()
            while not leave.is_set():
                await fetching(work.beside("two"), sources, term=TERM).batch()
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert open_.wait(60)
        yield sources
    finally:
        leave.set()
        thread.join()


async def one_that_has_a_lease(worker: Fetching, work: BusyWork) -> asyncio.Task[int]:
    before = work.leased["one"]
    async with asyncio.timeout(60):
        while True:
            batch = asyncio.create_task(worker.batch())
            while not batch.done() and work.leased["one"] == before:
                await asyncio.sleep(0.001)
            if not batch.done():
                return batch
            await asyncio.sleep(0.001)


def stand_still(work: BusyWork) -> None:
    """For longer than a lease lasts, and until the other worker has the host."""
    before, began = work.leased["two"], time.monotonic()
    time.sleep(TERM.total_seconds())
    while work.leased["two"] == before and time.monotonic() < began + 60:
        time.sleep(0.01)
    time.sleep(0.2)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(3))
async def test_a_worker_that_was_stopped_meets_nobody_when_it_goes_on(seed):
    """Its loop is blocked, which is what a stopped process is to everybody else: time passes, and answers wait."""
    random, publisher, work, told = Random(seed), Publisher(), BusyWork(clock=utc_now), []
    with another_process(work, publisher) as sources:
        worker = fetching(work.beside("one"), sources, term=TERM, observe=told.append)
        for _ in range(4):
            batch = await one_that_has_a_lease(worker, work)
            await asyncio.sleep(random.uniform(0.001, 0.06))
            stand_still(work)
            await batch
    assert publisher.most == 1
    assert {type(event) for event in told} & {LeaseLost, FencedOff}
    assert sum(publisher.asked.values()) > len(work.waiting(10_000)) > 0
