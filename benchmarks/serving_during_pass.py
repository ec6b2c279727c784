"""How long readers wait for an answer while 1,000 sources are asked for the first time, beside how long they wait idle.

    python benchmarks/serving_during_pass.py [SOURCES] [--thread]

A reader in a process of its own asks every 5 ms over one connection; sources are served by another process. `ratio` is
the 99th percentile during the pass over the one before it. With --thread, readers are answered by a thread of the main
process, as `demo` does.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.app import App, open_app
from aggregator.config import load
from aggregator.serving.connections import ConnectionsApart
from aggregator.serving.front.front import Front
from aggregator.serving.server import application
from aggregator.world import real_world
from benchmarks.many_sources import SPAWN, serve_made_up
from benchmarks.replay.config import config_text
from benchmarks.serving import DOCUMENT, PATH

EVERY = 0.005
IDLE = 5.0
PATIENCE = 150.0


def ask(port: int, to_parent: Connection) -> None:
    """Ask until told what to do next; then tell the times, in seconds."""
    os.setsid()  # readers are other machines': where the system shares processors by session, they are not of ours
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        took: list[float] = []
        while not to_parent.poll():
            began = time.perf_counter()
            wire.request("GET", PATH, headers={"If-None-Match": DOCUMENT.etag})
            answer = wire.getresponse()
            answer.read()
            assert answer.status == 304
            took.append(time.perf_counter() - began)
            time.sleep(EVERY)
        asked = to_parent.recv()
        to_parent.send(took)
        if asked == "end":
            return


async def measured(app: App, *, thread: bool) -> tuple[list[float], list[float]]:
    app.publisher.shelf.swap({PATH: DOCUMENT})
    here, there = SPAWN.Pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        shelf, max_age = app.publisher.shelf, partial(timedelta, minutes=15)
        if thread:
            readers = ConnectionsApart(application(shelf, max_age=max_age))
        else:
            readers = Front(shelf, max_age=max_age, observe=print)
        await readers.start(listener)
        asking = SPAWN.Process(target=ask, args=(listener.getsockname()[1], there), daemon=True)
        asking.start()

        async def told(word: str) -> list[float]:
            here.send(word)
            return await asyncio.to_thread(here.recv)

        await asyncio.sleep(2)
        await told("warm")
        await asyncio.sleep(IDLE)
        idle = await told("idle")
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(app.ingest.run(source) for source in app.config.sources))
        busy = await told("end")
        await readers.stop(patience=1)
    return idle, busy


def at(share: float, times: list[float]) -> float:
    """In milliseconds."""
    return sorted(times)[int(len(times) * share)] * 1000


def report(idle: list[float], busy: list[float], show: Callable[[str], None] = print) -> None:
    for name, times in (("idle", idle), ("during the pass", busy)):
        show(f"{name}: {len(times)} answers, p50 {at(0.5, times):.2f} ms, p99 {at(0.99, times):.2f} ms")
    show(f"p99 ratio: {at(0.99, busy) / at(0.99, idle):.2f}")


def main() -> None:
    numbers = [word for word in sys.argv[1:] if word.isdecimal()]
    count = int(numbers[0]) if numbers else 1000
    here, there = SPAWN.Pipe()
    server = SPAWN.Process(target=serve_made_up, args=(count, 20, there), daemon=True)
    server.start()
    sources = here.recv()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(config_text(sources), "utf-8")
        with open_app(load(file, environ={}), world=real_world(), observe=lambda _: None) as app:
            report(*asyncio.run(measured(app, thread="--thread" in sys.argv)))
    here.send("end")
    server.join(10)


if __name__ == "__main__":
    main()
