"""One worker judges what all of them bring, in order, and lets nothing that cannot be judged stand in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.cluster.judging import End, Ended
from aggregator.cluster.taking import AGAIN
from aggregator.ingesting.asking import Found
from aggregator.observing.cluster_events import DeliveryGivenUp, JudgingEnded, JudgingStarted
from aggregator.observing.events import Ingested
from feeds.model import Failed, FailureKind, Source, Unchanged
from storage.port import Change
from tests.fakes.ingesting import BOUNDS
from tests.fakes.judged import FOREVER, Desk, listed, paper, until
from tests.fakes.working import memory_work, postgres_work

pytestmark = pytest.mark.anyio
HERALD, TIDES, BUOYS = paper("herald"), paper("tides"), paper("buoys")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.heavy)])
def desk(request):
    """Where nothing has begun yet, on either kind of shared work."""
    if request.param == "memory":
        with memory_work() as working:
            yield Desk(working, HERALD, TIDES, BUOYS)
    else:
        with postgres_work(request.getfixturevalue("postgres_url")) as working:
            yield Desk(working, HERALD, TIDES, BUOYS)


async def followed(desk: Desk) -> None:
    await until(lambda: desk.told(JudgingStarted) and desk.working.leases("looks").due(desk.working.clock()))


async def test_what_is_brought_is_judged_in_order_and_published(desk):
    async with desk:
        await followed(desk)
        desk.bring(
            (TIDES, listed(TIDES, "High water")), (HERALD, listed(HERALD, "Ferry late")), (BUOYS, unchanged(BUOYS))
        )
        desk.woken.set()
        ended = await desk.judged(3)
        assert [(one.source, one.new) for one in ended] == [("tides", 1), ("herald", 1), ("buoys", 0)]
        await until(lambda: desk.titles.page == ["Ferry late", "High water"])
        assert desk.working.deliveries.waiting(9) == ()
    assert desk.ended == Ended(end=End.STOPPED)
    assert desk.told(JudgingEnded) == [JudgingEnded(reason="")]


async def test_what_only_failed_or_brought_nothing_shares_a_commit(desk, monkeypatch):
    commits = []
    commit = desk.working.store.commit
    async with desk:
        await followed(desk)

        def remember(change: Change, **beside: object) -> None:
            commits.append(change)
            commit(change, **beside)

        monkeypatch.setattr(desk.working.store, "commit", remember)
        desk.bring((BUOYS, unchanged(BUOYS)), (TIDES, refused(TIDES, 500)), (HERALD, unchanged(HERALD)))
        desk.woken.set()
        assert [one.source for one in await desk.judged(3)] == ["buoys", "tides", "herald"]
    assert len([change for change in commits if change.states]) <= 2, "the first one did not know of the others"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "this is nothing that a worker has found"),
        (b"topicwire 0.0\n", "topicwire 0.0 has packed this"),
        (listed(BUOYS, "Bell rings"), "its URL in the config is another one by now"),
    ],
    ids=["nonsense", "another-version", "another-url"],
)
async def test_what_cannot_be_judged_is_given_up_and_stands_in_nobodys_way(desk, document, reason):
    async with desk:
        await followed(desk)
        desk.bring((TIDES, document), (HERALD, listed(HERALD, "Ferry late")))
        desk.woken.set()
        assert [one.source for one in await desk.judged(1)] == ["herald"]
        await until(lambda: desk.working.deliveries.waiting(9) == ())
        [given_up] = desk.told(DeliveryGivenUp)
        assert (given_up.source, given_up.worker) == ("tides", "worker")
        assert given_up.reason.startswith(reason)
        assert desk.working.leases("looks").due(desk.working.clock() + AGAIN) > 0, "it is asked again"


async def test_what_no_version_here_can_read_is_asked_for_again_no_sooner_than_sources_may_be(desk):
    async with desk:
        await followed(desk)
        before = desk.working.clock()
        desk.bring((TIDES, b"topicwire 0.0\n"), (HERALD, unchanged(HERALD)), (BUOYS, unchanged(BUOYS)))
        desk.woken.set()
        await until(lambda: desk.working.deliveries.waiting(9) == ())
        looks = desk.working.leases("looks")
        assert looks.due(before + BOUNDS.fastest - timedelta(seconds=1)) == 0
        assert looks.due(desk.working.clock() + BOUNDS.fastest) > 0


async def test_a_source_that_left_the_config_is_let_go_of(desk):
    async with desk:
        await followed(desk)
    desk.stop.clear()
    desk.bring((TIDES, listed(TIDES, "High water")), (HERALD, listed(HERALD, "Ferry late")))
    desk.sources = (HERALD, BUOYS)
    async with desk:
        assert [one.source for one in await desk.judged(1)] == ["herald"]
        await until(lambda: desk.working.deliveries.waiting(9) == ())
    [given_up] = desk.told(DeliveryGivenUp)
    assert (given_up.source, given_up.reason) == ("tides", "the config has no such source")


async def test_a_source_that_came_to_the_config_is_asked(desk):
    async with desk:
        await followed(desk)
        desk.bring((BUOYS, unchanged(BUOYS)), (TIDES, unchanged(TIDES)), (HERALD, unchanged(HERALD)))
        desk.woken.set()
        await desk.judged(3)
        ferries = paper("ferries")
        desk.sources = (*desk.sources, ferries)
        await until(lambda: desk.working.leases("looks").due(desk.working.clock()) == 1)
        desk.bring((ferries, listed(ferries, "Ferry sails")))
        desk.woken.set()
        assert (await desk.judged(4))[-1].new == 1


async def test_what_cannot_even_be_remembered_as_a_failure_is_given_up(desk, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("beyond remembering")

    monkeypatch.setattr("aggregator.ingesting.ingest.remember", broken)
    monkeypatch.setattr("aggregator.ingesting.ingest.remember_quiet", broken)
    async with desk:
        await followed(desk)
        desk.bring((TIDES, listed(TIDES, "High water")))
        desk.woken.set()
        await until(lambda: desk.told(DeliveryGivenUp))
        monkeypatch.undo()
        desk.bring((HERALD, listed(HERALD, "Ferry late")))
        desk.woken.set()
        await desk.judged(2)
    assert [one.reason for one in desk.told(DeliveryGivenUp)] == ["what came of judging it could not be remembered"]
    assert [(one.source, bool(one.problem)) for one in desk.told(Ingested)] == [("tides", True), ("herald", False)]


async def test_a_host_that_asks_for_fewer_requests_is_left_alone_by_all(desk):
    north, south = paper("north", host="news.harbour.example"), paper("south", host="www.harbour.example")
    desk.sources = (north, south, TIDES)
    async with desk:
        await followed(desk)
        desk.bring((north, refused(north, 429)))
        desk.woken.set()
        await desk.judged(1)
        desk.bring((north, refused(north, 429)))
        desk.woken.set()
        await desk.judged(2)
        await until(lambda: desk.working.leases("looks").due(desk.working.clock() + AGAIN) == 1)
        [lease] = desk.working.leases("other").lease(now=desk.working.clock() + FOREVER, hosts=9, sources=9, term=AGAIN)
        assert lease.host == "tides.example"


def unchanged(source: Source) -> Found:
    return Found(asked=source.url, outcome=Unchanged())


def refused(source: Source, status: int) -> Found:
    host = source.url.split("/")[2]
    outcome = Failed(kind=FailureKind.HTTP, reason=f"answered {status}", status=status, host=host)
    return Found(asked=source.url, outcome=outcome)
