"""Sources are asked when they are due: a look at every tick, a pass for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from aggregator.ingesting.passes import Passes
from aggregator.observing.events import FirstPassed, Ingested, Observer, reached
from aggregator.observing.milestones import FirstStarted
from feeds.model import Source


class Polling:
    """Starts `passes`; tells `observe` once how those went that the first tick started."""

    def __init__(self, passes: Passes, *, due: Callable[[], Sequence[Source]], observe: Observer) -> None:
        self._passes = passes
        self._due = due
        self._observe = observe
        self._watching: asyncio.Task[None] | None = None

    def tick(self) -> int:
        """Start a pass of whatever is due. How many run at this moment, those that wait for their turn among them."""
        self._watch(self._passes.start(self._due()))
        return len(self._passes)

    def resume(self) -> None:
        """As `Passes.resume`."""
        self._passes.resume()

    async def stop(self) -> None:
        """As `Passes.stop`."""
        await self._passes.stop()

    def _watch(self, tasks: Sequence[asyncio.Task[Ingested | None]]) -> None:
        if self._watching is None:
            if tasks:
                self._observe(FirstStarted(sources=len(tasks)))
            self._watching = asyncio.create_task(self._tell(tasks))

    async def _tell(self, tasks: Sequence[asyncio.Task[Ingested | None]]) -> None:
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        told = [one for one in ends if isinstance(one, Ingested)]
        if told and len(told) == len(ends):  # else it was broken off, and says nothing about the sources
            self._observe(FirstPassed(sources=len(told), reached=sum(reached(one) for one in told)))
