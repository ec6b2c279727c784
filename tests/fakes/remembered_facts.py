"""What is remembered of entries, in dicts; and texts that are made to be compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from feeds.dedupe.copy_index import CopyIndex
from feeds.dedupe.placing import place
from feeds.model import Entry, Placement


def prose(start: int, end: int) -> str:
    """A text of the words from `start` to `end` of an endless one in which no word comes again."""
    return " ".join(f"w{number}" for number in range(start, end))


class RememberedFacts:
    """`feeds.dedupe.placing.Facts`, and an index beside them, as a pass of a daemon keeps them."""

    def __init__(self, *, ranks: Mapping[str, int] | None = None, forbidden: Collection[frozenset[str]] = ()) -> None:
        self.index = CopyIndex()
        self.ranks = ranks or {}
        self.forbidden = forbidden
        self.by_id: dict[str, Entry] = {}
        self.placed: dict[str, Placement] = {}

    def entries(self, *, ids: Collection[str], urls: Collection[str]) -> Iterable[Entry]:
        return [one for one in self.by_id.values() if one.id in ids or one.canonical_url in urls]

    def placements(self, ids: Collection[str]) -> Mapping[str, Placement]:
        return {one: self.placed[one] for one in ids if one in self.placed}

    def remember(self, *entries: Entry) -> dict[str, Placement]:
        """One pass; what it changed."""
        self.by_id.update((one.id, one) for one in entries)
        changed = place(entries, index=self.index, facts=self, ranks=self.ranks, forbidden=self.forbidden)
        self.placed.update(changed)
        return changed

    def roots(self) -> dict[str, str]:
        """By id, what each entry stands under: another one, or itself."""
        return {one: (self.placed[one].copy_of or one) if one in self.placed else one for one in self.by_id}
