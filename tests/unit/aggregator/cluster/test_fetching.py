"""A worker leases hosts, asks their sources one after another, brings what was found, and gives the hosts back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.cluster import parcels
from aggregator.cluster.fetching import EACH, SHORTEST, UNKNOWN, term_of
from aggregator.fetching.turns import GAP
from aggregator.ingesting.asking import Found
from aggregator.observing.worker_events import Delivered, SourceUnknown
from feeds.errors import StoreFailed
from feeds.model import Failed, FailureKind, Source, SourceState, Unchanged
from storage.work import Watched
from tests.fakes.leased import NOON, Cluster, Publishers, in_virtual_time, now, source, sources_of

TIDES, POST, RIVER = source("tides"), source("post"), source("river")
SECOND = timedelta(seconds=1)


@in_virtual_time
async def test_what_is_due_is_asked_and_brought():
    cluster = Cluster([TIDES, POST])
    assert await cluster.worker().batch() == 2
    assert cluster.delivered() == {
        one.id: Found(asked=one.url, outcome=Unchanged(), took=SECOND) for one in (TIDES, POST)
    }
    assert sorted(cluster.events["one"], key=lambda event: event.source) == [
        Delivered(source=name, outcome=Unchanged(), took=SECOND) for name in ("post", "tides")
    ]


@in_virtual_time
async def test_nothing_is_asked_while_nothing_is_due():
    cluster = Cluster([TIDES])
    worker = cluster.worker()
    assert [await worker.batch(), await worker.batch()] == [1, 0]


@in_virtual_time
async def test_hosts_are_asked_side_by_side_and_brought_together():
    cluster = Cluster([source(f"s{n}") for n in range(50)])
    brought = []
    worker = cluster.worker()
    real = worker.leases.bring
    worker.leases.bring = lambda some: brought.append(len(some)) or real(some)
    assert await worker.batch() == 50
    assert brought == [50]
    assert now() < 1.2


@in_virtual_time
async def test_sources_of_one_host_are_asked_one_after_another():
    cluster = Cluster(sources_of("harbour", 100))
    workers = [cluster.worker("one"), cluster.worker("two")]
    while now() < 200:
        await batches(workers)
        await asyncio.sleep(1)
    assert cluster.publishers.asked() == [one.id for one in cluster.sources]
    assert cluster.publishers.met == []
    assert cluster.delivered().keys() == {one.id for one in cluster.sources}


async def batches(workers):
    return await asyncio.gather(*(worker.batch() for worker in workers))


@in_virtual_time
async def test_two_workers_share_hosts_and_never_meet_at_one():
    hosts = [one for host in range(30) for one in sources_of(f"host{host}", 7)]
    cluster = Cluster(hosts)
    workers = [cluster.worker(name, hosts=5, each=3) for name in ("one", "two")]
    while now() < 120:
        await batches(workers)
        await asyncio.sleep(1)
    assert cluster.publishers.asked() == sorted(one.id for one in hosts)
    assert cluster.publishers.met == []
    assert {visit.worker for visit in cluster.publishers.visits} == {"one", "two"}


@in_virtual_time
async def test_a_host_that_was_asked_rests_before_anybody_asks_it_again():
    cluster = Cluster(sources_of("harbour", EACH + 1))
    await cluster.worker("one").batch()
    given_back = now()
    assert await cluster.worker("two").batch() == 0
    await asyncio.sleep(GAP.total_seconds())
    assert await cluster.worker("two").batch() == 1
    assert cluster.publishers.visits[-1].began >= given_back + GAP.total_seconds()


@in_virtual_time
async def test_a_host_of_which_nothing_was_asked_needs_no_rest():
    cluster = Cluster([TIDES])
    there, cluster.sources = cluster.sources, ()
    assert await cluster.worker("one").batch() == 0
    cluster.sources = there
    cluster.work.follow([Watched(source="tides", host="tides.example", due=NOON)])
    assert await cluster.worker("two").batch() == 1


@in_virtual_time
async def test_a_host_is_free_as_soon_as_its_own_sources_are_brought():
    cluster = Cluster([TIDES, *sources_of("harbour", EACH + 1)])
    worker = cluster.worker()
    batch = asyncio.create_task(worker.batch())
    await asyncio.sleep(3.5)
    assert cluster.delivered().keys() == {"tides", *(f"harbour-{n:03}" for n in range(3))}
    (number,) = [one.number for one in cluster.work.waiting(9) if one.source == "tides"]
    cluster.work.give_up(number, due=NOON)
    assert cluster.work.due(cluster.clock()) == 1
    await batch


@in_virtual_time
async def test_what_waits_to_be_judged_is_told_of_while_a_slow_host_is_asked_still():
    async def slow():
        await asyncio.sleep(29)
        return Unchanged()

    told = []
    cluster = Cluster([TIDES, POST], Publishers(answers={"tides": slow}))
    await cluster.worker().batch(lambda: told.append((now(), *cluster.delivered())))
    assert told == [(pytest.approx(1, abs=0.1), "post"), (pytest.approx(29, abs=0.1), "post", "tides")]


@in_virtual_time
async def test_a_slow_host_does_not_hold_up_the_hosts_that_wait_for_a_place():
    async def slow():
        await asyncio.sleep(29)
        return Unchanged()

    cluster = Cluster([source(f"s{n:02}") for n in range(40)], Publishers(answers={"s00": slow}))
    batch = asyncio.create_task(cluster.worker(hosts=4).batch())
    await asyncio.sleep(20)
    assert len(cluster.delivered()) == 39
    assert await batch == 40


@in_virtual_time
async def test_a_fault_costs_its_source_only_and_is_brought_as_its_failure():
    cluster = Cluster([TIDES, POST], Publishers(answers={"tides": RuntimeError("surprise")}))
    assert await cluster.worker().batch() == 2
    found = cluster.delivered()
    reason = "topicwire itself failed on this source (RuntimeError: surprise); please report it"
    assert found["tides"].outcome == Failed(kind=FailureKind.BROKEN, reason=reason)
    assert "surprise" in found["tides"].problem
    assert found["post"].outcome == Unchanged()


@in_virtual_time
async def test_what_is_too_large_to_be_brought_is_a_failure_of_its_source(monkeypatch):
    monkeypatch.setattr(parcels, "MOST", 2_000)
    huge = Failed(kind=FailureKind.HTTP, reason="x" * 5_000)
    cluster = Cluster([TIDES, POST], Publishers(answers={"tides": huge}))
    await cluster.worker().batch()
    outcome = cluster.delivered()["tides"].outcome
    assert outcome.kind is FailureKind.TOO_LARGE
    assert outcome.reason.startswith("what was found is too large to hand on: 5,")
    assert cluster.delivered()["post"].outcome == Unchanged()


@pytest.mark.parametrize(
    "here", [(POST,), (Source(id="tides", url="https://elsewhere.example/feed"), POST)], ids=["missing", "elsewhere"]
)
@in_virtual_time
async def test_a_source_that_the_config_does_not_have_is_put_off_and_told_once(here):
    cluster = Cluster([TIDES, POST])
    there, cluster.sources = cluster.sources, here
    worker = cluster.worker()
    assert await worker.batch() == 1
    await asyncio.sleep(UNKNOWN.total_seconds())
    assert await worker.batch() == 0
    unknown = SourceUnknown(source="tides", host="tides.example")
    assert [one for one in cluster.events["one"] if isinstance(one, SourceUnknown)] == [unknown]
    cluster.sources = there
    assert await worker.batch() == 0
    await asyncio.sleep(UNKNOWN.total_seconds())
    assert await worker.batch() == 1


@in_virtual_time
async def test_after_repeated_429s_a_host_is_held():
    turned_away = Failed(kind=FailureKind.HTTP, reason="", status=429, retry_after=timedelta(minutes=5))
    sources = sources_of("harbour", 1) + tuple(source(f"p{n}", host="post") for n in range(3))
    answers = {one.id: turned_away for one in sources}
    held = []
    cluster = Cluster(sources, Publishers(answers=answers))
    await cluster.worker(hold=lambda host, span: held.append((host, span))).batch()
    assert held == [("post.example", timedelta(minutes=5))] * 2


@in_virtual_time
async def test_a_database_that_is_gone_ends_the_batch_and_gives_up_what_is_asked():
    async def never():
        await asyncio.sleep(10_000)

    cluster = Cluster([TIDES, POST, RIVER], Publishers(answers={"tides": never, "post": never}))
    worker = cluster.worker()
    batch = asyncio.create_task(worker.batch())
    await asyncio.sleep(0.5)
    worker.leases.away = "the database is gone"
    with pytest.raises(StoreFailed, match="the database is gone"):
        await batch
    assert now() < 2
    assert {visit.source for visit in cluster.publishers.visits if visit.ended is None} == {"post", "tides"}
    worker.leases.away = ""
    await asyncio.sleep(100)
    cluster.publishers.answers.clear()
    assert await worker.batch() == 3


def test_a_term_has_room_for_a_slow_database_and_a_whole_request():
    assert term_of(timedelta(seconds=5)) == SHORTEST
    assert term_of(timedelta(seconds=45)) == timedelta(seconds=135)


@in_virtual_time
async def test_a_term_in_which_no_request_fits_is_refused():
    with pytest.raises(ValueError, match="too short for requests of 0:00:30"):
        Cluster([TIDES]).worker(term=timedelta(seconds=44))


@in_virtual_time
async def test_a_source_that_has_moved_for_good_is_asked_where_it_is_now():
    cluster = Cluster([TIDES, POST])
    cluster.states["tides"] = SourceState(source="tides", url=TIDES.url, moved_to="https://new.harbour.example/feed")
    cluster.work.follow(Watched(source=name, host="harbour.example", due=NOON) for name in ("tides", "post"))
    assert await cluster.worker().batch() == 1
    assert cluster.delivered().keys() == {"tides"}
