"""A front over a shelf, on loopback, as the daemon has one, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.observing.events import Event
from aggregator.serving.front.front import Front, Stocks
from aggregator.serving.front.process import Bounds
from aggregator.serving.posts import NO_POSTS, Posts

PATIENT = Bounds(again=(timedelta(),))
"""Another start at once, however many came before."""


@dataclass(slots=True)
class Fronted:
    """What a test sees of it."""

    port: int
    front: Front
    loop: asyncio.AbstractEventLoop
    events: list[Event] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """By status."""

    def pid(self) -> int:
        assert self.front.pid is not None
        return self.front.pid

    def stop(self, *, patience: float) -> None:
        """Blocks until it has stopped."""
        asyncio.run_coroutine_threadsafe(self.front.stop(patience=patience), self.loop).result(60)


@contextmanager
def fronted(stocks: Stocks, *, posts: Posts = NO_POSTS, bounds: Bounds = PATIENT) -> Iterator[Fronted]:
    """Runs on an event loop of its own, in a thread."""
    ready, over, made = threading.Event(), asyncio.Event(), []

    async def run(listener: socket.socket) -> None:
        events: list[Event] = []
        answers: Counter[str] = Counter()
        front = Front(
            stocks,
            max_age=lambda: timedelta(minutes=15),
            observe=events.append,
            posts=posts,
            answered=lambda status, number: answers.update({status: number}),
            bounds=bounds,
        )
        made.append(Fronted(listener.getsockname()[1], front, asyncio.get_running_loop(), events, answers))
        await front.start(listener)
        ready.set()
        await over.wait()
        await front.stop(patience=1)

    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(run(listener)), daemon=True)
        thread.start()
        assert ready.wait(60)
        try:
            yield made[0]
        finally:
            made[0].loop.call_soon_threadsafe(over.set)
            thread.join(60)
            assert not thread.is_alive()
