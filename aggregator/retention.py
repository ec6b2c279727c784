"""How long entries stay: by age and by number, a few at a time, each leaving a tombstone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.dedupe.remains import remains
from storage.port import Change, Keys, Store

ROUND = 1000
"""Entries that leave in one commit: it takes some 50 ms, and a backlog of 100,000 goes in two hours of rounds."""
TOMBSTONES = 200_000
"""Tombstones that are kept, those met last: some 150 MB of memory, and years of the shipped sources."""
MET_AGAIN = timedelta(days=30)
"""How old a tombstone may grow, while its source still lists the entry, before it counts as new again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What stays: entries first seen at most `age` ago, and of these the newest `most`."""

    age: timedelta
    most: int


def age_out(store: Store, keeping: Keeping, *, now: datetime) -> tuple[str, ...]:
    """Let go of the oldest entries that are due; their ids. Blocks while the store writes. Raises StoreError."""
    due = store.aged(before=now - keeping.age, most=keeping.most)[:ROUND]
    forgotten = store.tombstones_beyond(TOMBSTONES)[:ROUND]
    if due or forgotten:
        leaving = store.known(Keys(ids=frozenset(due)))
        store.commit(Change(buried=tuple(remains(entry, now=now) for entry in leaving), forgotten=forgotten))
    return due


Ageing = Callable[[], tuple[str, ...]]
"""Lets go of what is due; the ids of entries that left."""
