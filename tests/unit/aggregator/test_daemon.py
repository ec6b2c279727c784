"""The daemon from start to stop, over real sockets on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest

from aggregator.control import Answer, Command, Rebuild, Refused, ask
from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Event, FirstPassed, Ingested, IngestStopped, PublishFailed, Stopping
from aggregator.observing.reader_events import Serving
from aggregator.running.daemon import Parts, run
from aggregator.serving.answering import Asked, Reply
from aggregator.serving.answering import reply as answer_with
from aggregator.serving.listen import bind
from feeds.conditional import Request
from feeds.errors import ListenError, StoreFailed
from feeds.model import Source
from feeds.polling import Bounds
from storage.memory import MemoryStore
from storage.port import Store
from tests.fakes.stores import new_store
from tests.fakes.web import Web, reply, silence

pytestmark = pytest.mark.anyio
BODY = (
    b'<rss version="2.0"><channel><title>Tides</title><item><guid>1</guid><title>High water</title>'
    b"<link>https://tides.example/1</link></item></channel></rss>"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Titles:
    """A publisher that publishes a list of titles."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.taken: list[str] = []
        self.loaded = 0
        self.page = b"nothing yet"
        self.behind = 0
        """How many rounds say that there is more to publish."""

    def load(self) -> None:
        self.loaded += 1

    def take(self, entry_ids: Sequence[str]) -> None:
        self.taken += entry_ids

    def publish(self) -> bool:
        self.page = b", ".join(entry.title.encode() for entry in self.store.entries())
        self.behind -= 1
        return self.behind >= 0

    def __call__(self, asked: Asked) -> Reply:
        return answer_with(200, [("Content-Length", str(len(self.page)))], self.page)


class Bench:
    """A daemon, what it told, and a way to wait for it."""

    def __init__(self, *sources: Source, store: Store | None = None, port: int = 0) -> None:
        self.events: list[Event] = []
        self.stop = asyncio.Event()
        self.looks = 0
        self.store = store or new_store()
        self.titles = Titles(self.store)
        self.parts = Parts(
            sources=lambda: sources,
            ingest=Ingest(
                store=self.store,
                client=client(),
                bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
                clock=now,
                draw=lambda: 0.0,
                observe=self.events.append,
            ),
            publisher=self.titles,
            application=self.titles,
            host="127.0.0.1",
            port=port,
            clock=self.look,
            observe=self.events.append,
            tick=timedelta(seconds=0.05),
            gather=timedelta(seconds=0.01),
        )

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(run(self.parts, stop=self.stop))
        await self.told(Serving)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        async with asyncio.timeout(60):
            await self.task

    async def told(self, kind: type) -> Event:
        return await until(lambda: next((one for one in self.events if isinstance(one, kind)), None))

    def look(self) -> datetime:
        """The daemon's clock: it looks at it once a tick, to see what is due."""
        self.looks += 1
        return now()

    async def ticks(self, number: int) -> None:
        """Returns after the daemon has looked that many more times for something to do."""
        wanted = self.looks + number
        await until(lambda: self.looks >= wanted)

    async def page(self) -> bytes:
        address = (await self.told(Serving)).address
        return (await client().fetch(Request(url=f"http://{address}/"), allow_private=True)).body


def now() -> datetime:
    return datetime.now(UTC)


def client() -> Client:
    return Client(
        user_agent="topicwire/test", timeout=timedelta(seconds=20), max_size=10_000, turns=Turns(gap=timedelta())
    )


def source(url: str, name: str = "tides") -> Source:
    return Source(id=name, url=url, allow_private=True)


async def until(look):
    async with asyncio.timeout(60):
        while not (found := look()):
            await asyncio.sleep(0.01)
    return found


async def test_what_the_first_round_left_is_published_though_nothing_comes():
    bench = Bench()
    bench.titles.behind = 3
    async with bench:
        await until(lambda: bench.titles.behind < 0)


async def test_a_start_that_takes_long_keeps_readers_waiting_for_a_while_only(monkeypatch):
    with socket.socket() as kept:  # for us, as long as nobody listens there
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        port, begun, done = kept.getsockname()[1], threading.Event(), threading.Event()
        bench = Bench(port=port)
        bench.parts = replace(bench.parts, hold=timedelta(seconds=0.05))
        monkeypatch.setattr(bench.titles, "publish", lambda: begun.set() or not done.wait(60))
        running = asyncio.create_task(run(bench.parts, stop=bench.stop))
        assert await asyncio.to_thread(begun.wait, 60)
    early = await client().fetch(Request(url=f"http://127.0.0.1:{port}/"), allow_private=True)
    assert (early.status, bench.events) == (200, [])
    done.set()
    await bench.told(Serving)
    bench.stop.set()
    await running


