"""Stored entries as everybody sees them: without the boilerplate of their hosts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from feeds.dedupe.boilerplate import without_boilerplate
from feeds.dedupe.hosts import host_of
from feeds.model import Entry
from storage.port import Keys, Store

ASKED: Final = 500
"""Entries that the store is asked for at once: of a database, each question is a way there and back."""


class Cleaned:
    """A view of a store. What topics decide on, what commands explain and what feeds show is the same text."""

    def __init__(self, store: Store) -> None:
        """With the lines that are learnt by now; raises StoreError."""
        self._store = store
        self._lines: Mapping[str, frozenset[str]] = store.boilerplate()

    def learn(self) -> frozenset[str]:
        """Take note of lines that were learnt since; the answer are the hosts that have any. Raises StoreError."""
        before, self._lines = self._lines, self._store.boilerplate()
        return frozenset(host for host in {*before, *self._lines} if before.get(host) != self._lines.get(host))

    def entry(self, entry_id: str) -> Entry | None:
        entry = self._store.entry(entry_id)
        return entry and self.without(entry)

    def among(self, entry_ids: Iterable[str]) -> dict[str, Entry]:
        """Those of `entry_ids` that are stored, by id, in this order. Raises StoreError."""
        wanted = tuple(dict.fromkeys(entry_ids))
        found: dict[str, Entry] = {}
        for start in range(0, len(wanted), ASKED):
            keys = Keys(ids=frozenset(wanted[start : start + ASKED]))
            found.update((entry.id, entry) for entry in self._store.known(keys))
        return {entry_id: self.without(found[entry_id]) for entry_id in wanted if entry_id in found}

    def entries(self, *, hosts: Collection[str] | None = None) -> Iterator[Entry]:
        """All of them, or those of `hosts`, newest first."""
        for entry in self._store.entries():
            if hosts is None or host_of(entry) in hosts:
                yield self.without(entry)

    def without(self, entry: Entry) -> Entry:
        """`entry` without what its host prints under many of its entries."""
        return without_boilerplate(entry, self._lines.get(host_of(entry), ())) if self._lines else entry
