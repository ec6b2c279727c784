"""How long 100 good sources take alone, and beside 1,000 that drip and were asked first.

    python benchmarks/slow_neighbours.py [--dripping 1000] [--good 100]

The server is a process of its own on loopback; every source has a host name of its own. Wall time, in seconds; what a
good source waits for beside the others is the work of asking them, which it shares, and none of their time.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request
from feeds.errors import TransportError

BODY = b"<rss version='2.0'><channel><title>Tides</title></channel></rss>"
DEADLINE = 60.0


def serve(to_parent: Connection) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY))
            if b"/drip" in head:
                for byte in BODY[:-1]:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1.0)
            else:
                writer.write(BODY)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1024)
        to_parent.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(to_parent.poll, None)  # the parent's word, or its end
        os._exit(0)  # what still drips needs no farewell

    asyncio.run(run())


async def home(_host: str, _port: int) -> tuple[str, ...]:
    return ("127.0.0.1",)


def resident() -> float:
    """Memory of this process in KiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return float(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


async def measure(port: int, dripping: int, good: int) -> tuple[float, float]:
    """Seconds until the good ones were done, and KiB of memory that each open exchange took by then."""
    client = Client(
        user_agent="topicwire/benchmark",
        timeout=timedelta(seconds=DEADLINE),
        max_size=10_000_000,
        turns=Turns(),
        resolve=home,
    )

    async def ask(name: str, path: str) -> None:
        request = Request(url=f"http://{name}.example:{port}{path}")
        try:
            await client.fetch(request, allow_private=True)
        except TransportError as error:
            print(f"# {name}: {error}")

    before, began = resident(), time.perf_counter()
    slow = [asyncio.create_task(ask(f"drip{n}", "/drip")) for n in range(dripping)]
    await asyncio.gather(*(ask(f"good{n}", "/good") for n in range(good)))
    took, grown = time.perf_counter() - began, resident() - before
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    return took, grown / max(dripping, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dripping", type=int, default=1000)
    parser.add_argument("--good", type=int, default=100)
    chosen = parser.parse_args()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()
    try:
        alone = [asyncio.run(measure(port, 0, chosen.good)) for _ in range(3)]
        beside = [asyncio.run(measure(port, chosen.dripping, chosen.good)) for _ in range(3)]
    finally:
        here.send("done")
        server.join(10)
    print(f"good_alone_seconds: {min(alone)[0]:.2f}")
    print(f"good_beside_{chosen.dripping}_dripping_seconds: {min(beside)[0]:.2f}")
    print(f"kib_for_each_dripping: {max(grown for _, grown in beside):.0f}")


if __name__ == "__main__":
    main()
