"""Exchanges at the same time: one per host, and no host in the way of another."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request
from tests.fakes.fetching import BODY, TLS, client
from tests.fakes.web import Web, redirect, reply, silence

pytestmark = pytest.mark.anyio


async def test_a_host_is_asked_by_one_exchange_at_a_time_wherever_it_came_from():
    async with (
        Web({"/feed": reply(BODY)}) as web,
        Web({"/feed": redirect(web.url("/feed"))}, host="127.0.0.2", port=web.port) as other,
    ):
        one = client()
        urls = [web.url("/feed"), other.url("/feed")] * 8
        told = await asyncio.gather(*(one.fetch(Request(url=url, headers=()), allow_private=True) for url in urls))

    assert [response.body for response in told] == [BODY] * 16
    assert (len(web.asked), len(other.asked)) == (16, 8)
    assert (web.most_at_once, other.most_at_once) == (1, 1)


async def test_hosts_that_hang_hold_up_no_other_up_to_the_limit():
    async with Web({"/feed": silence()}) as hanging, Web({"/feed": reply(BODY)}, host="127.0.0.2") as good:
        one = client()
        slow = [
            asyncio.create_task(one.fetch(Request(url=hanging.url("/feed"), headers=()), allow_private=True))
            for _ in range(50)  # of one host: one of them works, the others wait without taking anybody's place
        ]
        for _ in range(5):
            assert (await one.fetch(Request(url=good.url("/feed"), headers=()), allow_private=True)).body == BODY
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    assert len(hanging.asked) == 1


async def test_the_time_spent_waiting_for_a_turn_is_not_the_sources(monkeypatch):
    loop = asyncio.get_running_loop()
    before, clock = [0.0], loop.time

    async def wait(seconds: float) -> None:
        """As if it had been so long, for everybody on this loop."""
        before[0] += seconds
        await asyncio.sleep(0)

    monkeypatch.setattr(loop, "time", lambda: clock() + before[0])
    async with Web({"/feed": reply(BODY)}) as web:
        turns = Turns(gap=timedelta(hours=1), sleep=wait)
        one = Client(user_agent="", timeout=timedelta(seconds=60), max_size=1000, turns=turns, tls=TLS)
        request = Request(url=web.url("/feed"), headers=())
        told = [await one.fetch(request, allow_private=True) for _ in range(2)]

    assert [response.body for response in told] == [BODY, BODY]
    assert round(before[0] / 60) == 60


async def test_redirects_inside_a_host_are_one_visit_and_the_pause_comes_behind_it():
    pauses: list[int] = []

    async def pause(seconds: float) -> None:
        pauses.append(round(seconds / 60))

    web = Web({"/old": redirect("/older"), "/older": redirect("/feed"), "/feed": reply(BODY)})
    async with web:
        turns = Turns(gap=timedelta(hours=1), sleep=pause)
        one = Client(user_agent="", timeout=timedelta(seconds=20), max_size=1000, turns=turns, tls=TLS)
        request = Request(url=web.url("/old"), headers=())
        await one.fetch(request, allow_private=True)
        assert (len(web.asked), pauses) == (3, [])
        await one.fetch(request, allow_private=True)

    assert (len(web.asked), pauses) == (6, [60])


async def test_a_redirect_to_another_host_waits_for_its_turn_there():
    pauses: list[int] = []

    async def pause(seconds: float) -> None:
        pauses.append(round(seconds / 60))

    async with (
        Web({"/feed": reply(BODY)}) as web,
        Web({"/feed": redirect(web.url("/feed"))}, host="127.0.0.2", port=web.port) as other,
    ):
        turns = Turns(gap=timedelta(hours=1), sleep=pause)
        one = Client(user_agent="", timeout=timedelta(seconds=20), max_size=1000, turns=turns, tls=TLS)
        for url in (web.url("/feed"), other.url("/feed")):
            await one.fetch(Request(url=url, headers=()), allow_private=True)

    assert pauses == [60]
