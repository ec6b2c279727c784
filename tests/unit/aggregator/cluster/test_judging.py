"""One worker judges what all of them bring, in order, and lets nothing that cannot be judged stand in the way."""

from __future__ import annotations

import pytest

from aggregator.asking import Found
from aggregator.cluster.judging import End, Ended
from aggregator.cluster_events import JudgingEnded, JudgingStarted
from feeds.model import Unchanged
from tests.fakes.judged import Desk, listed, paper, until
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
        assert desk.rounds > 0
    assert desk.ended == Ended(end=End.STOPPED)
    assert desk.told(JudgingEnded) == [JudgingEnded(reason="")]


def unchanged(source):
    return Found(asked=source.url, outcome=Unchanged())
