"""Slots: how many exchanges are at work at once, and how those that only wait make way for others.

A slot stands for our own work: to connect, to shake hands, to take what comes. An exchange that is still open after
`PATIENCE` is one whose server takes its time; it steps aside and leaves its slot to the next, so that any number of
dripping servers cost the others a fraction of a second, and not their deadlines. What it takes meanwhile is a socket,
which `aside` bounds, and room for what it brought, which the client bounds.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from aggregator.fetching.backlog import Backlog

AT_WORK = 128
"""An exchange is 1 ms of work, 2.5 with TLS: so many are a third of a second, far below any deadline."""
PATIENCE = timedelta(seconds=0.1)
"""1,000 servers that drip are all aside after 0.8 s, 8 rounds of `AT_WORK`, and their 2.4 ms of work each."""
ASIDE = 2000
"""Sockets that wait: 25 KiB each, and TLS comes on top."""
SPARE = 256
"""Descriptors left to readers, the store and everything else."""


@dataclass(slots=True)
class _Slot:
    timer: asyncio.TimerHandle | None = None
    aside: bool = False


class Slots:
    """Hands out slots, in the order of asking, as long as the backlog is low."""

    def __init__(
        self,
        *,
        at_work: int = AT_WORK,
        aside: int | None = None,
        patience: timedelta = PATIENCE,
        backlog: Backlog | None = None,
    ) -> None:
        self._free = asyncio.Semaphore(at_work)
        self._backlog = backlog or Backlog()
        self._room = room_aside(at_work) if aside is None else aside
        self._patience = patience.total_seconds()

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot for a while, and a place aside from then on."""
        await self._free.acquire()
        slot = _Slot()
        try:
            await self._backlog.low()
            self._wait(slot)
            yield
        finally:
            if slot.timer:
                slot.timer.cancel()
            if slot.aside:
                self._room += 1
            else:
                self._free.release()

    def _wait(self, slot: _Slot) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._patience
        slot.timer = loop.call_at(due, self._step_aside, slot, due)

    def _step_aside(self, slot: _Slot, due: float) -> None:
        late = asyncio.get_running_loop().time() - due
        if late > self._patience or not self._room:  # when we are late ourselves, more work at once helps nobody
            self._wait(slot)
            return
        slot.aside = True
        self._room -= 1
        self._free.release()


def wanted_descriptors(at_work: int = AT_WORK) -> int:
    """How many descriptors let as many servers take their time as we are ready to wait for."""
    return at_work + ASIDE + SPARE


def room_aside(at_work: int) -> int:
    """How many sockets this process may keep waiting, by the number of descriptors that the system allows it.

    Takes up to what is needed of what the system would give for the asking, which is often a multiple.
    """
    wanted = wanted_descriptors(at_work)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):  # fewer servers can take their time then
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    allowed = ASIDE if soft == resource.RLIM_INFINITY else soft - at_work - SPARE
    return max(0, min(ASIDE, allowed))
