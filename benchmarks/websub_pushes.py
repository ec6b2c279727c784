"""What a change costs that thousands are told of: a signed document of 200 kB, pushed to each on loopback.

Subscribers are another process, at as many addresses as there are hosts. CPU time is that of the hub's process alone;
`stall` is the longest time in which its event loop did nothing else.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

from aggregator.fetching.client import Client
from aggregator.hub import PATIENCE, Book, Diary, Wires, telling, turns
from aggregator.publishing.shelf import Shelf
from feeds.model import Subscription
from feeds.render import ATOM, document
from storage.memory import MemoryStore
from storage.port import Change

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASE = "https://feeds.example"
SIZE = 200_000
SPAWN = multiprocessing.get_context("spawn")


def subscribers(to_parent: Connection) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
            writer.write(b"HTTP/1.1 204 Taken\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(take, "0.0.0.0", 0, backlog=1024)
        to_parent.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def stalls(longest: list[float]) -> None:
    while True:
        before = time.monotonic()
        await asyncio.sleep(0.005)
        longest[0] = max(longest[0], time.monotonic() - before - 0.005)


async def told(port: int, *, number: int, hosts: int) -> tuple[float, float, float]:
    """Seconds until all were told, of CPU meanwhile, and the longest stall."""
    store, shelf = MemoryStore(), Shelf()
    everyone = (
        Subscription(
            topic=f"{BASE}/feeds/ferries.atom",
            callback=f"http://127.1.{n % hosts // 250}.{n % hosts % 250 + 1}:{port}/{n}",
            until=NOW + timedelta(days=9),
            secret="knot",
        )
        for n in range(number)
    )
    store.commit(Change(subscriptions=tuple(everyone)))
    made = document(b"x" * SIZE, ATOM, NOW)
    shelf.swap({"/feeds/ferries.atom": made})
    client = Client(user_agent="topicwire/benchmark", timeout=PATIENCE, max_size=1000, turns=turns())
    hub = telling(
        "own",
        shelf=shelf,
        book=Book(store, asyncio.Lock()),
        wires=Wires(client, allow_private=lambda: True),
        diary=Diary(print, base_url=lambda: BASE),
        clock=lambda: NOW,
        come=lambda: NOW,
    )
    longest = [0.0]
    watching = asyncio.create_task(stalls(longest))
    began, cpu = time.monotonic(), time.process_time()
    await hub.tell_once()
    took, spent = time.monotonic() - began, time.process_time() - cpu
    watching.cancel()
    assert all(one.told == made.etag for one in store.subscriptions())
    return took, spent, longest[0]


def main() -> None:
    here, there = SPAWN.Pipe()
    child = SPAWN.Process(target=subscribers, args=(there,), daemon=True)
    child.start()
    port = here.recv()
    try:
        for number, hosts in ((500, 1), (5000, 1000)):
            took, spent, stall = asyncio.run(told(port, number=number, hosts=hosts))
            name = f"{number}_subscriptions_at_{hosts}_hosts"
            print(f"{name}_seconds: {took:.1f}")
            print(f"{name}_cpu_ms_each: {1000 * spent / number:.2f}")
            print(f"{name}_stall_ms: {1000 * stall:.0f}")
    finally:
        child.kill()


if __name__ == "__main__":
    main()
