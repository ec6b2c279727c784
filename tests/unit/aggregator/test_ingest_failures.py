"""What nobody foresaw costs one source one pass; a store that cannot remember stops them all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

import aggregator.fetching.reader
import aggregator.ingesting.ingest
import aggregator.ingesting.remember
from aggregator.observing.events import IngestResumed, IngestStopped
from feeds.errors import StoreError, StoreFailed, StoreLocked
from feeds.model import Failed, FailureKind
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.ingesting import NOW, SOURCE, Bench, feed, ok

pytestmark = pytest.mark.anyio


async def test_a_fault_in_reading_costs_its_source_one_pass_and_is_told_with_its_traceback(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    bench = Bench([ok(feed("High water"))])
    monkeypatch.setattr(aggregator.fetching.reader, "read", broken)
    told = await bench.run()

    reason = "topicwire itself failed on this source (KeyError: 'surprise'); please report it"
    assert told.outcome == Failed(kind=FailureKind.BROKEN, reason=reason)
    assert "in broken" in told.problem
    assert bench.store.states()["tides"].failures == 1


async def test_a_fault_in_judging_is_remembered_as_a_failure(monkeypatch):
    real = aggregator.ingesting.ingest.remember

    def broken(store, *, feed, **rest):
        if feed:
            raise RuntimeError("bad judge")
        return real(store, feed=feed, **rest)

    bench = Bench([ok(feed("High water"))])
    monkeypatch.setattr(aggregator.ingesting.ingest, "remember", broken)
    told = await bench.run()

    assert "bad judge" in told.problem
    assert bench.store.states()["tides"].failures == 1
    assert bench.titles() == []


async def test_a_fault_that_even_failing_meets_keeps_the_source_away_for_its_interval(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("bad arithmetic")

    bench = Bench([ok(feed("High water"))])
    monkeypatch.setattr(aggregator.ingesting.remember, "advance", broken)
    told = await bench.run()

    assert "bad arithmetic" in told.problem
    assert bench.ingest.states["tides"].next_fetch == NOW + timedelta(minutes=30)
    assert bench.store.states() == {}


class FullDisk(MemoryStore):
    def commit(self, change: Change) -> None:
        raise StoreFailed("the disk is full")


async def test_a_store_that_cannot_remember_stops_every_pass():
    bench = Bench([ok(feed("High water"))], store=FullDisk())
    with pytest.raises(StoreError, match="the disk is full"):
        await bench.ingest.run(SOURCE)
    with pytest.raises(StoreError, match="the disk is full"):
        await bench.ingest.run(SOURCE)

    assert bench.events == [IngestStopped(reason="the disk is full")]
    assert len(bench.client.asked) == 1
    assert bench.ingest.stopped == "the disk is full"


async def test_passes_run_again_once_the_store_goes_on():
    class Refilled(MemoryStore):
        full = True

        def commit(self, change: Change) -> None:
            if self.full:
                raise StoreFailed("the disk is full")
            super().commit(change)

        def recover(self) -> None:
            if self.full:
                raise StoreFailed("the disk is still full")

    store = Refilled()
    bench = Bench([ok(feed("High water")), ok(feed("High water"))], store=store)
    with pytest.raises(StoreError):
        await bench.ingest.run(SOURCE)
    assert not await bench.ingest.resume()
    assert bench.ingest.stopped == "the disk is still full"
    store.full = False
    assert await bench.ingest.resume()
    told = await bench.ingest.run(SOURCE)

    assert (told.new, bench.titles()) == (1, ["High water"])
    assert bench.events == [IngestStopped(reason="the disk is full"), IngestResumed(), told]


async def test_a_store_that_another_process_took_over_meanwhile_is_told_once_and_waited_for():
    class TakenOver(MemoryStore):
        refusals: list[StoreError]

        def commit(self, change: Change) -> None:
            if self.refusals:
                raise StoreFailed("the database is gone")
            super().commit(change)

        def recover(self) -> None:
            if self.refusals:
                raise self.refusals.pop()

    store = TakenOver()
    store.refusals = [StoreLocked("in use by another one"), StoreLocked("in use by another one"), StoreError("gone")]
    bench = Bench([ok(feed("High water"))], store=store)
    with pytest.raises(StoreError):
        await bench.ingest.run(SOURCE)
    assert [await bench.ingest.resume() for _ in range(4)] == [False, False, False, True]
    assert bench.events == [
        IngestStopped(reason="the database is gone"),
        IngestStopped(reason="in use by another one"),
        IngestResumed(),
    ]


async def test_a_store_that_goes_away_while_it_is_read_anew_is_asked_again():
    class Flickering(MemoryStore):
        lost = False

        def states(self):
            if self.lost:
                self.lost = False
                raise StoreError("the database is gone")
            return super().states()

    store = Flickering()
    bench = Bench([ok(feed("High water"))], store=store)
    bench.ingest.stop(StoreError("no room"))
    store.lost = True
    assert [await bench.ingest.resume(), bench.ingest.stopped] == [False, "the database is gone"]
    assert [await bench.ingest.resume(), bench.ingest.stopped] == [True, ""]
    assert (await bench.ingest.run(SOURCE)).new == 1


async def a_pass_that_waits_to_write(bench: Bench) -> asyncio.Task:
    """A pass that has read everything, while somebody else has the store: to go on, it wants `alone` released."""
    await bench.ingest.alone.acquire()
    task = asyncio.create_task(bench.ingest.run(SOURCE))
    async with asyncio.timeout(60):
        while not bench.ingest.alone._waiters:
            await asyncio.sleep(0.001)
    return task


async def test_a_pass_that_is_cancelled_while_it_waits_to_write_still_writes():
    bench = Bench([ok(feed("High water"))])
    task = await a_pass_that_waits_to_write(bench)
    task.cancel()
    await asyncio.sleep(0)
    bench.ingest.alone.release()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert bench.titles() == ["High water"]
    assert bench.ingest.states["tides"] == bench.store.states()["tides"]


async def test_entries_are_first_seen_when_they_are_committed_however_long_ago_they_were_read():
    bench = Bench([ok(feed("High water"))])
    task = await a_pass_that_waits_to_write(bench)
    bench.now = NOW + timedelta(minutes=3)
    bench.ingest.alone.release()
    await task

    (entry,) = bench.store.entries()
    assert (entry.first_seen, entry.revised) == (bench.now, bench.now)
    assert entry.published == datetime(2026, 3, 1, 10, 1, tzinfo=UTC)


async def test_a_store_that_fails_while_a_pass_is_cancelled_is_told():
    bench = Bench([ok(feed("High water"))], FullDisk())
    task = await a_pass_that_waits_to_write(bench)
    task.cancel()
    await asyncio.sleep(0)
    bench.ingest.alone.release()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [one for one in bench.events if isinstance(one, IngestStopped)] == [IngestStopped(reason="the disk is full")]
