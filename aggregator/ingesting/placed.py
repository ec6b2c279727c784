"""What is remembered of entries, with what a pass brings laid over it until that is committed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from feeds.model import Entry, Placement
from storage.port import Keys, Store


class Remembering:
    """`feeds.dedupe.placing.Facts` over a store, which stays as it is meanwhile; nothing is written."""

    def __init__(self, store: Store, entries: Iterable[Entry] = (), placements: Iterable[Placement] = ()) -> None:
        """`entries` and `placements` take the place of what the store has under their ids."""
        self._store = store
        self._entries = {entry.id: entry for entry in entries}
        self._placed: dict[str, Placement] = {}
        self._stored: dict[str, Placement | None] = {}
        """What the store said so far, as it is asked of one entry again and again; None: it has none."""
        self.place(placements)

    def entries(self, *, ids: Collection[str], urls: Collection[str]) -> tuple[Entry, ...]:
        """Those that have one of these ids or canonical URLs, ordered by id."""
        asked = Keys(ids=frozenset(ids) - self._entries.keys(), urls=frozenset(urls))
        found = {entry.id: entry for entry in self._store.known(asked) if entry.id not in self._entries}
        wanted = set(ids)
        found.update(
            (entry.id, entry)
            for entry in self._entries.values()
            if entry.id in wanted or (entry.canonical_url and entry.canonical_url in asked.urls)
        )
        return tuple(found[entry_id] for entry_id in sorted(found))

    def entry(self, entry_id: str) -> Entry | None:
        return self._entries.get(entry_id) or self._store.entry(entry_id)

    def placements(self, ids: Collection[str]) -> Mapping[str, Placement]:
        """Of those that have one."""
        stored = self._kept(entry_id for entry_id in ids if entry_id not in self._placed)
        return {**stored, **{entry_id: self._placed[entry_id] for entry_id in ids if entry_id in self._placed}}

    def placement(self, entry_id: str) -> Placement:
        """Who has none stands for itself."""
        return self.placements((entry_id,)).get(entry_id) or Placement(entry=entry_id)

    def place(self, placements: Iterable[Placement]) -> None:
        """Lay these over what is stored."""
        for placement in placements:
            self._placed[placement.entry] = placement

    def changed(self) -> tuple[Placement, ...]:
        """Those that differ from what is stored, by id."""
        return tuple(after for before, after in self._both() if before != after)

    def found(self) -> tuple[str, ...]:
        """Ids of the entries that turned out to be copies, and are none as far as the store knows."""
        return tuple(after.entry for before, after in self._both() if after.copy_of and not before.copy_of)

    def _both(self) -> list[tuple[Placement, Placement]]:
        stored = self._kept(self._placed)
        return [(stored.get(one) or Placement(entry=one), self._placed[one]) for one in sorted(self._placed)]

    def _kept(self, ids: Iterable[str]) -> Mapping[str, Placement]:
        """What the store has of these."""
        asked = tuple(ids)
        if unknown := [entry_id for entry_id in asked if entry_id not in self._stored]:
            found = self._store.placements(unknown)
            self._stored.update((entry_id, found.get(entry_id)) for entry_id in unknown)
        return {entry_id: kept for entry_id in asked if (kept := self._stored[entry_id])}
