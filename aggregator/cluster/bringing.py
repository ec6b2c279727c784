"""What was found is brought to the database, several sources in one call, and hosts that are done are given back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from aggregator.cluster.holding import Hold
from aggregator.cluster.parcels import ParcelError, packed
from aggregator.ingesting.asking import Found, unforeseen
from aggregator.observing.events import Observer
from aggregator.observing.worker_events import Delivered, FencedOff
from feeds.model import Failed, FailureKind, Source
from storage.work import Brought, Leases

T = TypeVar("T")

GATHER = timedelta(milliseconds=50)
"""How long what was found waits for more: nobody notices, and of a thousand sources that answer within some seconds
ten to fifty share a transaction."""


async def seen_through(work: Coroutine[object, object, T]) -> T:
    """Do `work`, to its end even when whoever waits for it is cancelled: a thread that asks a database cannot be."""
    doing = asyncio.create_task(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        if not doing.cancelled():
            doing.exception()  # seen: what counts for the one who waits is that it was cancelled
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedIn:
    hold: Hold
    source: Source
    found: Found


class Desk:
    """Takes in what was found. `alone` is held while `leases` are asked, which serve one caller at a time.

    A host that was asked is left alone for `rest`, whoever leases it next. `brought` is called after something was
    taken.
    """

    def __init__(
        self,
        leases: Leases,
        *,
        alone: asyncio.Lock,
        rest: timedelta,
        observe: Observer,
        brought: Callable[[], None],
    ) -> None:
        self._leases = leases
        self._rest = rest
        self._alone = alone
        self._observe = observe
        self._brought = brought
        self._came = asyncio.Event()
        self._found: list[_HandedIn] = []
        self._done: list[Hold] = []

    def hand_in(self, hold: Hold, source: Source, found: Found) -> None:
        """Bring this, soon."""
        self._found.append(_HandedIn(hold=hold, source=source, found=found))
        self._came.set()

    def give_back(self, hold: Hold) -> None:
        """Give this host back, once all is brought that was found there."""
        self._done.append(hold)
        self._came.set()

    async def run(self) -> None:
        """Bring what is handed in, until cancelled. Raises StoreError."""
        while True:
            await self._came.wait()
            await asyncio.sleep(GATHER.total_seconds())
            await seen_through(self.clear())

    async def clear(self) -> None:
        """Bring all that there is now. Raises StoreError, and then all of it is forgotten: it will be asked again."""
        async with self._alone:
            self._came.clear()
            found, self._found = self._found, []
            done, self._done = [hold for hold in dict.fromkeys(self._done) if not hold.over], []
            taken = await asyncio.to_thread(self._settle, found, done)
            for hold in done:
                hold.over = True
        for one in found:
            if one.source.id in taken:
                self._observe(_delivered(one))
            else:
                self._observe(FencedOff(source=one.source.id, host=one.hold.lease.host))
        if taken:
            self._brought()

    def _settle(self, found: Sequence[_HandedIn], done: Sequence[Hold]) -> frozenset[str]:
        """In a thread: the ids of the sources whose delivery was taken."""
        brought = [
            Brought(source=one.source.id, fence=one.hold.lease.fence, document=_parcel(one.source, one.found))
            for one in found
        ]
        taken = self._leases.bring(brought) if brought else frozenset()
        for asked, rest in ((True, self._rest), (False, timedelta())):
            if fences := [hold.lease.fence for hold in done if hold.asked is asked]:
                self._leases.release(fences, rest=rest)
        return taken


def _delivered(one: _HandedIn) -> Delivered:
    found = one.found
    return Delivered(
        source=one.source.id,
        outcome=found.outcome,
        entries=len(found.feed.entries) if found.feed else 0,
        problem=found.problem,
        took=found.took,
    )


def _parcel(source: Source, found: Found) -> bytes:
    """What cannot be handed on is a failure of its source, and handed on as such."""
    try:
        return packed(found)
    except ParcelError as error:
        failed = Failed(kind=FailureKind.TOO_LARGE, reason=str(error))
        return packed(replace(found, outcome=failed, feed=None, late=(), problem=""))
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs this source only
        return packed(unforeseen(source, error, took=found.took))
