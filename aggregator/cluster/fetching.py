"""A worker's part of the fetching: hosts are leased, their sources asked, and what was found is brought.

«One host, one worker, one request»: the sources of a host are asked one after another, by whoever has leased it, and
nothing is asked without time enough left of the lease. Whatever a source does costs that source alone; a database that
cannot be asked ends it all, and what was not brought by then will be asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from aggregator.cluster.bringing import Desk, seen_through
from aggregator.cluster.holding import Hold
from aggregator.fetching.patience import hold_for
from aggregator.fetching.turns import GAP
from aggregator.ingesting.asking import Found, unforeseen
from aggregator.observing.events import Observer
from aggregator.observing.worker_events import LeaseLost, SourceUnknown
from feeds.addresses import registrable
from feeds.errors import StoreError
from feeds.model import Failed, Source, SourceState
from feeds.polling import REPEATED, host_of
from storage.work import Lease, Leases

HOSTS = 256
"""At once, in one batch: most of them only wait, for a server or for their turn (`aggregator.fetching.slots`)."""
EACH = 10
"""Sources of one host under one lease: with the gap between two requests, half a minute."""
SHIFT = timedelta(minutes=1)
"""How long a batch takes more hosts in place of those that are done, so that no slow one holds up the others."""
SHORTEST = timedelta(minutes=1)
"""Of the terms of leases: as long as a host stays untouched after its worker died."""
UNKNOWN = timedelta(minutes=1)
"""For how long a source is put off that the config does not have: long enough to bring the same one everywhere."""


def term_of(timeout: timedelta) -> timedelta:
    """How long a lease lasts without being renewed, where one request takes at most `timeout`.

    It is renewed each third of that; so one third may pass while the database is slow, and a whole request fits in
    what is left.
    """
    return max(SHORTEST, 3 * timeout)


class Asks(Protocol):
    """`aggregator.ingesting.asking.Asking`."""

    async def ask(self, source: Source, state: SourceState | None) -> Found:
        """What is found; raises StoreError."""


class _Here:
    """The sources that are to be asked, by id; made anew only where the config gives others: there may be a million."""

    def __init__(self) -> None:
        self._listed: Sequence[Source] = ()
        self._by_id: Mapping[str, Source] = {}

    def among(self, listed: Sequence[Source]) -> Mapping[str, Source]:
        if listed is not self._listed:
            self._listed, self._by_id = listed, {source.id: source for source in listed if source.enabled}
        return self._by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """Leases, asks and brings; any number of batches at once."""

    leases: Leases
    asking: Asks
    sources: Callable[[], Sequence[Source]]
    """Those of the config, as of now; the same object, as long as they are the same."""
    clock: Callable[[], datetime]
    """Aware, UTC."""
    uptime: Callable[[], timedelta]
    """Grows evenly whatever happens to the clock, and while the process is stopped."""
    observe: Observer
    timeout: timedelta
    """What a request takes at most."""
    hold: Callable[[str, timedelta], None] = lambda _host, _span: None
    """Told of a host that wants fewer requests, and for how long it is to be left alone."""
    hosts: int = HOSTS
    each: int = EACH
    rest: timedelta = GAP
    """Between two workers' requests to a host: as `aggregator.fetching.turns` has it between two of one worker."""
    term: timedelta | None = None
    """Of a lease; None: by `timeout`."""
    alone: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    """Held while `leases` are asked: they serve one caller at a time."""
    unknown: set[str] = field(default_factory=set, init=False)
    """The sources that are due and not in the config, as was told."""
    here: _Here = field(default_factory=_Here, init=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a term in which no request fits when it is renewed, as it would never be asked."""
        if self.term is not None and self.term * 2 / 3 < self.timeout:
            raise ValueError(f"a term of {self.term} is too short for requests of {self.timeout}")

    async def batch(self, brought: Callable[[], None] = lambda: None) -> int:
        """Ask what is due, as much as a batch takes; how many sources were asked: none, if nothing is due.

        `brought` is called whenever something more waits to be judged.

        Raises StoreError, and gives up the requests under way. It does so as well when it is cancelled; then it brings
        what was found, and gives its hosts back.
        """
        return await _Batch(self, term=self.term or term_of(self.timeout), brought=brought).run()


Asked = tuple[Source, SourceState | None]


class _Batch:
    def __init__(self, fetching: Fetching, *, term: timedelta, brought: Callable[[], None]) -> None:
        self._of = fetching
        self._term = term
        self._desk = Desk(
            fetching.leases, alone=fetching.alone, rest=fetching.rest, observe=fetching.observe, brought=brought
        )
        self._holds: list[Hold] = []
        """All that this batch has leased."""
        self._asked = 0
        self._more = True
        """Whether there may be more to lease."""

    async def run(self) -> int:
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._desk.run()), group.create_task(self._keep())]
                await self._work(group)
                await seen_through(self._desk.clear())
                for task in beside:
                    task.cancel()
        except asyncio.CancelledError:
            await self._leave()
            raise
        except BaseExceptionGroup as several:
            raise next((one for one in several.exceptions if isinstance(one, StoreError)), several) from None
        return self._asked

    async def _work(self, group: asyncio.TaskGroup) -> None:
        """Lease and ask until nothing is left, or the shift is over and all is done that was begun."""
        now = asyncio.get_running_loop().time
        over = now() + SHIFT.total_seconds()
        running: set[asyncio.Task[None]] = set()
        while True:
            room = self._of.hosts - len(running)
            if self._more and now() < over and room * 4 >= self._of.hosts:
                for hold, asks in await seen_through(self._lease(room)):
                    hold.task = group.create_task(self._ask_host(hold, asks))
                    running.add(hold.task)
            if not running:
                return
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)

    async def _leave(self) -> None:
        """Cancelled: bring what there is, and give back what is ours."""
        for hold in self._holds:
            self._desk.give_back(hold)
        with contextlib.suppress(StoreError):  # who is cancelled asks for nothing better
            await seen_through(self._desk.clear())

    async def _lease(self, hosts: int) -> list[tuple[Hold, list[Asked]]]:
        of, term = self._of, self._term
        async with of.alone:
            until = of.uptime() + term  # from before it is asked for, so that it ends here first
            work = partial(of.leases.lease, now=of.clock(), hosts=hosts, sources=of.each, term=term)
            leases = await asyncio.to_thread(work)
            holds = [Hold(one, until=until, needed=of.timeout, uptime=of.uptime) for one in leases]
            self._holds += holds
            self._more = len(leases) == hosts
            here = of.here.among(of.sources())
            known = [self._asks(lease, here) for lease in leases]
            await self._put_off(leases, {source.id for asks in known for source, _ in asks})
        return list(zip(holds, known, strict=True))

    def _asks(self, lease: Lease, here: Mapping[str, Source]) -> list[Asked]:
        """What the config has of it, at this very host: no other one is ours to ask."""
        known = [(here[due.source], due.state) for due in lease.due if due.source in here]
        return [(source, state) for source, state in known if registrable(host_of(_of(source, state))) == lease.host]

    async def _put_off(self, leases: Sequence[Lease], known: AbstractSet[str]) -> None:
        self._of.unknown.difference_update(known)
        until = self._of.clock() + UNKNOWN
        for lease in leases:
            if strangers := [due.source for due in lease.due if due.source not in known]:
                await asyncio.to_thread(partial(self._of.leases.put_off, lease.fence, strangers, until=until))
            for one in strangers:
                if one not in self._of.unknown:
                    self._of.unknown.add(one)
                    self._of.observe(SourceUnknown(source=one, host=lease.host))

    async def _ask_host(self, hold: Hold, asks: Sequence[Asked]) -> None:
        """One source after another; whatever happens, the host is given back."""
        hold.bind()
        throttles: Counter[str] = Counter()
        try:
            if hold.over:  # before it began
                return
            for source, state in asks:
                await hold.sure()
                hold.asked = True
                found = await self._ask(source, state)
                self._desk.hand_in(hold, source, found)
                self._asked += 1
                self._spare(source, state, found, throttles)
        finally:
            self._desk.give_back(hold)

    async def _ask(self, source: Source, state: SourceState | None) -> Found:
        try:
            return await self._of.asking.ask(source, state)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault costs its source only
            return unforeseen(source, error)

    def _spare(self, source: Source, state: SourceState | None, found: Found, throttles: Counter[str]) -> None:
        """After repeated 429s a host is left alone at once: what they lead to is judged only when they are brought."""
        outcome = found.outcome
        if isinstance(outcome, Failed) and outcome.status == 429:
            before = _of(source, state)
            host = outcome.host or host_of(before)
            throttles[host] += before.throttles + 1
            if throttles[host] >= REPEATED:
                self._of.hold(host, hold_for(outcome.retry_after))

    async def _keep(self) -> None:
        """Renew what is ours, each third of a term."""
        while True:
            await asyncio.sleep(self._term.total_seconds() / 3)
            await seen_through(self._renew())

    async def _renew(self) -> None:
        of = self._of
        async with of.alone:
            until = of.uptime() + self._term
            holds = [hold for hold in self._holds if not hold.over]
            work = partial(of.leases.renew, [hold.lease.fence for hold in holds], term=self._term)
            kept = await asyncio.to_thread(work) if holds else frozenset()
            for hold in holds:
                if hold.lease.fence in kept:
                    hold.extend(until)
                else:
                    self._lose(hold)

    def _lose(self, hold: Hold) -> None:
        hold.lose()
        self._of.observe(LeaseLost(host=hold.lease.host))


def _of(source: Source, state: SourceState | None) -> SourceState:
    """What is remembered of it as it is configured."""
    return state if state and state.url == source.url else SourceState(source=source.id, url=source.url)
