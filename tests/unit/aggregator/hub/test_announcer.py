"""Another hub is told of what changed, and cannot hurt us."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from aggregator.hub import tries
from aggregator.publishing.shelf import Private
from feeds.errors import StoreFailed
from feeds.model import Subscription
from feeds.websub import announcement
from storage.port import Change
from tests.fakes.stores import new_store
from tests.fakes.subscribers import FERRIES, LAKES, NOON, Bench, Subscriber, feed, until

pytestmark = pytest.mark.anyio


PING = {topic: announcement(topic) for topic in (FERRIES, LAKES)}


async def test_each_change_of_a_public_feed_is_told_once():
    async with Subscriber() as hub, Bench(hub.url("/hub")) as bench:
        await until(lambda: len(hub.pushes) == 2)
        assert {sent.body for sent in hub.pushes} == set(PING.values())
        assert hub.pushes[0].headers["content-type"] == "application/x-www-form-urlencoded"
        for text in ("one", "two", "two"):
            bench.show(ferries="one", lakes=text)
            await bench.quiet()
        await until(lambda: len(hub.pushes) > 2)
        await bench.quiet()
        assert [sent.body for sent in hub.pushes[2:]] == [PING[LAKES]]
        assert bench.telling.posts == {}


async def test_a_start_tells_only_what_changed_meanwhile():
    store = new_store()
    async with Subscriber() as hub:
        async with Bench(hub.url(), store=store):
            await until(lambda: len(store.subscriptions()) == 2)
        bench = Bench(hub.url(), store=store)
        bench.show(ferries="two", lakes="one")
        async with bench:
            await until(lambda: len(hub.pushes) == 3)
            await bench.quiet()
        assert [sent.body for sent in hub.pushes[2:]] == [PING[FERRIES]]


async def test_a_hub_that_fails_is_told_again_and_it_is_an_event(monkeypatch):
    monkeypatch.setattr(tries, "pause", lambda _: timedelta(seconds=0.05))
    async with Subscriber(statuses=[500, 503, 204]) as hub, Bench(hub.url()) as bench:
        bench.show(ferries="one")
        await until(lambda: {one.told for one in bench.store.subscriptions()} == {feed("one").etag})
        assert bench.told()[0] == "it answers with status 500"


async def test_a_hub_that_is_not_there_is_an_event():
    with socket.socket() as kept:  # by us, so that nobody listens there meanwhile
        kept.bind(("127.0.0.1", 0))
        async with Bench(Subscriber(port=kept.getsockname()[1]).url()) as bench:
            await until(lambda: bench.events)
    assert set(bench.told()) == {"the connection was refused"}


async def test_private_topics_are_told_to_no_stranger():
    async with Subscriber() as hub, Bench(hub.url()) as bench:
        private = Private(token="s3cret", documents={"/feeds/ferries.atom": feed("private")})
        bench.shelf.swap({}, private=(private,))
        await bench.quiet()
        assert [sent for sent in hub.pushes if b"s3cret" in sent.body] == []


async def test_what_is_left_of_other_hubs_goes():
    store = new_store()
    ours = Subscription(topic=FERRIES, callback="https://reader.example/", until=NOON + timedelta(days=1), told="1")
    former = Subscription(topic=FERRIES, callback="https://hub.example/", told="1")
    store.commit(Change(subscriptions=(ours, former)))
    async with Subscriber() as hub, Bench(hub.url(), store=store):
        await until(lambda: {one.callback for one in store.subscriptions()} == {hub.url()})
    async with Bench(store=store):
        await until(lambda: store.subscriptions() == ())


async def test_a_hub_at_a_private_address_needs_the_owner_to_allow_it():
    async with Subscriber() as hub, Bench(hub.url(), private=False, trusted=True) as bench:
        await until(lambda: bench.events)
        assert hub.sent == []
    assert bench.told() == ["it is at an address or a port that is not asked"]


async def test_a_store_that_refuses_makes_it_no_pest(monkeypatch):
    async with Subscriber() as hub:
        bench = Bench(hub.url())

        def full(_):
            raise StoreFailed("the disk is full")

        monkeypatch.setattr(bench.store, "commit", full)
        async with bench:
            await until(lambda: len(hub.pushes) == 2)
            await bench.quiet()
            await bench.quiet()
            assert (len(hub.pushes), bench.events) == (2, [])
