"""A hub asks and tells strangers at others' word: how often, at most."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from aggregator.hub import intake, limits, own
from aggregator.hub.limits import Asking, Rate
from aggregator.hub.rounds import Rounds
from aggregator.hub.tries import Tries
from feeds.websub import MOST_TRIES
from tests.fakes.subscribers import FERRIES, LAKES, Bench, Subscriber, feed, until

pytestmark = pytest.mark.anyio
ACCEPTED = 202


async def test_one_callback_is_asked_one_thing_at_a_time():
    async with Subscriber(delay=0.3) as reader, Bench() as bench:
        assert (await bench.ask(reader.url()))[0] == ACCEPTED
        for topic in (FERRIES, LAKES):
            assert await bench.ask(reader.url(), topic) == (429, "The callback or its host is being asked already.")
        await until(lambda: bench.events)
        assert len(reader.questions) == 1
        assert (await bench.ask(reader.url(), LAKES))[0] == ACCEPTED


async def test_few_callbacks_of_a_host_are_asked_at_once():
    async with Subscriber(delay=0.3) as reader, Bench() as bench:
        told = [(await bench.ask(reader.url(f"/{n}")))[0] for n in range(limits.MOST_ASKED_OF_A_HOST + 2)]
        assert told == [ACCEPTED] * limits.MOST_ASKED_OF_A_HOST + [429, 429]
        await until(lambda: len(bench.events) == limits.MOST_ASKED_OF_A_HOST)
        assert (await bench.ask(reader.url("/late")))[0] == ACCEPTED


async def test_requests_together_have_a_rate(monkeypatch):
    monkeypatch.setattr(intake, "Rate", partial(Rate, a_second=0.0))  # or one more fits, if these take half a second
    async with Bench() as bench:
        told = [(await bench.post(b""))[0] for _ in range(limits.BURST + 1)]
        assert told == [400] * limits.BURST + [503]


def test_a_rate_has_a_burst_and_fills_again():
    now = [100.0]
    rate = Rate(clock=lambda: now[0], burst=3, a_second=0.5)
    assert [rate.take() for _ in range(4)] == [True, True, True, False]
    now[0] += 2
    assert [rate.take() for _ in range(2)] == [True, False]
    now[0] += 10_000
    assert [rate.take() for _ in range(4)] == [True, True, True, False]


def test_callbacks_that_are_asked_are_counted_by_host_and_all_together(monkeypatch):
    monkeypatch.setattr(limits, "MOST_ASKED", 3)
    asking = Asking()
    for number in range(3):
        asking.begin(f"https://{number}.example/", f"{number}.example")
    refused = asking.refusal("https://9.example/", "9.example")
    assert refused is not None
    assert b" 503 " in refused.head
    asking.end("https://0.example/", "0.example")
    assert asking.refusal("https://9.example/", "9.example") is None


@pytest.mark.parametrize("limit", ["MOST", "MOST_OF_A_HOST"])
async def test_subscriptions_are_bounded_and_those_that_are_there_may_renew(monkeypatch, limit):
    monkeypatch.setattr(intake, limit, 2)
    async with Subscriber() as reader, Bench() as bench:
        for path in ("/1", "/2"):
            await bench.subscribed(reader.url(path))
        assert await bench.ask(reader.url("/3")) == (503, "There are too many subscriptions.")
        await bench.subscribed(reader.url("/2"))
        await bench.ask(reader.url("/1"), mode="unsubscribe")
        await until(lambda: "unsubscribed" in bench.told())
        await bench.subscribed(reader.url("/3"))
        assert [one.callback for one in bench.store.subscriptions()] == [reader.url("/2"), reader.url("/3")]


async def test_a_host_is_told_one_thing_after_another():
    async with Subscriber() as reader, Bench() as bench:
        for number in range(5):
            await bench.subscribed(reader.url(f"/{number}"))
        bench.show(ferries="two")
        await until(lambda: len(reader.pushes) == 5)
        assert reader.most_at_once == 1


def test_what_failed_waits_longer_each_time_and_is_given_up():
    tries: Tries[str] = Tries()
    now, waits = 0.0, []
    for failures in range(1, MOST_TRIES + 1):
        assert tries.due("reader", '"1"', now)
        assert tries.failed("reader", '"1"', now) == failures
        assert not tries.due("reader", '"1"', now)
        if again := tries.next(now):
            waits.append(again - now)
            now = again
    assert waits == [30.0 * 4**n for n in range(MOST_TRIES - 1)]
    later = now + timedelta(days=9).total_seconds()
    assert (tries.due("reader", '"1"', later), tries.next(now)) == (False, None)
    assert (tries.due("reader", '"2"', now), tries.due("reader", '"2"', later)) == (False, True)
    tries.forget("reader")
    assert tries.due("reader", '"1"', now)


async def test_a_round_that_breaks_is_told_and_the_next_one_comes():
    told, rounds_ = [], []

    async def work() -> None:
        rounds_.append(1)
        if len(rounds_) == 1:
            raise KeyError("once")

    rounds = Rounds(work, again=lambda _: None, broken=told.append)
    rounds.start()
    await until(lambda: told)
    rounds.nudge()
    await until(lambda: len(rounds_) == 2)
    await asyncio.sleep(0.2)
    assert (len(rounds_), [repr(one) for one in told]) == (2, ["KeyError('once')"])
    await rounds.stop()


async def test_an_errand_that_follows_at_once_on_one_with_its_key_counts_until_it_ends():
    rounds = Rounds(asyncio.Event().wait, again=lambda _: None, broken=lambda _: None)
    go_on, steps = asyncio.Event(), []

    async def first() -> None:
        asyncio.get_running_loop().call_soon(rounds.send, "reader", second)  # behind its end, before that is heard of

    async def second() -> None:
        steps.append("begun")
        await go_on.wait()
        steps.append("ended")

    rounds.send("reader", first)
    await until(lambda: steps)
    assert (rounds.busy("reader"), rounds.under_way()) == (True, 1)
    go_on.set()
    await until(lambda: not rounds.busy("reader"))
    assert (steps, rounds.under_way()) == (["begun", "ended"], 0)


async def test_hosts_that_take_their_time_do_not_keep_the_others_waiting(monkeypatch):
    monkeypatch.setattr(own, "MOST_ERRANDS", 1)
    async with Subscriber() as reader, Bench() as bench:
        store, slow = bench.store, Subscriber(statuses=[500])
        async with slow:
            for host, port in (("127.0.0.2", slow.port), ("127.0.0.3", slow.port), ("127.0.0.1", reader.port)):
                await bench.subscribed(f"http://{host}:{port}/push")
            bench.show(ferries="two")
            await until(
                lambda: len(slow.pushes) == 2 and feed("two").etag in {one.told for one in store.subscriptions()}
            )
        assert len(reader.pushes) == 1


async def test_a_callback_that_fails_costs_its_host_one_exchange():
    async with Subscriber(statuses=[500, 200]) as reader, Bench() as bench:
        for number in range(3):
            await bench.subscribed(reader.url(f"/{number}"))
        bench.show(ferries="two")
        await until(lambda: len(reader.pushes) == 3)
        assert sorted(push.path for push in reader.pushes) == ["/0", "/1", "/2"]
