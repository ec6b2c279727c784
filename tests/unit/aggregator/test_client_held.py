"""A host that is held is not asked, and whoever wanted to is told for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.web import Web, redirect, reply

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_nothing_goes_to_a_host_that_is_held_not_even_by_redirect():
    client = Client(user_agent="", timeout=timedelta(seconds=20), max_size=1000, turns=Turns(gap=timedelta()))
    async with (
        Web({}) as home,
        Web({"/feed": reply(b"<rss/>")}, host="127.0.0.2", port=home.port) as other,
    ):
        home.paths["/feed"] = redirect(other.url("/feed"))
        client.hold("127.0.0.2", timedelta(hours=1))
        for url in (other.url("/feed"), home.url("/feed")):
            with pytest.raises(TransportError) as caught:
                await client.fetch(Request(url=url), allow_private=True)
            assert caught.value.kind is FailureKind.HELD
            assert timedelta(minutes=59) < caught.value.retry_after <= timedelta(hours=1)

    assert (len(home.asked), len(other.asked)) == (1, 0)
