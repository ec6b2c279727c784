"""Who may ask now: one request at a time per host, a pause between two, and a limit on all of them together.

A host that wants fewer requests is held: whoever waits for its turn learns that there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.fetching.slots import Slots
from feeds.addresses import host_key
from feeds.errors import TransportError
from feeds.model import FailureKind

GAP = timedelta(seconds=2)
"""What publishers expect between two requests of one client."""


async def at_once() -> None:
    """Wait for nothing."""


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    interested: int = 0


class Turns:
    """Hands out turns. Waiting for a host costs nobody else: the global slot is taken last and held only for work.

    `clock` gives monotonic seconds and `sleep` waits for some; both default to the event loop's. `slots` is the limit
    on all exchanges together. `sure` is waited for last of all, by whoever has the turn and is about to use it.
    """

    def __init__(
        self,
        *,
        gap: timedelta = GAP,
        slots: Slots | None = None,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        sure: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        self._gap = gap.total_seconds()
        self._slots = slots or Slots()
        self._clock = clock
        self._sleep = sleep
        self._sure = sure
        self._hosts: dict[str, _Host] = {}
        self._held: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Hold the only turn of `host`, however it is spelled; those who wait get it in the order in which they came.

        Raises TransportError of the kind HELD when the host is held by then.
        """
        host = host_key(host)
        record = self._hosts.setdefault(host, _Host())
        record.interested += 1
        try:
            async with record.lock:
                await self._pause(record)
                async with self._slots.slot():
                    await self._sure()
                    self._refuse_if_held(host)
                    try:
                        yield
                    finally:
                        record.free_at = self._now() + self._gap
        finally:
            record.interested -= 1
            self._forget_rested()

    def hold(self, host: str, span: timedelta) -> None:
        """Give no turn of `host` for that long; a longer hold is not cut short. What is under way goes on."""
        host = host_key(host)
        self._held[host] = max(self._now() + span.total_seconds(), self._held.get(host, 0.0))

    def _refuse_if_held(self, host: str) -> None:
        left = self._held.get(host, 0.0) - self._now()
        if left > 0:
            raise TransportError(
                f"not asked, as {host} has asked for fewer requests",
                kind=FailureKind.HELD,
                retry_after=timedelta(seconds=left),
            )
        self._held.pop(host, None)

    async def _pause(self, record: _Host) -> None:
        wait = record.free_at - self._now()
        if wait > 0:
            await self._sleep(wait)

    def _forget_rested(self) -> None:
        """Drop hosts that nobody waits for and whose pause is over; redirects may name any number of them."""
        now = self._now()
        while self._hosts:
            name, oldest = next(iter(self._hosts.items()))
            if oldest.interested or oldest.free_at > now:
                return
            del self._hosts[name]

    def _now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()
