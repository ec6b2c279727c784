"""A server: it answers readers with what others publish, and does nothing else.

It ends neither because the database is away, nor because nothing is published yet: readers are told to come again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.cluster.following import Following
from aggregator.observing.events import Observer
from aggregator.observing.reader_events import Serving
from aggregator.reload import Watch
from aggregator.running.notify import Supervisor
from aggregator.running.signals import hanging_up, stopping
from aggregator.serving.front.front import Front
from aggregator.serving.listen import address_of, bind
from aggregator.serving.posts import NO_POSTS, Posts

HOLD = timedelta(seconds=10)
"""How long readers are kept waiting at a start for the first documents, before they are told to come again."""
PATIENCE = timedelta(seconds=3)
"""For the answers that a stop finds under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a server is made of."""

    following: Following
    host: str
    port: int
    observe: Observer
    posts: Posts = field(default_factory=lambda: NO_POSTS)
    """What is answered by this process, everything else is by the one that has the readers."""
    answered: Callable[[str, int], None] = lambda _status, _number: None
    """Told how many more answers of a status that one gave."""
    hold: timedelta = HOLD
    watch: Watch | None = None
    """Follows the config, also when SIGHUP asks for it."""
    supervisor: Supervisor = field(default_factory=Supervisor)
    """Told that the loop is alive; what happens, it learns as an observer."""


async def run(parts: Parts, *, stop: asyncio.Event | None = None) -> None:
    """Serve until SIGINT, SIGTERM or `stop`. Raises ListenError."""
    asked = stop or asyncio.Event()
    with (
        bind(parts.host, parts.port) as listener,
        stopping(asked, parts.observe),
        hanging_up(parts.watch, asked, parts.observe),
    ):
        following = parts.following
        front = Front(
            following,
            max_age=lambda: following.max_age,
            observe=parts.observe,
            posts=parts.posts,
            answered=parts.answered,
        )
        try:
            front.prepare(listener)
            following.start()
            await _something(following, asked, parts.hold)
            if asked.is_set():
                return
            await front.start(listener)
            parts.observe(Serving(address=address_of(listener)))
            async with _beside(parts):
                await asked.wait()
        finally:
            await front.stop(patience=PATIENCE.total_seconds())
            await asyncio.to_thread(following.stop)


async def _something(following: Following, asked: asyncio.Event, hold: timedelta) -> None:
    """Wait for the first documents, for a while."""
    loop, there = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        loop.call_soon_threadsafe(there.set)

    unfollow = following.follow(told)
    try:
        if not following.documents:
            waited = [asyncio.create_task(one.wait()) for one in (there, asked)]
            await asyncio.wait(waited, timeout=hold.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
            for one in waited:
                one.cancel()
    finally:
        unfollow()


@contextlib.asynccontextmanager
async def _beside(parts: Parts) -> AsyncIterator[None]:
    signs = asyncio.create_task(parts.supervisor.reassure(lambda: True), name="signs of life")
    if parts.watch:
        parts.watch.start()
    try:
        yield
    finally:
        signs.cancel()
        if parts.watch:
            await parts.watch.stop()
