"""CPU for a source that has nothing new (304), beside stock `httpx.AsyncClient` asking for the same.

    python benchmarks/fetch_unchanged.py [--sources 300]

The server is a process of its own on loopback; every source has a loopback address of its own, as sources have hosts.
CPU time of this process, best of 3 runs each, taken in turn. `fetch` is the exchange alone, `pass` is all that
happens to a source: its request made, asked, understood, its state stored (in memory) and told.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import httpx

from aggregator.fetching.client import Client
from aggregator.fetching.slots import Slots
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from feeds.conditional import Request, request_for
from feeds.model import Source, SourceState, Unchanged, Validators
from feeds.polling import Bounds
from storage.memory import MemoryStore
from storage.port import Change

ETAG = '"tide-table-7"'
ANSWER = (
    f"HTTP/1.1 304 Not Modified\r\nETag: {ETAG}\r\nCache-Control: max-age=300\r\nContent-Length: 0\r\n\r\n".encode()
)
AT_ONCE = 16
AGENT = "topicwire/benchmark"


def serve(count: int, to_parent: Connection) -> None:
    """Say 304 to whoever sends the validator, keeping connections open for those who want that."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                known = ETAG.encode() in head
                writer.write(ANSWER if known else b"HTTP/1.1 500 No Validator\r\nContent-Length: 0\r\n\r\n")
                if b"connection: close" in head.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    async def run() -> None:
        port = 0
        for number in range(count):
            server = await asyncio.start_server(talk, address(number), port)
            port = server.sockets[0].getsockname()[1]
        to_parent.send(port)
        await asyncio.to_thread(to_parent.recv)

    asyncio.run(run())


def address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def sources(count: int, port: int) -> list[Source]:
    return [
        Source(id=f"s{number}", url=f"http://{address(number)}:{port}/feed", allow_private=True)
        for number in range(count)
    ]


def known(source: Source) -> SourceState:
    return SourceState(source=source.id, url=source.url, validators=Validators(etag=ETAG), body_hash="0" * 64)


async def side_by_side(asking: list[Callable[[], Awaitable[bool]]]) -> None:
    """Ask all, `AT_ONCE` at a time, and see to it that all have nothing new."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(ask: Callable[[], Awaitable[bool]]) -> bool:
        async with free:
            return await ask()

    unchanged = await asyncio.gather(*(one(ask) for ask in asking))
    assert all(unchanged), f"{unchanged.count(False)} of {len(unchanged)} were no 304"


def door() -> Client:
    turns = Turns(gap=timedelta(), slots=Slots(at_work=AT_ONCE))
    return Client(user_agent=AGENT, timeout=timedelta(seconds=30), max_size=10_000_000, turns=turns)


async def stock(requests: list[Request]) -> None:
    async with httpx.AsyncClient() as client:

        async def ask(request: Request) -> bool:
            return (await client.get(request.url, headers=dict(request.headers))).status_code == 304

        await side_by_side([lambda request=request: ask(request) for request in requests])


async def fetch(requests: list[Request]) -> None:
    client = door()

    async def ask(request: Request) -> bool:
        return (await client.fetch(request, allow_private=True)).status == 304

    await side_by_side([lambda request=request: ask(request) for request in requests])


async def passes(followed: list[Source]) -> None:
    store = MemoryStore()
    store.commit(Change(states=tuple(known(source) for source in followed)))
    ingest = Ingest(
        store=store,
        client=door(),
        bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
        clock=lambda: datetime.now(UTC),
        draw=lambda: 0.0,
        observe=lambda _: None,
    )

    async def ask(source: Source) -> bool:
        return isinstance((await ingest.run(source)).outcome, Unchanged)

    await side_by_side([lambda source=source: ask(source) for source in followed])


def cpu(run: Callable[[], Awaitable[None]], count: int) -> float:
    """Milliseconds of CPU for each source."""

    async def timed() -> float:
        began = time.process_time()
        await run()
        return (time.process_time() - began) / count * 1000

    return asyncio.run(timed())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=300)
    count = parser.parse_args().sources
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(count, there), daemon=True)
    server.start()
    followed = sources(count, here.recv())
    requests = [request_for(source, known(source), user_agent=AGENT) for source in followed]
    runs = {"stock": lambda: stock(requests), "fetch": lambda: fetch(requests), "pass": lambda: passes(followed)}
    try:
        found = [{name: cpu(run, count) for name, run in runs.items()} for _ in range(3)]
    finally:
        here.send("done")
        server.join(10)
    best = {name: min(each[name] for each in found) for name in runs}
    print(f"sources: {count}")
    print(f"stock_httpx_ms: {best['stock']:.3f}")
    print(f"fetch_ms: {best['fetch']:.3f}")
    print(f"pass_ms: {best['pass']:.3f}")
    print(f"fetch_over_stock: {best['fetch'] / best['stock']:.2f}")
    print(f"pass_over_stock: {best['pass'] / best['stock']:.2f}")


if __name__ == "__main__":
    main()
