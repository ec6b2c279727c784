"""The rhythm of telling others: a round after each publishing, and one when something is to be tried again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Hashable
from typing import Final

GATHER: Final = 0.1
"""Seconds in which what asks for a round asks for the same one: errands end by the hundred."""
PATIENCE: Final = 60.0
"""Seconds for all errands of a command that ends."""


class Rounds:
    """Runs rounds one after another, and the errands that they start side by side, one a key."""

    def __init__(
        self,
        work: Callable[[], Awaitable[None]],
        *,
        again: Callable[[float], float | None],
        broken: Callable[[Exception], None],
    ) -> None:
        """`again`: when the next round is due in any case, after one that began at this moment of the loop's clock.

        `broken` is told what broke a round or an errand.
        """
        self._work = work
        self._again = again
        self._broken = broken
        self._loop: asyncio.AbstractEventLoop | None = None
        self._nudged = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._errands: dict[Hashable, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running = asyncio.create_task(self._run(), name="telling of changes")

    async def once(self, *, patience: float = PATIENCE) -> None:
        """Rounds until there is nothing to do, instead of `start`; who takes longer is told the next time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._whole(self._work)
                while self._errands:
                    await asyncio.wait(tuple(self._errands.values()))
                    await self._whole(self._work)
        await self.stop()

    def nudge(self) -> None:
        """There may be something to do; from any thread."""
        if self._loop:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._nudged.set)

    def busy(self, key: Hashable) -> bool:
        """Whether an errand with this key is under way."""
        return key in self._errands

    def under_way(self) -> int:
        """How many errands are."""
        return len(self._errands)

    def send(self, key: Hashable, errand: Callable[[], Awaitable[None]]) -> None:
        """Start an errand; the next round begins when it has ended, for there may be news meanwhile."""
        task = asyncio.create_task(self._whole(errand))
        self._errands[key] = task

        def ended(task: asyncio.Task[None]) -> None:
            if self._errands.get(key) is task:  # else the next one was sent before we heard that this one is over
                del self._errands[key]
            self._nudged.set()

        task.add_done_callback(ended)

    async def stop(self) -> None:
        """Break everything off."""
        tasks = [*self._errands.values(), *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await self._whole(self._work)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._again(began)):
                    await self._nudged.wait()
            await asyncio.sleep(GATHER)
            self._nudged.clear()

    async def _whole(self, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except Exception as error:  # noqa: BLE001 - one that breaks costs itself only
            self._broken(error)
