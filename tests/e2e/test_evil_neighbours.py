"""Good sources keep their schedule beside any number of bad ones: real passes, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.slots import Slots
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.passes import Passes
from feeds.conditional import Request, Response
from feeds.model import Failed, FailureKind, Fetched, Source, Unchanged
from feeds.polling import Bounds
from storage.memory import MemoryStore
from tests.evil.everything import ALL
from tests.evil.server import FEED, RSS, Evil, EvilServer, Fails, trusting
from tests.evil.slow import RedirectsSlowly
from tests.fakes.web import Web, drip, flood, head, reply

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]
PATIENT = 300.0
"""A deadline in seconds that nothing here waits for, however busy the machine is."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client(resolve, *, slots: Slots | None = None) -> Client:
    return Client(
        user_agent="topicwire/test",
        timeout=timedelta(seconds=PATIENT),
        max_size=10_000_000,
        turns=Turns(gap=timedelta(), slots=slots),
        resolve=resolve,
        tls=trusting(),
    )


def passes(fetcher) -> Passes:
    ingest = Ingest(
        store=MemoryStore(),
        client=fetcher,
        bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
        clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
        draw=lambda: 0.0,
        observe=lambda event: None,
    )
    return Passes(ingest, changed=lambda ids: None)


async def home(host: str, port: int) -> tuple[str, ...]:
    """Every name leads here: so many hosts need no more than one server."""
    return ("127.0.0.1",)


async def test_a_thousand_dripping_sources_do_not_delay_a_hundred_good_ones():
    dripping = drip(head(200, [RSS, ("Content-Length", "90000")]) + FEED, b" ", every=1.0)
    async with Web({"/drip": dripping, "/good": reply(FEED, headers=[RSS])}) as web:

        def source(name: str, path: str) -> Source:
            return Source(id=name, url=f"http://{name}.example:{web.port}{path}", allow_private=True)

        crowd = passes(client(home))
        slow = crowd.start(source(f"drip{n}", "/drip") for n in range(1000))
        good = crowd.start(source(f"good{n}", "/good") for n in range(100))
        done = await asyncio.gather(*good)
        ended = sum(task.done() for task in slow)
        await crowd.stop()

    assert [type(ingested.outcome) for ingested in done] == [Fetched] * 100
    assert ended == 0  # minutes before their deadline: nobody waited for it


async def test_two_hundred_endless_documents_at_once_cost_the_good_ones_nothing():
    endless = flood(head(200, [RSS]), b"<item/>" * 1400)
    async with Web({"/endless": endless, "/good": reply(FEED, headers=[RSS])}) as web:
        everybody = passes(client(home))
        names = [(f"endless{n}", "/endless") for n in range(200)]
        for place in range(0, 220, 11):
            names.insert(place, (f"good{place}", "/good"))
        tasks = everybody.start(
            Source(id=name, url=f"http://{name}.example:{web.port}{path}", allow_private=True) for name, path in names
        )
        done = await asyncio.gather(*tasks)

    good = {name for name, path in names if path == "/good"}
    assert {ingested.source for ingested in done if isinstance(ingested.outcome, Fetched)} == good
    kinds = {ingested.outcome.kind for ingested in done if isinstance(ingested.outcome, Failed)}
    assert kinds <= {FailureKind.TOO_LARGE, FailureKind.TIMEOUT}


def outlasts(kind: type[Evil]) -> bool:
    if kind is RedirectsSlowly:  # which comes to the end of its hops before such a deadline
        return False
    return isinstance(kind.expected, Fails) and kind.expected.kind is FailureKind.TIMEOUT


class Switchboard:
    """A client for each evil source, so that those of one address need not wait for one another."""

    user_agent = "topicwire/test"

    def __init__(self, by_url: dict[str, Client]) -> None:
        self.by_url = by_url

    async def fetch(self, request: Request, *, allow_private: bool = False) -> Response:
        return await self.by_url[request.url].fetch(request, allow_private=allow_private)


async def test_good_sources_keep_their_schedule_while_every_evil_one_is_at_work():
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(Web({"/good": reply(FEED, headers=[RSS])}))
        slots = Slots()
        servers = [await stack.enter_async_context(EvilServer(kind())) for kind in ALL]
        evil = [server.source() for server in servers]
        good = [
            Source(id=f"good{n}", url=f"http://good{n}.example:{web.port}/good", allow_private=True) for n in range(20)
        ]
        by_url = {source.url: client(server.resolve, slots=slots) for source, server in zip(evil, servers, strict=True)}
        by_url |= dict.fromkeys((source.url for source in good), client(home, slots=slots))
        everybody = passes(Switchboard(by_url))
        bad = everybody.start(evil)
        rounds = [await asyncio.gather(*everybody.start(good)) for _ in range(10)]
        still = {kind for kind, task in zip(ALL, bad, strict=True) if not task.done()}
        await everybody.stop()
        for server in servers:
            server.evil.check(server.asked)

    assert [type(ingested.outcome) for ingested in rounds[0]] == [Fetched] * 20
    assert [type(ingested.outcome) for later in rounds[1:] for ingested in later] == [Unchanged] * 180
    assert still >= {kind for kind in ALL if outlasts(kind)}
