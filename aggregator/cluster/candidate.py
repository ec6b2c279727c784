"""Each worker stands for judging: it takes its turn as soon as nobody else has it, or whoever has it is silent."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from aggregator.cluster.judging import End, Ended, Opened, judge
from aggregator.observing.cluster_events import CannotJudge, WorkBroken
from aggregator.observing.events import Observer
from feeds.errors import StoreError
from storage.postgres.crew import Crew

T = TypeVar("T")

LOOK = timedelta(seconds=1)
"""Between two looks whether nobody judges: a question that costs the database 0.2 ms."""
TRY = 5
"""Looks, of which one tries for the lock anyway, and asks whether the one who has it is silent."""
SILENT = 3
"""Terms of a lease without a sign of life after which somebody else judges."""
BROKEN = timedelta(seconds=30)
"""Until a worker tries again whose judging broke off in a way that nobody foresaw: others may be luckier."""
UNABLE = 3
"""Tries to judge that fail, one after the other, while there is a database."""


class OneAtATime:
    """The crew, which serves one caller at a time, for several that wait for each other in threads."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._alone = threading.Lock()

    def ask_here(self, question: Callable[[Crew], T]) -> T:
        """In a thread of the caller's. Raises what `question` raises."""
        with self._alone:
            return question(self._crew)

    async def ask(self, question: Callable[[Crew], T]) -> T:
        """In a thread. Raises what `question` raises."""
        return await asyncio.to_thread(self.ask_here, question)


class Candidate:
    """Judges whenever it may."""

    def __init__(
        self,
        opened: Opened,
        crew: OneAtATime,
        *,
        term: timedelta,
        observe: Observer,
        changed: Callable[[], None],
        ready: Callable[[], bool],
    ) -> None:
        """`changed` is called when judging begins and when it ended; `ready` says whether there is a database."""
        self._opened = opened
        self._crew = crew
        self._silent = SILENT * term
        self._observe = observe
        self._changed = changed
        self._ready = ready
        self._failures = 0
        self._told = ""
        self.judges = asyncio.Event()
        self.does_not = asyncio.Event()
        """The opposite."""
        self.woken = asyncio.Event()
        """Set it where there is something to judge: else it is found within a second."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`."""
        self.does_not.set()
        looks = 0
        while not stop.is_set():
            if self._ready() and (looks % TRY == 0 or await self._is_free()):
                try:
                    self._note(await self._judge(stop))
                except Exception:  # noqa: BLE001 - what is asked and brought goes on, and another one may judge
                    self._observe(WorkBroken(problem=traceback.format_exc()))
                    await pause(BROKEN.total_seconds(), stop)
            looks += 1
            await pause(LOOK.total_seconds(), stop)

    async def _judge(self, stop: asyncio.Event) -> Ended:
        return await judge(
            self._opened,
            stop=stop,
            woken=self.woken,
            observe=self._observe,
            displace=lambda: self._crew.ask_here(lambda crew: crew.displace(self._silent)),
            judges=self._judges,
        )

    async def _is_free(self) -> bool:
        try:
            return not await self._crew.ask(lambda crew: crew.somebody_writes())
        except StoreError:
            return False

    def _judges(self, begun: bool) -> None:  # noqa: FBT001 - what `judge` calls
        for event, holds in ((self.judges, begun), (self.does_not, not begun)):
            if holds:
                event.set()
            else:
                event.clear()
        self._changed()

    def _note(self, ended: Ended) -> None:
        """Tell of what keeps this worker from judging, once, if it is not the database that is away."""
        self._failures = self._failures + 1 if ended.end is End.LOST and self._ready() else 0
        if self._failures >= UNABLE and ended.reason != self._told:
            self._told = ended.reason
            self._observe(CannotJudge(reason=ended.reason))


async def pause(seconds: float, stop: asyncio.Event) -> None:
    """For so long; shorter, where somebody asks to stop."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
