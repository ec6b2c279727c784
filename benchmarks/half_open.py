"""How long honest readers wait while 500 connections are open that never finish their request.

    python benchmarks/half_open.py [CONNECTIONS] [READERS]

Readers come one after the other, each over a connection of its own. `closed after` is when the last of the half-open
connections was ended by us.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import sys
import time
from datetime import timedelta

from aggregator.publishing.shelf import Shelf
from aggregator.serving.front.front import Front
from benchmarks.serving import DOCUMENT, PATH

HALF = f"GET {PATH} HTTP/1.1\r\nHost: a\r\nX-Slow:".encode()


def honest(port: int) -> float:
    began = time.perf_counter()
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    wire.request("GET", PATH)
    answer = wire.getresponse()
    assert (answer.status, answer.read()) == (200, DOCUMENT.body)
    wire.close()
    return time.perf_counter() - began


def measured(port: int, connections: int, readers: int) -> None:
    before = sorted(honest(port) for _ in range(readers))
    began = time.perf_counter()
    half = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(connections)]
    for wire in half:
        wire.sendall(HALF)
    beside = sorted(honest(port) for _ in range(readers))
    for wire in half:
        assert wire.recv(100) == b""
        wire.close()
    for name, took in (("alone", before), ("beside half-open connections", beside)):
        print(f"p95 {name}: {took[int(readers * 0.95)] * 1000:.2f} ms")
    print(f"closed after: {time.perf_counter() - began:.1f} s")


async def main() -> None:
    connections, readers = (int(word) for word in (*sys.argv[1:3], *("500", "1000")[len(sys.argv) - 1 :]))
    shelf = Shelf()
    shelf.swap({PATH: DOCUMENT})
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        front = Front(shelf, max_age=timedelta, observe=print)
        await front.start(listener)
        await asyncio.to_thread(measured, listener.getsockname()[1], connections, readers)
        await front.stop(patience=1)


if __name__ == "__main__":
    asyncio.run(main())
