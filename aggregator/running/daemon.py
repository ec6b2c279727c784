"""The process that stays: ticks, passes, publishing and serving, from the start to a clean stop.

It never ends because sources cannot be reached, nor because the store cannot write: what is published is served.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Self

from aggregator.ingesting.passes import Passes
from aggregator.observing.reader_events import Serving
from aggregator.running.polling import Polling
from aggregator.running.signals import hanging_up, stopping
from aggregator.running.working import Work, working
from aggregator.serving.answering import Application
from aggregator.serving.connections import ConnectionsApart
from aggregator.serving.front.front import Front, Stocks
from aggregator.serving.listen import address_of, bind
from aggregator.serving.posts import NO_POSTS, Posts
from feeds.polling import due

HOLD = timedelta(seconds=10)
"""How long readers are kept waiting at a start, for what is published first: most give up after 20 or 30."""
READERS_PATIENCE = timedelta(seconds=3)
"""For the answers that a stop finds under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Work):
    """What a daemon is made of: what works, and what answers readers."""

    application: Application
    """Answers readers in this process, unless there are `stocks`."""
    host: str
    port: int
    hold: timedelta = HOLD
    apart: Callable[[], timedelta] = timedelta
    """Between two passes of one source, whatever the machine's clock says."""
    stocks: Stocks | None = None
    """From this a process of their own answers readers; None: a thread does, by way of `application`."""
    max_age: Callable[[], timedelta] = timedelta
    """How long readers may keep what that process gives them, where a document does not say it."""
    posts: Posts = field(default_factory=dict)
    """What that process asks this one, besides what `telling` answers."""
    answered: Callable[[str, int], None] = lambda _status, _number: None
    """Told how many more answers of a status that process gave."""

    @classmethod
    def of(cls, work: Work, **readers: Any) -> Self:  # noqa: ANN401 - what is above, each by its name
        """`work`, with what answers `readers`."""
        return cls(**{one.name: getattr(work, one.name) for one in fields(work)}, **readers)


async def run(parts: Parts, *, stop: asyncio.Event | None = None) -> None:
    """Serve until SIGINT, SIGTERM or `stop`. Raises ListenError, and StoreError, before anything is fetched.

    Readers are answered from the moment when all that is stored is on the shelf, fetching begins with it. Where that
    takes long, they are told to come again.
    """
    asked = stop or asyncio.Event()
    with (
        bind(parts.host, parts.port) as listener,
        stopping(asked, parts.observe),
        hanging_up(parts.watch, asked, parts.observe),
    ):
        posts = parts.telling.posts if parts.telling else NO_POSTS
        front = None
        if parts.stocks:
            front = Front(
                parts.stocks,
                max_age=parts.max_age,
                observe=parts.observe,
                posts={**parts.posts, **posts},
                answered=parts.answered,
            )
        readers = front or ConnectionsApart(parts.application, posts=posts)
        try:
            if front:
                front.prepare(listener)
            async with parts.ingest.alone:
                publishing = asyncio.create_task(asyncio.to_thread(parts.publisher.publish))
                _, late = await asyncio.wait([publishing], timeout=parts.hold.total_seconds())
                if late:
                    await readers.start(listener)
                behind = await publishing
            if asked.is_set():
                return
            if not late:
                await readers.start(listener)
            parts.observe(Serving(address=address_of(listener)))
            async with working(parts, lambda *told: _polling(parts, *told), behind=behind):
                await asked.wait()
        finally:
            await readers.stop(patience=READERS_PATIENCE.total_seconds())


def _polling(parts: Parts, changed: Callable[[Iterable[str]], None], resumed: Callable[[], None]) -> Polling:
    return Polling(
        Passes(parts.ingest, changed=changed, apart=parts.apart, resumed=resumed),
        due=lambda: due(parts.sources(), parts.ingest.states, parts.clock()),
        observe=parts.observe,
    )
