"""How subscriptions end that nobody gave up: their topic is no more, or their lease is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.hub import denials
from feeds.errors import StoreFailed
from tests.fakes.stores import new_store
from tests.fakes.subscribers import FERRIES, LAKES, Bench, Subscriber, feed, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def hurried(monkeypatch):
    """A topic is missed as soon as it is not there."""
    monkeypatch.setattr(denials, "MISSED_FOR", 0.0)


async def test_whose_topic_is_no_more_is_told_once_and_is_no_subscriber_any_longer(hurried):
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url("/push?id=7"), FERRIES)
        await bench.subscribed(reader.url("/push?id=8"), LAKES)
        bench.show(lakes="one")
        await until(lambda: len(bench.events) == 3)
        await bench.quiet()
        (told,) = [one for one in reader.questions if one.query["hub.mode"] == "denied"]
        assert (told.path, dict(told.query)) == (
            "/push",
            {
                "id": "7",
                "hub.mode": "denied",
                "hub.topic": FERRIES,
                "hub.reason": "This topic is no more at this address.",
            },
        )
        assert [one.topic for one in bench.store.subscriptions()] == [LAKES]
        assert bench.told()[-1] == "was told that this topic is no more"


async def test_who_does_not_hear_it_is_let_go_as_well(hurried):
    async with Bench() as bench:
        async with Subscriber() as lost:
            await bench.subscribed(lost.url())
        bench.show(lakes="one")
        await until(lambda: not bench.store.subscriptions())


async def test_a_topic_that_comes_back_soon_keeps_its_subscribers():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(lakes="one")
        await bench.quiet()
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        assert [one.query["hub.mode"] for one in reader.questions] == ["subscribe"]
        assert len(bench.store.subscriptions()) == 1


async def test_while_the_store_refuses_it_is_not_told_again_and_again(hurried, monkeypatch):
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())

        def full(_):
            raise StoreFailed("the disk is full")

        monkeypatch.setattr(bench.store, "commit", full)
        bench.show(lakes="one")
        await until(lambda: len(bench.events) >= 2)
        monkeypatch.setattr(denials, "MISSED_FOR", 3600.0)
        await bench.quiet()
        told = len(reader.questions)
        await bench.quiet()
        await bench.quiet()
        assert len(reader.questions) == told
        assert bench.told()[1] == "the disk is full"


async def test_a_clock_that_is_far_ahead_ends_no_lease():
    store = new_store()
    async with Subscriber() as reader, Bench(store=store) as bench:
        await bench.subscribed(reader.url())
        bench.come = bench.now + timedelta(days=2)
        bench.now = bench.now.replace(year=2037)
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        assert [one.topic for one in store.subscriptions()] == [FERRIES]
        assert reader.pushes[0].body == feed("two").body
        bench.come += timedelta(days=9)
        bench.telling.published()
        await until(lambda: store.subscriptions() == ())
