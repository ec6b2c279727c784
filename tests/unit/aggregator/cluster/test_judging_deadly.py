"""A delivery of which judges die is let go of, after some of them; one that was there by chance is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from aggregator.cluster.taking import DEATHS
from aggregator.observing.cluster_events import DeliveryGivenUp, JudgingStarted
from feeds.errors import StoreFailed
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


async def brought(desk: Desk, *, deaths: int) -> None:
    """Two documents, of the first of which so many judges died; it was in their batch with the second at first."""
    async with desk:
        await until(lambda: desk.told(JudgingStarted) and desk.working.leases("looks").due(desk.working.clock()))
    desk.events.clear()
    desk.stop.clear()
    desk.bring((TIDES, listed(TIDES, "Poison")), (HERALD, listed(HERALD, "Ferry late")))
    first, second = (one.number for one in desk.working.deliveries.waiting(9))
    for death in range(deaths):
        desk.working.deliveries.begin([first, second] if death == 0 else [first])


async def test_what_some_judges_died_of_counts_as_a_failure_of_its_source(desk):
    await brought(desk, deaths=DEATHS)
    async with desk:
        await until(lambda: desk.titles.page == ["Ferry late"])
    assert [(one.source, one.worker) for one in desk.told(DeliveryGivenUp)] == [("tides", "worker")]
    assert desk.working.deliveries.waiting(9) == ()
    state = desk.working.store.states()["tides"]
    assert (state.failures, state.last_error) == (
        1,
        "3 workers ended while they judged what it brought; please report it",
    )


async def test_what_fewer_died_of_is_judged(desk):
    await brought(desk, deaths=DEATHS - 1)
    async with desk:
        await until(lambda: desk.titles.page == ["Ferry late", "Poison"])
    assert desk.told(DeliveryGivenUp) == []


async def test_one_that_judges_may_have_died_of_is_judged_alone(desk, monkeypatch):
    await brought(desk, deaths=1)
    begun: list[tuple[int, ...]] = []
    begin = desk.working.deliveries.begin

    def noted(numbers: Sequence[int]) -> None:
        begun.append(tuple(numbers))
        begin(numbers)

    monkeypatch.setattr(desk.working.deliveries, "begin", noted)
    async with desk:
        await until(lambda: desk.titles.page == ["Ferry late", "Poison"])
    assert [len(numbers) for numbers in begun] == [1, 1]


async def test_a_judge_that_lives_leaves_no_trace_on_what_it_could_not_commit(desk, monkeypatch):
    await brought(desk, deaths=0)
    store = desk.working.store
    assert isinstance(store, MemoryStoreWithWork)
    refusals: list[Change] = []

    def commit(change: Change) -> None:
        if change.entries:
            refusals.append(change)
            desk.stop.set()
            raise StoreFailed("PostgreSQL: not now")
        MemoryStoreWithWork.commit(store, change)

    monkeypatch.setattr(store, "commit", commit)
    async with desk:
        await until(lambda: refusals)
    assert [one.tried for one in desk.working.deliveries.waiting(9)] == [0, 0]
