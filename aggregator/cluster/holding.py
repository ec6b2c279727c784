"""A host that is leased to us: whoever asks it is sure that the lease outlasts the request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta

from storage.work import Lease


class Hold:
    """A lease and how long it lasts, by a clock that nobody sets and that a sleeping process does not stop.

    The term is counted from before it was asked for, so that it ends here before it ends in the database.
    """

    def __init__(self, lease: Lease, *, until: timedelta, needed: timedelta, uptime: Callable[[], timedelta]) -> None:
        """`needed` is the time that a request may take."""
        self.lease = lease
        self.asked = False
        """Whether somebody has begun to ask."""
        self.over = False
        """It was given back, or it is lost."""
        self.task: asyncio.Task[None] | None = None
        """Who asks; None: nobody has begun to."""
        self._until = until
        self._needed = needed
        self._uptime = uptime
        self._extended = asyncio.Event()

    def extend(self, until: timedelta) -> None:
        """It lasts until then."""
        self._until = until
        self._extended.set()

    def lose(self) -> None:
        """It is another worker's: nobody goes on."""
        self.over = True
        self._until = timedelta()
        if self.task:
            self.task.cancel()

    async def sure(self) -> None:
        """Wait until it is sure to last for another request: for ever, if it is lost."""
        while self._until - self._uptime() < self._needed:
            self._extended.clear()
            await self._extended.wait()

    def bind(self) -> None:
        """Have `lease_is_sure` mean this one, in the task that runs and in those that it starts."""
        _HOLD.set(self)


_HOLD: ContextVar[Hold | None] = ContextVar("hold", default=None)


async def lease_is_sure() -> None:
    """Wait until the lease under which this task asks is sure to outlast a request; where there is none, not at all.

    What `aggregator.fetching.turns.Turns` waits for before it gives a turn: a process that was stopped in its sleep, or
    while it waited for its turn, must not go on as if no time had passed.
    """
    if hold := _HOLD.get():
        await hold.sure()
