"""Passes side by side: each source at most once at a time, none waiting for another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Ingested
from feeds.errors import StoreError
from feeds.model import Source


class Passes:
    """Starts passes and looks after them; `changed` is told the ids of entries that a pass brought or changed.

    What is due depends on the machine's clock, which may be set to any other time at any moment. So `apart`, the time
    between two starts of one source, is measured by a clock that nobody can set.
    """

    def __init__(
        self,
        ingest: Ingest,
        *,
        changed: Callable[[tuple[str, ...]], None],
        apart: Callable[[], timedelta] = timedelta,
        resumed: Callable[[], None] = lambda: None,
    ) -> None:
        """`resumed` is told when the store goes on: what it was asked to write before may be stored or not."""
        self._ingest = ingest
        self._changed = changed
        self._apart = apart
        self._resumed = resumed
        self._running: dict[str, asyncio.Task[Ingested | None]] = {}
        self._rested_at: dict[str, float] = {}
        self._resuming: asyncio.Task[None] | None = None

    def start(self, sources: Iterable[Source]) -> tuple[asyncio.Task[Ingested | None], ...]:
        """Start a pass of each source that has none running and had none just now.

        A task ends with None if the store stopped everything.
        """
        if self._ingest.stopped:
            return ()
        now = asyncio.get_running_loop().time()
        idle = [
            source
            for source in sources
            if source.id not in self._running and self._rested_at.get(source.url, now) <= now
        ]
        for source in idle:
            self._rested_at[source.url] = now + self._apart().total_seconds()
            self._running[source.id] = asyncio.create_task(self._run(source), name=f"pass of {source.id}")
        return tuple(self._running[source.id] for source in idle)

    def __len__(self) -> int:
        """How many run at this moment, those that wait for their turn among them."""
        return len(self._running)

    def resume(self) -> None:
        """Where the store stopped everything, ask it whether it goes on."""
        if self._ingest.stopped and (self._resuming is None or self._resuming.done()):
            self._resuming = asyncio.create_task(self._resume(), name="resuming")

    async def _resume(self) -> None:
        if await self._ingest.resume():
            self._resumed()

    async def stop(self) -> None:
        """Give up what is being fetched; what is being written is written first."""
        if self._resuming is not None:
            await asyncio.wait([self._resuming])  # a thread that opens the store cannot be cancelled
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, source: Source) -> Ingested | None:
        try:
            ingested = await self._ingest.run(source)
        except StoreError:  # told as an event; the other passes meet it themselves
            return None
        finally:
            del self._running[source.id]
        if ingested.changed:
            self._changed(ingested.changed)
        return ingested


async def pass_once(
    ingest: Ingest, sources: Iterable[Source], *, ended: Callable[[Ingested], None]
) -> tuple[Ingested, ...]:
    """One pass of every source, side by side; `ended` is told of each as it ends. In the order of `sources`.

    Raises StoreError when the store cannot remember; passes that still run are given up then.
    """
    tasks = [asyncio.create_task(ingest.run(source)) for source in sources]
    try:
        for task in asyncio.as_completed(tasks):
            ended(await task)
        return tuple(task.result() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
