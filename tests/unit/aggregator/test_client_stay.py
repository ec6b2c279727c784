"""Redirects to other places, one at a time: whoever stays is told where to ask next, and how far it is counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.errors import TransportError
from tests.fakes.web import Web, redirect, reply

pytestmark = pytest.mark.anyio
SECRET = ("X-Api-Key", "tide-table")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def two() -> AsyncIterator[tuple[Web, Web]]:
    """Two hosts, at the one port that is trusted."""
    async with Web({}) as one, Web({}, host="127.0.0.2", port=one.port) as other:
        yield one, other


async def fetch(request: Request) -> Response:
    one = Client(user_agent="", timeout=timedelta(seconds=20), max_size=1000, turns=Turns(gap=timedelta()))
    return await one.fetch(request, allow_private=True)


async def test_whoever_stays_goes_about_one_place_and_is_told_where_the_next_one_is():
    async with two() as (web, other):
        web.paths["/a"] = redirect("/b")
        other.paths["/c"] = reply(b"page")
        web.paths["/b"] = redirect(other.url("/c"), status=301)
        response = await fetch(Request(url=web.url("/a"), headers=(SECRET,), stay=True))

        onward = Request(
            url=other.url("/c"),
            headers=(SECRET,),
            home=web.url("/a"),
            stay=True,
            trail=(web.url("/a"), web.url("/b")),
        )
        assert response == Response(url=web.url("/b"), status=301, onward=onward)
        assert other.asked == []

        assert (await fetch(onward)).body == b"page"
        assert other.asked[0].header("x-api-key") is None


async def test_who_was_asked_for_something_else_stays_the_one_whom_secrets_are_for():
    async with two() as (web, other):
        web.paths["/a"] = redirect(other.url("/b"))
        response = await fetch(Request(url=web.url("/a"), home=other.url("/feed"), headers=(SECRET,), stay=True))
        await fetch(response.onward)
        assert (web.asked[0].header("x-api-key"), other.asked[0].header("x-api-key")) == (None, "tide-table")


async def walk(request: Request) -> str:
    """Why the way from `request` ends, asking on as long as there is an onward."""
    for _ in range(20):
        try:
            response = await fetch(request)
        except TransportError as error:
            return f"{error.kind.name}: {error}"
        request = response.onward
    raise AssertionError("it has no end")


async def test_no_more_than_five_redirects_are_followed_in_all():
    async with two() as (here, there):
        for number in range(20):
            place = (here, there)[number // 2 % 2]  # every other one leads away
            beyond = (here, there)[(number + 1) // 2 % 2]
            place.paths[f"/{number}"] = redirect(beyond.url(f"/{number + 1}"))
        reason = await walk(Request(url=here.url("/0"), stay=True))
        assert reason.startswith("REDIRECT: more than 5 redirects")
        assert len(here.asked) + len(there.asked) == 6


async def test_a_circle_through_two_places_is_one():
    async with two() as (here, there):
        here.paths["/"] = redirect(there.url("/"))
        there.paths["/"] = redirect(here.url("/"))
        assert (await walk(Request(url=here.url("/"), stay=True))).startswith("REDIRECT: redirects go in a circle")
        assert (len(here.asked), len(there.asked)) == (1, 1)
