"""Deliveries are taken one after the other: unpacked, judged and committed as if this process had asked the source.

One that cannot be judged is given up, and told of: it blocks no other, and is not tried for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import TypeVar

from aggregator.cluster.parcels import ParcelError, unpacked
from aggregator.cluster.unpacking import Unpacked, together
from aggregator.cluster.watching import asked_at, holds, watched
from aggregator.ingesting.asking import Found
from aggregator.observing.cluster_events import DeliveryGivenUp
from aggregator.observing.events import Ingested
from aggregator.running.working import Work
from feeds.errors import StoreError
from feeds.model import Failed, FailureKind, Source
from storage.port import Change, Store
from storage.work import Deliveries, Delivery

T = TypeVar("T")

MOST = 256
"""Deliveries that are asked for at once: of those that bring nothing new, as many share a commit. A pass of 1,000
sources with nothing new took 0.52 s so, and 0.62 s by 64: the best of 16 as benchmarks/cluster_pass.py has them."""
LARGE = 16 << 20
"""Bytes of these deliveries together."""
AGAIN = timedelta(minutes=1)
"""When a source is asked at another URL, whose delivery is given up as it is from the one before. In other cases it is
asked again as soon as it may be (`fastest`): what brought it may be updated by then."""
MOVED = "its URL in the config is another one by now"
DEATHS = 3
"""How many judges may begin with a delivery and never be heard of again: one may have been stopped by chance."""
DEADLY = f"{DEATHS} workers ended while they judged what it brought; please report it"
TRIES = 2
"""How often a delivery is judged whose commit a sound database refuses."""
FAILURES = 3
"""So many looks in a row in which the store fails, though it says that it goes on, are as good as a lost one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the one who judges works with; opened and closed together."""

    work: Work
    store: Store
    """Which `work` writes to."""
    deliveries: Deliveries


class Taking:
    """Takes what waits whenever it is `woken`, and at every tick: where changes come from in `running.working`.

    It ends for good when the store is lost, and then gives the reason as `lost`.
    """

    def __init__(
        self,
        bench: Bench,
        *,
        changed: Callable[[Iterable[str]], None],
        resumed: Callable[[], None],
        woken: asyncio.Event,
    ) -> None:
        """Needs a running event loop."""
        self._bench = bench
        self._ingest = bench.work.ingest
        self._changed = changed
        self._resumed = resumed
        self._woken = woken
        self._followed: Sequence[Source] | None = None
        """Those that workers know to be watched; None: another host is to be asked by now."""
        self._sources: Mapping[str, Source] = {}
        self._held: Mapping[str, datetime] = {}
        """Hosts that workers know to leave alone, and until when."""
        self._throttled = False
        """Whether a host may have asked for that since."""
        self._taken: frozenset[int] = frozenset()
        """Numbers of the last batch. What waits though it was taken could not even be remembered as a failure."""
        self._begun: frozenset[int] = frozenset()
        """Numbers of the deliveries that the database counts as begun by this judge, and that may wait still."""
        self._refused: dict[int, int] = {}
        """How often the store refused what judging a delivery would have committed."""
        self._failures = 0
        self._most = MOST
        self._under_way = 0
        self._stopping = False
        self.lost: asyncio.Task[str] = asyncio.create_task(self._run(), name="taking deliveries")
        """Ends when the store is lost, with the reason; empty: it was stopped."""

    def tick(self) -> int:
        """Look for deliveries. How many are being judged."""
        self._woken.set()
        return self._under_way

    def resume(self) -> None:
        """See whether a store that refused goes on."""
        self._woken.set()

    async def stop(self) -> None:
        """Take no more; the one that is being judged is committed first."""
        self._stopping = True
        self._woken.set()
        await asyncio.wait([self.lost])

    async def _run(self) -> str:
        while not self._stopping:
            await self._woken.wait()
            self._woken.clear()
            try:
                if self._ingest.stopped:
                    if not await self._ingest.resume():
                        return self._ingest.stopped
                    self._resumed()
                await self._look()
                self._failures = 0
            except StoreError as error:
                self._ingest.stop(error)
                self._failures += 1
                if self._failures == FAILURES:
                    return str(error)
                self._woken.set()
            except Exception as error:  # noqa: BLE001 - told as the reason; whoever judges next begins anew
                return _unforeseen(error)
        with contextlib.suppress(StoreError):
            await self._spare()
        return ""

    async def _look(self) -> None:
        """Judge all that waits. Raises StoreError."""
        # Reading goes on without the lock: whoever lost it learns that by writing, were it nothing.
        async with self._ingest.alone:
            await asyncio.to_thread(self._bench.store.commit, Change())
        await self._spare()
        while not self._stopping and await self._batch():
            pass

    async def _batch(self) -> bool:
        """Judge the oldest ones, in their order; True: there were some."""
        await self._follow()
        waiting = await self._begin()
        before, self._taken = self._taken, frozenset()
        quiet: list[Unpacked] = []
        async for delivery, found in self._unpacked(waiting, before):
            if self._stopping:
                break
            if isinstance(found, str):
                await self._give_up(delivery, found)
                continue
            if delivery.tried >= DEATHS:
                self._tell_given_up(delivery, DEADLY)
            if found.is_quiet and delivery.number not in self._refused:
                quiet.append(found)
            else:
                await self._take(quiet)
                await self._take([found])
                quiet = []
        await self._take(quiet)
        if self._throttled:
            await self._hold()
        self._under_way = 0
        self._begun = self._begun if self._stopping else frozenset()
        return bool(waiting)

    async def _begin(self) -> Sequence[Delivery]:
        """The oldest ones, begun with; one of which a judge may have died is the only one."""
        waiting = await asyncio.to_thread(partial(self._bench.deliveries.waiting, self._most, size=LARGE))
        self._most = min(MOST, self._most * 2)
        if waiting and waiting[0].tried:
            waiting, self._most = waiting[:1], 1
        waiting = (*waiting[:1], *takewhile(lambda one: not one.tried, waiting[1:]))
        if numbers := [one.number for one in waiting if one.tried < DEATHS]:
            await self._change(self._bench.deliveries.begin, numbers)
            self._begun = frozenset(numbers)
        self._under_way = len(waiting)
        return waiting

    async def _spare(self) -> None:
        """What was begun with and waits all the same, for a refusal or a stop, killed nobody. Raises StoreError."""
        if self._begun:
            await self._change(self._bench.deliveries.spare, sorted(self._begun))
            self._begun = frozenset()

    async def _change(self, change: Callable[[T], None], what: T) -> None:
        """By the store's connection, which serves one caller at a time. Raises StoreError."""
        async with self._ingest.alone:
            await asyncio.to_thread(change, what)

    async def _follow(self) -> None:
        """Where the config has changed, or a source has moved: have workers ask what is to be asked from now on."""
        sources, work, deliveries = self._bench.work.sources(), self._bench.work, self._bench.deliveries
        if sources == self._followed:
            return
        states, now = dict(self._ingest.states), work.clock()
        await self._change(deliveries.follow, tuple(watched(sources, states, now)))
        self._held = {}  # a host that is new to workers cannot be held before
        await self._hold()
        self._sources = {source.id: source for source in sources}
        self._followed = sources

    async def _hold(self) -> None:
        """Have workers leave alone who asked for that, and did not before."""
        before, self._held = self._held, holds(self._ingest.states.values(), self._bench.work.clock())
        for host, until in self._held.items():
            if before.get(host) != until:
                await self._change(partial(self._bench.deliveries.hold, host), until)
        self._throttled = False

    async def _unpacked(
        self, waiting: Sequence[Delivery], taken: frozenset[int]
    ) -> AsyncIterator[tuple[Delivery, Unpacked | str]]:
        """Each with what was found, or with why that cannot be judged."""
        for group in together(waiting):
            for one in await asyncio.to_thread(self._unpack_all, group, taken):
                yield one

    def _unpack_all(
        self, group: Sequence[Delivery], taken: frozenset[int]
    ) -> Sequence[tuple[Delivery, Unpacked | str]]:
        return [(one, self._unpack(one, taken)) for one in group]

    def _unpack(self, delivery: Delivery, taken: frozenset[int]) -> Unpacked | str:
        """What was found, or why that cannot be judged."""
        source = self._sources.get(delivery.source)
        if delivery.number in taken:
            return "what came of judging it could not be remembered"
        if self._refused.get(delivery.number, 0) >= TRIES:
            return "the database refuses what comes of it"
        if source is None:
            return "the config has no such source"
        try:
            found = unpacked(delivery.document) if delivery.tried < DEATHS else _deadly(source)
        except Exception as error:  # noqa: BLE001 - whatever breaks here costs this delivery only
            return str(error) if isinstance(error, ParcelError) else _unforeseen(error)
        if found.asked == source.url:
            return Unpacked(delivery=delivery, source=source, found=found)
        return MOVED

    async def _take(self, run: Sequence[Unpacked]) -> None:
        """Take what shares a commit, or one for itself. Raises StoreError when the store refuses any of it."""
        self._under_way -= len(run)
        before = [self._ingest.states.get(one.source.id) for one in run]
        ends = await asyncio.gather(*(self._ingest.take(one.source, one.found) for one in run), return_exceptions=True)
        refused: StoreError | None = None
        for one, end in zip(run, ends, strict=True):
            number = one.delivery.number
            match end:
                case Ingested():
                    self._taken |= {number}
                    self._refused.pop(number, None)
                    if end.changed:
                        self._changed(end.changed)
                case StoreError():
                    refused = end
                    self._refused[number] = self._refused.get(number, 0) + 1
                case Exception():
                    await self._give_up(one.delivery, _unforeseen(end))
                case _:
                    raise end
        if refused:
            raise refused
        after = [self._ingest.states.get(one.source.id) for one in run]
        self._throttled |= any(state is not None and state.last_status == 429 for state in after)
        places = zip(run, before, after, strict=True)
        if any(asked_at(one.source, old) != asked_at(one.source, new) for one, old, new in places):
            self._followed = None

    async def _give_up(self, delivery: Delivery, reason: str) -> None:
        state = self._ingest.states.get(delivery.source)
        due = self._bench.work.clock() + (AGAIN if reason == MOVED else max(AGAIN, self._ingest.bounds.fastest))
        due = max(state.next_fetch, due) if state and state.next_fetch else due
        await self._change(partial(self._bench.deliveries.give_up, due=due), delivery.number)
        self._refused.pop(delivery.number, None)
        self._tell_given_up(delivery, reason)

    def _tell_given_up(self, delivery: Delivery, reason: str) -> None:
        self._bench.work.observe(DeliveryGivenUp(source=delivery.source, worker=delivery.worker, reason=reason))


def _deadly(source: Source) -> Found:
    """A failure of the source, so that it is asked ever less often."""
    return Found(asked=source.url, outcome=Failed(kind=FailureKind.BROKEN, reason=DEADLY))


def _unforeseen(error: BaseException) -> str:
    return f"topicwire itself failed: {''.join(traceback.format_exception(error))}"
