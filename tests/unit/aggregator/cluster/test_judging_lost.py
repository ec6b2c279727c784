"""Who judges and loses the store ends, and says why; a store that only refuses something goes on without that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from aggregator.cluster.judging import End, Ended, judge
from aggregator.cluster.taking import Bench
from aggregator.observing.cluster_events import DeliveryGivenUp, JudgeDisplaced, JudgingEnded, JudgingStarted
from aggregator.observing.events import Event
from feeds.errors import StoreError, StoreFailed, StoreLocked
from storage.port import Change
from storage.work_memory import MemoryStoreWithWork
from tests.fakes.judged import Desk, listed, paper, until
from tests.fakes.working import memory_work

pytestmark = pytest.mark.anyio
HERALD, TIDES = paper("herald"), paper("tides")


@pytest.fixture
def desk() -> Iterator[Desk]:
    with memory_work() as working:
        yield Desk(working, HERALD, TIDES)


async def followed(desk: Desk) -> None:
    await until(lambda: desk.told(JudgingStarted) and desk.working.leases("looks").due(desk.working.clock()))


def refusing(desk: Desk, which: Callable[[Change], bool]) -> Callable[[Change], None]:
    """The commit of a store that refuses such changes."""
    store = desk.working.store
    assert isinstance(store, MemoryStoreWithWork)

    def commit(change: Change) -> None:
        if which(change):
            raise StoreFailed("PostgreSQL: no room for this")
        MemoryStoreWithWork.commit(store, change)

    return commit


async def test_what_the_database_refuses_is_given_up_after_two_tries(desk, monkeypatch):
    async with desk:
        await followed(desk)
        poison = refusing(desk, lambda change: any(entry.title == "Poison" for entry in change.entries))
        monkeypatch.setattr(desk.working.store, "commit", poison)
        desk.bring((TIDES, listed(TIDES, "Poison")), (HERALD, listed(HERALD, "Ferry late")))
        desk.woken.set()
        assert [(one.source, one.new) for one in await desk.judged(1)] == [("herald", 1)]
        await until(lambda: desk.titles.page == ["Ferry late"])
        assert desk.working.deliveries.waiting(9) == ()
    assert [one.reason for one in desk.told(DeliveryGivenUp)] == ["the database refuses what comes of it"]
    assert desk.ended == Ended(end=End.STOPPED)


async def test_judging_ends_with_the_reason_when_another_one_judges_by_now(desk, monkeypatch):
    def taken() -> None:
        raise StoreLocked("the database is in use by somebody else")

    async with desk:
        await followed(desk)
        monkeypatch.setattr(desk.working.store, "commit", refusing(desk, lambda _: True))
        monkeypatch.setattr(desk.working.store, "recover", taken)
        desk.bring((HERALD, listed(HERALD, "Ferry late")))
        async with asyncio.timeout(30):
            ended = await asyncio.shield(desk.task)
    assert ended == Ended(end=End.LOST, reason="the database is in use by somebody else")
    assert desk.told(JudgingEnded) == [JudgingEnded(reason="the database is in use by somebody else")]
    assert list(desk.working.store.entries()) == []
    assert [one.source for one in desk.working.deliveries.waiting(9)] == ["herald"]


async def test_a_database_that_fails_again_and_again_is_a_lost_one(desk, monkeypatch):
    def gone(_: int, *, size: int) -> None:
        raise StoreError("PostgreSQL cannot be reached")

    async with desk:
        await followed(desk)
        monkeypatch.setattr(desk.working.deliveries, "waiting", gone)
        async with asyncio.timeout(30):
            ended = await asyncio.shield(desk.task)
    assert ended == Ended(end=End.LOST, reason="PostgreSQL cannot be reached")


async def test_a_fault_of_our_own_ends_judging_and_is_told(desk, monkeypatch):
    def broken(_: int, *, size: int) -> None:
        raise RuntimeError("no idea")

    async with desk:
        await followed(desk)
        monkeypatch.setattr(desk.working.deliveries, "waiting", broken)
        async with asyncio.timeout(30):
            ended = await asyncio.shield(desk.task)
    assert ended.end is End.LOST
    assert ended.reason.startswith("topicwire itself failed: Traceback")
    assert "RuntimeError: no idea" in ended.reason


async def test_the_next_one_goes_on_where_the_last_one_ended(desk):
    async with desk:
        await followed(desk)
        desk.bring((TIDES, listed(TIDES, "High water")))
        desk.woken.set()
        await desk.judged(1)
    other = Desk(desk.working, HERALD, TIDES)
    desk.bring((HERALD, listed(HERALD, "Ferry late")), (TIDES, listed(TIDES, "High water", "Low water")))
    async with other:
        assert [(one.source, one.new, one.same) for one in await other.judged(2)] == [("herald", 1, 0), ("tides", 1, 1)]
        await until(lambda: other.titles.page == ["Ferry late", "High water", "Low water"])


@contextmanager
def locked() -> Iterator[Bench]:
    raise StoreLocked("the database is in use by topicwire north:1")
    yield


async def tried(opened: Callable[..., object], events: list[Event], displace: Callable[[], str] = str) -> Ended:
    return await judge(opened, stop=asyncio.Event(), woken=asyncio.Event(), observe=events.append, displace=displace)


async def test_where_another_one_judges_nothing_begins():
    events: list[Event] = []
    ended = await tried(locked, events)
    assert ended == Ended(end=End.LOCKED, reason="the database is in use by topicwire north:1")
    assert events == []


async def test_where_the_database_cannot_be_reached_nothing_begins():
    @contextmanager
    def away() -> Iterator[Bench]:
        raise StoreError("PostgreSQL cannot be reached")
        yield

    assert await tried(away, []) == Ended(end=End.LOST, reason="PostgreSQL cannot be reached")


async def test_one_that_gives_no_sign_of_life_is_displaced_and_followed(desk):
    hung = [True]

    @contextmanager
    def opened() -> Iterator[Bench]:
        with locked() if hung[0] else desk.opened() as bench:
            yield bench

    def displace() -> str:
        hung.clear()
        hung.append(False)
        return "north:1"

    task = asyncio.create_task(
        judge(opened, stop=desk.stop, woken=desk.woken, observe=desk.events.append, displace=displace)
    )
    await followed(desk)
    desk.stop.set()
    assert await task == Ended(end=End.STOPPED)
    assert desk.events[:2] == [JudgeDisplaced(worker="north:1"), JudgingStarted()]


async def test_one_that_is_cancelled_closes_what_it_opened(desk):
    closed = []

    @contextmanager
    def opened() -> Iterator[Bench]:
        with desk.opened() as bench:
            yield bench
        closed.append(True)

    task = asyncio.create_task(tried(opened, desk.events))
    await followed(desk)
    task.cancel()
    await asyncio.wait([task])
    assert (task.cancelled(), closed) == (True, [True])
