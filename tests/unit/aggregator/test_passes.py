"""Passes side by side: none waits for another, none runs twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.passes import Passes, pass_once
from aggregator.observing.events import Event, Ingested, IngestResumed, IngestStopped
from feeds.conditional import Response
from feeds.errors import StoreError, StoreFailed, TransportError
from feeds.model import Failed, FailureKind, Source
from feeds.polling import Bounds
from storage.memory import MemoryStore
from storage.port import Store
from tests.fakes.answers import ScriptedClient
from tests.fakes.stores import new_store

pytestmark = pytest.mark.anyio
BODY = (
    b'<rss version="2.0"><channel><title>Tides</title><item><guid>1</guid><title>High water</title>'
    b"<link>https://tides.example/1</link></item></channel></rss>"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def source(name: str) -> Source:
    return Source(id=name, url=f"https://{name}.example/feed")


def ok(name: str) -> Response:
    return Response(url=source(name).url, status=200, body=BODY.replace(b"tides", name.encode()))


class FullDisk(MemoryStore):
    def commit(self, change) -> None:
        raise StoreFailed("the disk is full")


class Bench:
    def __init__(self, answers: dict[str, list], store: Store | None = None) -> None:
        self.client = ScriptedClient({source(name).url: script for name, script in answers.items()})
        self.events: list[Event] = []
        self.changed: list[tuple[str, ...]] = []
        self.store = store or new_store()
        self.ingest = Ingest(
            store=self.store,
            client=self.client,
            bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
            clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
            draw=lambda: 0.0,
            observe=self.events.append,
        )
        self.passes = Passes(self.ingest, changed=self.changed.append)

    def asked(self) -> list[str]:
        return [request.url for request in self.client.asked]


async def test_a_store_that_goes_on_lets_passes_start_again():
    class Once(MemoryStore):
        refusals = 1

        def commit(self, change) -> None:
            if self.refusals:
                self.refusals -= 1
                raise StoreFailed("the disk is full")
            super().commit(change)

    bench = Bench({"tides": [ok("tides"), ok("tides")]}, store=Once())
    bench.passes.resume()
    await asyncio.gather(*bench.passes.start([source("tides")]))
    assert bench.passes.start([source("tides")]) == ()
    bench.passes.resume()
    bench.passes.resume()
    await bench.passes.stop()
    (told,) = await asyncio.gather(*bench.passes.start([source("tides")]))
    assert told.new == 1
    assert [type(one) for one in bench.events] == [IngestStopped, IngestResumed, Ingested]


async def test_a_source_that_hangs_holds_up_no_other():
    never = asyncio.Event()
    bench = Bench({"slow": [never], "tides": [ok("tides")], "waves": [ok("waves")]})
    slow, *others = bench.passes.start([source("slow"), source("tides"), source("waves")])
    told = await asyncio.gather(*others)

    assert [one.new for one in told] == [1, 1]
    assert sorted(bench.changed) == sorted(one.changed for one in told)
    assert not slow.done()
    await bench.passes.stop()
    assert slow.cancelled()


async def test_a_source_has_one_pass_at_a_time():
    gate = asyncio.Event()
    bench = Bench({"tides": [gate, ok("tides")]})
    [first] = bench.passes.start([source("tides")])
    await asyncio.sleep(0)
    assert bench.passes.start([source("tides")]) == ()
    gate.set()
    await first
    assert len(bench.passes.start([source("tides")])) == 1
    await bench.passes.stop()


async def test_a_pass_that_changed_nothing_asks_for_no_publishing():
    bench = Bench({"tides": [TransportError("refused", kind=FailureKind.CONNECT)]})
    await asyncio.gather(*bench.passes.start([source("tides")]))

    assert bench.changed == []


async def test_a_store_that_cannot_remember_stops_all_passes_and_says_so_once():
    bench = Bench({"tides": [ok("tides")], "waves": [ok("waves")]}, FullDisk())
    told = await asyncio.gather(*bench.passes.start([source("tides"), source("waves")]))

    assert told == [None, None]
    assert bench.events == [IngestStopped(reason="the disk is full")]
    assert bench.passes.start([source("tides")]) == ()


async def test_a_round_of_passes_tells_each_as_it_ends_and_all_in_order():
    gate = asyncio.Event()
    bench = Bench(
        {
            "slow": [gate, ok("slow")],
            "dead": [TransportError("refused", kind=FailureKind.CONNECT)],
            "tides": [ok("tides")],
        }
    )
    ended: list[str] = []

    def tell(one: Ingested) -> None:
        ended.append(one.source)
        if len(ended) == 2:
            gate.set()

    told = await pass_once(bench.ingest, [source("slow"), source("dead"), source("tides")], ended=tell)

    assert [one.source for one in told] == ["slow", "dead", "tides"]
    assert (sorted(ended[:2]), ended[2]) == (["dead", "tides"], "slow")
    assert told[1].outcome == Failed(kind=FailureKind.CONNECT, reason="refused")


async def test_a_round_ends_with_the_stores_error():
    bench = Bench({"tides": [ok("tides")], "slow": [asyncio.Event()]}, FullDisk())
    with pytest.raises(StoreError, match="the disk is full"):
        await pass_once(bench.ingest, [source("tides"), source("slow")], ended=lambda _: None)


async def test_a_round_of_nothing_is_done():
    assert await pass_once(Bench({}).ingest, [], ended=lambda _: None) == ()


async def test_a_clock_that_is_set_to_and_fro_makes_nobody_be_asked_in_a_row():
    bench = Bench({"tides": [ok("tides")], "waves": [ok("waves")]})
    passes = Passes(bench.ingest, changed=bench.changed.append, apart=lambda: timedelta(hours=1))
    for _ in range(5):
        await asyncio.gather(*passes.start([source("tides")]))
    await asyncio.gather(*passes.start([source("tides"), source("waves")]))

    assert [request.url for request in bench.client.asked] == [source("tides").url, source("waves").url]
