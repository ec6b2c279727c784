"""How long entries stay: by age and by number, a few at a time, each leaving a tombstone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from aggregator.ingesting.intake import left
from aggregator.observing.events import AgedOut, AgeingHeld, Observer
from feeds.dedupe.remains import remains
from feeds.errors import StoreError
from feeds.model import Allowance, Reading
from storage.port import Change, Keys, Store

ROUND = 1000
"""Entries that leave in one commit: it takes some 50 ms, and a backlog of 100,000 goes in two hours of rounds."""
TOMBSTONES = 200_000
"""Tombstones that are kept, those met last: some 150 MB of memory, and years of the shipped sources."""
MET_AGAIN = timedelta(days=30)
"""How old a tombstone may grow, while its source still lists the entry, before it counts as new again."""
SLACK = timedelta(days=2)
"""How far the clock may be ahead of the newest that was stored plus the time since the start: a weekend's stop."""
DAY = timedelta(days=1)
SHARE, LEAST = 10, 100
"""By age at most one entry in SHARE leaves in a day, though LEAST may: with 90 days, one in 90 is due."""
AWAY = timedelta(hours=6)
"""What a clock may add to that day while the machine was off, or is another one: who runs once a day on a fresh machine
has a tenth of the store leave in four days, and a clock that is wrong at every start has to be so four times for it."""
NOTED = timedelta(hours=1)
"""How much of that day may pass before it is remembered that it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What stays: entries first seen at most `age` ago, and of these the newest `most`."""

    age: timedelta
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What left, and how many entries are old enough by the clock and stay for now, as it may be wrong."""

    ids: tuple[str, ...] = ()
    held: int = 0


def trusted(clock: datetime, *, anchor: datetime, running: timedelta) -> datetime:
    """`clock`, but no later than what was known when we started allows, after `running` for so long."""
    return min(clock, anchor + running + SLACK)


def elapsed(last: Reading, now: Reading) -> timedelta:
    """The time that surely passed: since the same start of the machine what it counts itself, else a little at most."""
    if last.boot and last.boot == now.boot:
        return max(timedelta(), now.uptime - last.uptime)
    return min(max(timedelta(), now.clock - last.clock), AWAY)


def allowed(current: Allowance | None, now: Reading, *, entries: int) -> Allowance:
    """`current`, which goes for a day of time that surely passed; then, and at first, a new one for `entries`."""
    if current is not None:
        passed = current.passed + elapsed(current.read, now)
        if passed < DAY:
            return replace(current, passed=passed, read=now)
    return Allowance(left=_full(entries), read=now)


def _full(entries: int) -> int:
    return max(LEAST, entries // SHARE)


def newest(store: Store) -> datetime | None:
    """The last moment that the store knows of, None when it knows none. Raises StoreError."""
    seen = (entry.first_seen for entry in islice(store.entries(), 1))
    asked = (state.last_fetch for state in store.states().values() if state.last_fetch is not None)
    return max((*seen, *asked), default=None)


class Retention:
    """Lets go of entries, at a pace at which no wrong clock costs much, also if every process lives but a moment."""

    def __init__(self, store: Store, keeping: Keeping, *, read: Callable[[], Reading]) -> None:
        """`read` tells the time. Raises StoreError."""
        self._store = store
        self.keeping = keeping
        """May be replaced."""
        self._read = read
        self._started = read()
        self._anchor = newest(store) or self._started.clock

    def come(self) -> datetime:
        """The last moment that has surely come, two days more or less: a clock may be wrong."""
        return self._trusted(self._read())

    def _trusted(self, read: Reading) -> datetime:
        return trusted(read.clock, anchor=self._anchor, running=read.uptime - self._started.uptime)

    def let_go(self) -> Left:
        """Let go of the oldest entries that are due. Blocks while the store writes. Raises StoreError."""
        read, entries, stored = self._read(), self._store.counts().entries, self._store.allowance()
        now = self._trusted(read)
        current = allowed(stored, read, entries=entries)
        by_clock = len(self._store.aged(before=read.clock - self.keeping.age, most=self.keeping.most))
        ids = age_out(self._store, self.keeping, now=now, allowance=current)
        if stored is not None and not ids and stored.left < _full(entries) and _says_more(current, stored):
            self._store.commit(Change(allowance=current))  # so that the next process knows how much time has passed
        return Left(ids=ids, held=max(0, by_clock - len(ids)) if len(ids) < ROUND else 0)


def _says_more(current: Allowance, stored: Allowance) -> bool:
    return (
        current.read.boot != stored.read.boot
        or current.left != stored.left
        or not stored.passed <= current.passed < stored.passed + NOTED
    )


def age_out(store: Store, keeping: Keeping, *, now: datetime, allowance: Allowance | None = None) -> tuple[str, ...]:
    """Let go of the oldest entries that are due, so many for their age alone as `allowance` says; their ids.

    What is left of the allowance is remembered with that. Blocks while the store writes. Raises StoreError.
    """
    too_many = max(0, store.counts().entries - keeping.most)
    by_age = ROUND if allowance is None else allowance.left
    due = store.aged(before=now - keeping.age, most=keeping.most)[: min(ROUND, too_many + by_age)]
    forgotten = store.tombstones_beyond(TOMBSTONES)[:ROUND]
    if due or forgotten:
        leaving = store.known(Keys(ids=frozenset(due)))
        aged = max(0, len(due) - too_many)
        store.commit(
            Change(
                buried=tuple(remains(entry, now=now) for entry in leaving),
                intakes=left(store, leaving),
                forgotten=forgotten,
                allowance=replace(allowance, left=allowance.left - aged) if allowance and aged else None,
            )
        )
    return due


Ageing = Callable[[], tuple[str, ...]]
"""Lets go of what is due; the ids of entries that left."""


def ageing(retention: Retention, *, observe: Observer) -> Ageing:
    """Lets go of what is due and tells it; a store that refuses is met by others, and they tell that."""
    told = False

    def age_out() -> tuple[str, ...]:
        nonlocal told
        try:
            left = retention.let_go()
        except StoreError:
            return ()  # the next pass meets that and tells it
        if left.ids:
            observe(AgedOut(entries=len(left.ids)))
        if left.held and not told:
            observe(AgeingHeld(entries=left.held))
        told = left.held > 0
        return left.ids

    return age_out
