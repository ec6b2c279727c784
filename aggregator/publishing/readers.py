"""What readers have seen: remembered, for it binds what is published later."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from feeds.errors import StoreError
from feeds.model import Placement, TopicSeen
from storage.port import Change, Store


class Readers:
    """A store that refuses stops nothing here: readers are not to wait for it, and the next round tries again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: set[str] = set()
        """Ids of entries that are known to be remembered as published."""
        self._topics: frozenset[str] | None = None
        """Ids of all topics that were ever published; None: not asked yet."""

    def see_entries(self, shown: AbstractSet[str], now: datetime) -> tuple[str, ...]:
        """Remember that entries are published under their ids `now`; those for which it is the first time."""
        unknown = shown - self._entries
        placements = {one: Placement(entry=one) for one in unknown} | dict(self._store.placements(unknown))
        fresh = [replace(placement, published=now) for placement in placements.values() if placement.published is None]
        try:
            if fresh:
                self._store.commit(Change(placements=tuple(fresh)))
        except StoreError:
            return ()
        self._entries |= unknown
        return tuple(placement.entry for placement in fresh)

    def see_topics(self, topics: AbstractSet[str]) -> frozenset[str]:
        """All topics that readers ever saw, `topics` from now on among them."""
        seen = self._store.topics() if self._topics is None else self._topics
        self._topics = seen
        if fresh := topics - seen:
            try:
                self._store.commit(Change(topics=tuple(TopicSeen(id=one) for one in sorted(fresh))))
            except StoreError:
                return seen
            self._topics = seen | fresh
        return self._topics
