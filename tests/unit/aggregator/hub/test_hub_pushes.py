"""What subscribers are told of, how, and what happens when they cannot be told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from datetime import timedelta

import pytest

from aggregator.hub import own, tries
from aggregator.hub.rounds import GATHER
from feeds.errors import StoreFailed
from feeds.model import Subscription
from storage.port import Change
from tests.fakes.stores import new_store
from tests.fakes.subscribers import BASE, FERRIES, LAKES, NOON, Bench, Subscriber, feed, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def hurried(monkeypatch):
    """Pauses of a twentieth of a second, whatever failed."""
    monkeypatch.setattr(tries, "pause", lambda _: timedelta(seconds=0.05))


async def test_a_change_is_pushed_whole_typed_and_signed():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url("/push?id=7"), secret="вузол")
        bench.show(ferries="two", lakes="one")
        await until(lambda: reader.pushes)
        (push,) = reader.pushes
        assert (push.path, push.query, push.body) == ("/push", {"id": "7"}, feed("two").body)
        digest = hmac.new("вузол".encode(), push.body, hashlib.sha256).hexdigest()
        assert {name: push.headers[name] for name in ("content-type", "link", "x-hub-signature")} == {
            "content-type": "application/atom+xml; charset=utf-8",
            "link": f'<{BASE}/hub>; rel="hub", <{FERRIES}>; rel="self"',
            "x-hub-signature": f"sha256={digest}",
        }


async def test_without_a_secret_nothing_is_signed():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        assert "x-hub-signature" not in reader.pushes[0].headers


async def test_only_changes_are_pushed_each_once_and_only_to_who_follows():
    async with Subscriber() as reader, Subscriber() as other, Bench() as bench:
        await bench.subscribed(reader.url(), FERRIES)
        await bench.subscribed(other.url(), LAKES)
        for text in ("one", "one", "two", "two", "two"):
            bench.show(ferries=text, lakes="one")
            await bench.quiet()
        await until(lambda: reader.pushes)
        await bench.quiet()
        assert [push.body for push in reader.pushes] == [feed("two").body]
        assert other.pushes == []


async def test_what_changes_while_it_is_pushed_is_pushed_after_it():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        for number in range(30):
            bench.show(ferries=f"no. {number}")
            await asyncio.sleep(0.005)
        await until(lambda: reader.pushes and reader.pushes[-1].body == feed("no. 29").body)
        bodies = [push.body for push in reader.pushes]
        assert len(bodies) == len(set(bodies))


async def test_a_start_pushes_what_changed_meanwhile_and_nothing_else():
    store = new_store()
    async with Subscriber() as reader:
        async with Bench(store=store) as bench:
            await bench.subscribed(reader.url(), FERRIES)
            await bench.subscribed(reader.url(), LAKES)
            bench.show(ferries="two", lakes="one")
            await until(lambda: feed("two").etag in {one.told for one in store.subscriptions()})
        bench = Bench(store=store)
        bench.show(ferries="two", lakes="two")
        async with bench:
            await until(lambda: len(reader.pushes) == 2)
            await bench.quiet()
        assert [push.body for push in reader.pushes] == [feed("two").body, feed("two").body]
        assert 'feeds/lakes.atom>; rel="self"' in reader.pushes[1].headers["link"]


async def test_who_is_gone_is_told_no_more():
    async with Subscriber(statuses=[410]) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: len(bench.events) == 2)
        bench.show(ferries="three")
        await bench.quiet()
        assert (bench.store.subscriptions(), len(reader.pushes)) == ((), 1)
    assert bench.told()[1] == "is gone"


@pytest.mark.parametrize("statuses", [[200], [299], [500, 404, 200], [301, 202]])
async def test_who_could_not_take_it_is_told_again(hurried, statuses):
    wanted = len(statuses)
    async with Subscriber(statuses=statuses) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: [one.told for one in bench.store.subscriptions()] == [feed("two").etag])
        await bench.quiet()
        assert len(reader.pushes) == wanted


async def test_what_is_tried_again_is_the_newest(hurried):
    async with Subscriber(statuses=[500]) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        bench.show(ferries="three")
        reader.statuses = [200]
        await until(lambda: reader.pushes[-1].body == feed("three").body)
        await bench.quiet()
        assert reader.pushes[-1].body == feed("three").body


async def test_tries_end_and_the_next_change_is_another_chance(hurried):
    async with Subscriber(statuses=[500]) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: bench.told()[-1] == "it answers with status 500; waiting for the next change")
        await bench.quiet()
        await bench.quiet()
        assert len(reader.pushes) == own.MOST_TRIES
        reader.statuses = [200]
        bench.show(ferries="three")
        await until(lambda: len(reader.pushes) == own.MOST_TRIES + 1)
        assert len(bench.store.subscriptions()) == 1


async def test_pauses_are_kept():
    async with Subscriber(statuses=[500]) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        bench.show(ferries="three")
        await bench.quiet()
        assert len(reader.pushes) == 1


async def test_where_private_addresses_are_allowed_no_more_pushes_end_and_no_log_has_the_callback():
    store = new_store()
    async with Subscriber() as reader:
        async with Bench(store=store) as bench:
            await bench.subscribed(reader.url("/s3cret"))
        bench = Bench(store=store, private=False)
        bench.show(ferries="two")
        async with bench:
            await until(lambda: bench.events)
        assert reader.pushes == []
    assert bench.told() == ["it is at an address or a port that is not asked; tried again later"]


async def test_who_is_not_there_costs_the_others_nothing():
    async with Subscriber() as reader, Bench() as bench:
        async with Subscriber() as lost:
            await bench.subscribed(lost.url())
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: reader.pushes and len(bench.events) == 3)
        assert bench.told()[2] == "the connection was refused; tried again later"


async def test_a_hundred_subscribers_are_told_in_few_writes(monkeypatch):
    store, commits = new_store(), []
    async with Subscriber() as reader:
        some = tuple(
            Subscription(topic=FERRIES, callback=reader.url(f"/{n}"), until=NOON.replace(year=2030), told="old")
            for n in range(100)
        )
        store.commit(Change(subscriptions=some))
        commit = store.commit
        monkeypatch.setattr(store, "commit", lambda change: (commits.append(change), commit(change)))
        began = time.monotonic()
        async with Bench(store=store):
            await until(lambda: len(reader.pushes) == 100)
            await until(lambda: {one.told for one in store.subscriptions()} == {feed("one").etag})
        took = time.monotonic() - began
        assert {push.path for push in reader.pushes} == {f"/{n}" for n in range(100)}
        assert len(commits) <= took / GATHER + 3, "one for each time that news gather, and not one for each push"


async def test_a_store_that_refuses_stops_no_push(monkeypatch):
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        commit = bench.store.commit

        def refuse(_):
            raise StoreFailed("the disk is full")

        monkeypatch.setattr(bench.store, "commit", refuse)
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        assert (await bench.ask(reader.url("/other")))[0] == 202
        await until(lambda: "the disk is full" in bench.told()[-1])
        await bench.quiet()
        assert len(reader.pushes) == 1
        monkeypatch.setattr(bench.store, "commit", commit)
        bench.telling.published()
        await until(lambda: [one.told for one in bench.store.subscriptions()] == [feed("two").etag])
        assert len(reader.pushes) == 1


async def test_a_stop_breaks_off_what_hangs():
    async with Subscriber(delay=60) as reader:
        async with asyncio.timeout(30):
            async with Bench() as bench:
                await bench.ask(reader.url())
                await until(lambda: reader.questions)
        assert bench.store.subscriptions() == ()


@pytest.fixture
def refusing(monkeypatch):
    """Makes a bench's store refuse, until it is told to go on."""

    def refuse(bench):
        def full(_):
            raise StoreFailed("the disk is full")

        monkeypatch.setattr(bench.store, "commit", full)

    return refuse


async def test_while_the_store_refuses_lapsed_ones_hold_up_nobody(refusing):
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url("/short"), lease_seconds="3600")
        await bench.subscribed(reader.url("/long"))
        refusing(bench)
        bench.now += timedelta(hours=2)
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        await bench.quiet()
        await bench.quiet()
        assert [push.path for push in reader.pushes] == ["/long"]
        assert len(bench.events) == 2


async def test_while_the_store_refuses_who_is_gone_is_not_told_again_and_again(refusing):
    async with Subscriber(statuses=[410]) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        refusing(bench)
        bench.show(ferries="two")
        await until(lambda: len(bench.events) == 2)
        await bench.quiet()
        await bench.quiet()
        assert len(reader.pushes) == 1
    assert bench.told()[1] == "the disk is full; tried again later"


async def test_what_nobody_foresaw_is_told_and_not_tried_again_at_once(monkeypatch):
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())

        def broken(**_):
            raise KeyError("no signature")

        monkeypatch.setattr(own, "push_headers", broken)
        bench.show(ferries="two")
        await until(lambda: len(bench.events) == 2)
        await bench.quiet()
        await bench.quiet()
        assert (len(bench.events), reader.pushes) == (2, [])
    assert "KeyError: 'no signature'" in bench.told()[1]