async def test_what_a_source_brings_is_published_and_served():
    async with Web({"/feed": reply(BODY)}) as web, Bench(source(web.url("/feed"))) as bench:
        assert await bench.told(FirstPassed) == FirstPassed(sources=1, reached=1)
        await until(lambda: bench.titles.page == b"High water")
        assert await bench.page() == b"High water"

    assert len(web.asked) == 1
    assert bench.titles.taken == [entry.id for entry in bench.store.entries()]


async def test_what_is_stored_is_served_before_anything_is_fetched():
    async with Web({"/feed": reply(BODY)}) as web, Bench(source(web.url("/feed"))) as first:
        await until(lambda: first.titles.page == b"High water")
    async with Web({"/feed": silence()}) as web, Bench(source(web.url("/feed")), store=first.store) as bench:
        assert await bench.page() == b"High water"


async def test_it_serves_on_when_no_source_can_be_reached_and_says_so():
    async with Bench(source("http://127.0.0.1:1/feed")) as bench:
        assert await bench.told(FirstPassed) == FirstPassed(sources=1, reached=0)
        assert await bench.page() == b""
        assert not bench.task.done()


async def test_without_anything_due_there_is_no_word_of_a_first_pass():
    async with Bench() as bench:
        await bench.ticks(3)
        assert await bench.page() == b""

    assert [type(event) for event in bench.events] == [Serving]


class FullDisk(MemoryStore):
    def commit(self, change) -> None:
        raise StoreFailed("the disk is full")


async def test_a_store_that_cannot_remember_ends_fetching_but_not_serving():
    async with Web({"/feed": reply(BODY)}) as web, Bench(source(web.url("/feed")), store=FullDisk()) as bench:
        assert await bench.told(IngestStopped) == IngestStopped(reason="the disk is full")
        await bench.ticks(3)
        assert await bench.page() == b""

    assert len(web.asked) == 1


async def test_a_taken_address_is_an_error_before_anything_is_fetched():
    async with Web({"/feed": reply(BODY)}) as web:
        with bind("127.0.0.1", 0) as taken:
            bench = Bench(source(web.url("/feed")), port=taken.getsockname()[1])
            with pytest.raises(ListenError, match="another program uses this port"):
                await run(bench.parts)

    assert (bench.events, web.asked) == ([], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_it_with_fetches_under_way_given_up(number):
    async with Web({"/feed": silence()}) as web, Bench(source(web.url("/feed"))) as bench:
        await until(lambda: web.asked)
        os.kill(os.getpid(), number)
        async with asyncio.timeout(60):
            await bench.task

    assert bench.events[-1] == Stopping(signal=number.name)
    assert bench.store.states() == {}


async def test_a_stop_publishes_what_was_just_stored():
    async with Web({"/feed": reply(BODY)}) as web:
        bench = Bench(source(web.url("/feed")))
        object.__setattr__(bench.parts, "gather", timedelta(hours=1))
        async with bench:
            await bench.told(Ingested)

    assert bench.titles.page == b"High water"


async def test_a_stop_gives_up_a_command_that_takes_long_and_its_sender_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("aggregator.running.working.COMMANDS_PATIENCE", 0.1)
    begun, given_up = threading.Event(), threading.Event()

    def carry_out(_: Command) -> Answer:
        begun.set()
        return Refused(reason="given up" if given_up.wait(30) else "nobody gave up")

    bench = Bench()
    bench.parts = replace(
        bench.parts, carry_out=carry_out, control=tmp_path / "control", give_up=given_up.set, ageing=timedelta(hours=1)
    )
    async with bench:
        await until((tmp_path / "control").exists)
        asked = asyncio.create_task(asyncio.to_thread(ask, tmp_path / "control", Rebuild()))
        await until(begun.is_set)

    assert await asked == Refused(reason="given up")


async def test_entries_that_left_are_taken_again_after_a_round_that_failed():
    bench = Bench()
    leaving, rounds = [("old",), ("older",)], []

    def take(entry_ids: Sequence[str]) -> None:
        rounds.append(tuple(entry_ids))
        if len(rounds) == 1:
            raise OSError("the disk cannot be read")

    bench.titles.take = take
    object.__setattr__(bench.parts, "ageing", timedelta(seconds=0.05))
    object.__setattr__(bench.parts, "age_out", lambda: leaving.pop(0) if leaving else ())
    async with bench:
        await until(lambda: len(rounds) > 2)

    assert rounds[:3] == [("old",), ("old", "older"), ()]
    assert [type(event) for event in bench.events] == [Serving, PublishFailed]
