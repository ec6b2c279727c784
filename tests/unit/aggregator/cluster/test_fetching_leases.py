"""A worker asks a host only while its lease is sure to last: slowed down, stopped, cut off or told to leave."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.observing.worker_events import Delivered, FencedOff, LeaseLost
from feeds.errors import StoreFailed
from feeds.model import Unchanged
from tests.fakes.leased import TERM, TIMEOUT, Cluster, Publishers, in_virtual_time, now, source, sources_of

TIDES, POST = source("tides"), source("post")


async def long() -> Unchanged:
    await asyncio.sleep(1_000)
    return Unchanged()


async def moment() -> Unchanged:
    await asyncio.sleep(0.01)
    return Unchanged()


@in_virtual_time
async def test_a_lease_lasts_as_long_as_its_sources_take():
    cluster = Cluster([TIDES], Publishers(answers={"tides": long}))
    batch = asyncio.create_task(cluster.worker("one").batch())
    while not batch.done():
        await asyncio.sleep(7)
        assert await cluster.worker("two").batch() == 0
    assert cluster.events["one"] == [Delivered(source="tides", outcome=Unchanged(), took=timedelta(seconds=1_000))]


@in_virtual_time
async def test_what_was_under_way_when_the_lease_was_lost_is_given_up_and_told():
    cluster = Cluster([TIDES, POST], Publishers(answers={"tides": long}))
    worker = cluster.worker()
    batch = asyncio.create_task(worker.batch())
    await asyncio.sleep(3)
    taken_away(cluster, "tides.example")
    assert await batch == 1
    assert now() == pytest.approx(TERM.total_seconds() / 3, abs=0.2)
    assert [visit.ended for visit in cluster.publishers.visits if visit.source == "tides"] == [None]
    assert cluster.events["one"][-1] == LeaseLost(host="tides.example")
    assert cluster.delivered().keys() == {"post"}


@in_virtual_time
async def test_what_was_found_under_a_lease_that_is_lost_is_forgotten_and_told():
    cluster = Cluster([TIDES])
    told = []
    batch = asyncio.create_task(cluster.worker().batch(lambda: told.append(now())))
    await asyncio.sleep(0.5)
    taken_away(cluster, "tides.example")
    assert await batch == 1
    assert told == [], "nothing waits to be judged"
    assert cluster.events["one"] == [FencedOff(source="tides", host="tides.example")]
    assert cluster.delivered() == {}


def taken_away(cluster: Cluster, host: str) -> None:
    """As if the term was over, and another worker has leased the host."""
    cluster.work._shared.hosts[host].fence = 1_000


@pytest.mark.parametrize("slept", [TERM - TIMEOUT + timedelta(seconds=1), TERM, timedelta(hours=1)])
@in_virtual_time
async def test_a_process_that_was_stopped_asks_nothing_before_it_knows_that_its_lease_lasts(slept):
    """Its timers have not noticed yet when the source that it waited for has answered."""
    harbour = sources_of("harbour", 3)
    cluster = Cluster(harbour, Publishers(answers={one.id: moment for one in harbour}))
    batch = asyncio.create_task(cluster.worker("one").batch())
    await asyncio.sleep(0.005)
    cluster.slept = slept
    if slept >= TERM:
        assert await cluster.worker("two").batch() == 3
        asked = ["two"] * 3 + ["one"]
    else:
        asked = ["one"] * 3
    await batch
    assert sorted(visit.worker for visit in cluster.publishers.visits) == sorted(asked)
    assert [visit.began for visit in cluster.publishers.visits if visit.worker == "one"][1:] == (
        [] if slept >= TERM else pytest.approx([TERM.total_seconds() / 3, TERM.total_seconds() / 3 + 0.01])
    )


@in_virtual_time
async def test_a_process_that_was_stopped_past_its_term_goes_on_where_nobody_took_its_host():
    harbour = sources_of("harbour", 3)
    cluster = Cluster(harbour, Publishers(answers={one.id: moment for one in harbour}))
    batch = asyncio.create_task(cluster.worker("one").batch())
    await asyncio.sleep(0.005)
    cluster.slept = timedelta(hours=1)
    assert await batch == 3
    assert not [one for one in cluster.events["one"] if isinstance(one, LeaseLost | FencedOff)]


@in_virtual_time
async def test_who_is_told_to_stop_gives_up_what_is_under_way_and_brings_what_was_found():
    cluster = Cluster([TIDES, POST], Publishers(answers={"tides": long}))
    batch = asyncio.create_task(cluster.worker("one").batch())
    await asyncio.sleep(1.01)  # what was found waits for more
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    assert now() < 1.1
    assert cluster.delivered().keys() == {"post"}
    cluster.publishers.answers.clear()
    assert await cluster.worker("two").batch() == 0
    await asyncio.sleep(2)
    assert await cluster.worker("two").batch() == 1
    assert cluster.publishers.met == []


@pytest.mark.parametrize("steps", range(40))
@in_virtual_time
async def test_who_is_told_to_stop_at_any_step_leaves_no_host_behind(steps):
    cluster = Cluster([TIDES, POST, *sources_of("harbour", 3)], Publishers(answers={"tides": moment}))
    batch = asyncio.create_task(cluster.worker("one").batch())
    for _ in range(steps):
        await asyncio.sleep(0)
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch
    await asyncio.sleep(2)
    await cluster.worker("two").batch()
    assert cluster.delivered().keys() == {one.id for one in cluster.sources}
    assert cluster.publishers.met == []


@in_virtual_time
async def test_a_database_that_is_gone_when_told_to_stop_keeps_nobody():
    cluster = Cluster([TIDES], Publishers(answers={"tides": long}))
    worker = cluster.worker()
    batch = asyncio.create_task(worker.batch())
    await asyncio.sleep(1)
    worker.leases.away = "the database is gone"
    batch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await batch


@in_virtual_time
async def test_a_database_that_does_not_renew_ends_the_batch():
    cluster = Cluster([TIDES], Publishers(answers={"tides": long}))
    worker = cluster.worker()
    batch = asyncio.create_task(worker.batch())
    await asyncio.sleep(1)
    worker.leases.away = "the database is gone"
    with pytest.raises(StoreFailed):
        await batch
    assert [visit.ended for visit in cluster.publishers.visits] == [None]


@in_virtual_time
async def test_a_store_that_cannot_say_what_is_known_ends_the_batch():
    async def refused() -> Unchanged:
        raise StoreFailed("the database is gone")

    cluster = Cluster([TIDES, POST], Publishers(answers={"tides": refused, "post": long}))
    with pytest.raises(StoreFailed, match="the database is gone"):
        await cluster.worker().batch()
    assert {visit.source: visit.ended for visit in cluster.publishers.visits} == {"tides": None, "post": None}
