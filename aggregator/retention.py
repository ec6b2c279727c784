"""How long entries stay: by age and by number, a few at a time, each leaving a tombstone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from feeds.dedupe.remains import remains
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What stays: entries first seen at most `age` ago, and of these the newest `most`."""

    age: timedelta
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ration:
    """How many entries may still leave by their age in the day of process time that began at `since`."""

    since: timedelta
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What left, and how many entries are old enough by the clock and stay for now, as it may be wrong."""

    ids: tuple[str, ...] = ()
    held: int = 0


def trusted(clock: datetime, *, anchor: datetime, running: timedelta) -> datetime:
    """`clock`, but no later than what was known when we started allows, after `running` for so long."""
    return min(clock, anchor + running + SLACK)


def ration(current: Ration | None, *, entries: int, running: timedelta) -> Ration:
    """`current` while its day lasts, then a new one, for a store of `entries`."""
    if current is not None and running - current.since < DAY:
        return current
    return Ration(since=running, left=max(LEAST, entries // SHARE))


def newest(store: Store) -> datetime | None:
    """The last moment that the store knows of, None when it knows none. Raises StoreError."""
    seen = (entry.first_seen for entry in islice(store.entries(), 1))
    asked = (state.last_fetch for state in store.states().values() if state.last_fetch is not None)
    return max((*seen, *asked), default=None)


class Retention:
    """Lets go of entries, at a pace at which no wrong clock costs much."""

    def __init__(
        self, store: Store, keeping: Keeping, *, clock: Callable[[], datetime], uptime: Callable[[], timedelta]
    ) -> None:
        """`uptime` grows evenly, whatever happens to `clock`. Raises StoreError."""
        self._store = store
        self._keeping = keeping
        self._clock = clock
        self._uptime = uptime
        self._started = uptime()
        self._anchor = newest(store) or clock()
        self._ration: Ration | None = None

    def let_go(self) -> Left:
        """Let go of the oldest entries that are due. Blocks while the store writes. Raises StoreError."""
        clock, running = self._clock(), self._uptime() - self._started
        entries = self._store.counts().entries
        now = trusted(clock, anchor=self._anchor, running=running)
        current = ration(self._ration, entries=entries, running=running)
        too_many = max(0, entries - self._keeping.most)
        by_clock = len(self._store.aged(before=clock - self._keeping.age, most=self._keeping.most))
        ids = age_out(self._store, self._keeping, now=now, by_age=current.left)
        aged = max(0, len(ids) - too_many)
        self._ration = replace(current, left=current.left - aged)
        return Left(ids=ids, held=max(0, by_clock - len(ids)) if len(ids) < ROUND else 0)


def age_out(store: Store, keeping: Keeping, *, now: datetime, by_age: int = ROUND) -> tuple[str, ...]:
    """Let go of the oldest entries that are due, at most `by_age` of them for their age alone; their ids.

    Blocks while the store writes. Raises StoreError.
    """
    too_many = max(0, store.counts().entries - keeping.most)
    due = store.aged(before=now - keeping.age, most=keeping.most)[: min(ROUND, too_many + by_age)]
    forgotten = store.tombstones_beyond(TOMBSTONES)[:ROUND]
    if due or forgotten:
        leaving = store.known(Keys(ids=frozenset(due)))
        store.commit(Change(buried=tuple(remains(entry, now=now) for entry in leaving), forgotten=forgotten))
    return due


Ageing = Callable[[], tuple[str, ...]]
"""Lets go of what is due; the ids of entries that left."""
