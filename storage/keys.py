"""Where each value stands: key indexes over the documents, so that no question scans the store.

Derived from the documents alone: it is told of every change, whoever made it, and is rebuilt when a store is opened.
Documents without the keys of their table are not ours and are passed over.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from sys import intern
from typing import Any

from storage.codec import Document
from storage.multimap import MultiMap
from storage.packing import pack, unpack
from storage.sharing import Numbers, Once
from storage.signs import signs_of

KEYS: dict[str, tuple[str, ...]] = {
    "entries": ("id",),
    "revisions": ("entry", "number"),
    "placements": ("entry",),
    "decisions": ("kind", "entry", "other"),
    "boilerplate": ("host", "line"),
    "states": ("source",),
    "site": (),
    "allowance": (),
    "topics": ("id",),
    "archives": ("topic", "number"),
    "subscriptions": ("topic", "callback"),
    "notices": ("at", "about", "condition"),
    "intakes": ("source",),
    "tombstones": ("id",),
}
"""Our tables, and the fields that tell one document of a table from another."""

_DEFAULTS: dict[str, int | str] = {"number": 0, "other": ""}
"""Of key fields: what holds its default is not written."""

CLUED = ("entries", "tombstones")
"""The tables in which the clues of an entry are looked up."""

Key = Any
"""The only key field, or a tuple of all: most keys are one text, which then costs no tuple."""
Columns = dict[str, Any]
"""An index as plain JSON."""


def key_of(table: str, document: Document) -> Key:
    """What replaces what: equal keys are the same value."""
    names = KEYS[table]
    if len(names) == 1:
        return document[names[0]]
    return tuple([document[name] if name not in _DEFAULTS else document.get(name, _DEFAULTS[name]) for name in names])


def own_key(table: str, document: Document) -> Key | None:
    """As `key_of`; None for a document that is not ours."""
    return key_of(table, document) if _is_ours(table, document) else None


class KeyIndex:
    """Numbers of documents by what is asked for."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[Key, int]] = {table: {} for table in KEYS}
        self.guids: dict[str, MultiMap[tuple[str, str]]] = {table: MultiMap() for table in CLUED}
        """Entries and tombstones by (source, guid)."""
        self.urls: dict[str, MultiMap[str]] = {table: MultiMap() for table in CLUED}
        """Entries and tombstones by canonical URL."""
        self.signs: dict[str, MultiMap[int]] = {table: MultiMap() for table in CLUED}
        """Entries and tombstones by the signs of headline and date."""
        self.revisions: MultiMap[str] = MultiMap()
        """The numbers of an entry's revisions, by entry."""
        self.stories: MultiMap[str] = MultiMap()
        """Placements by story."""
        self.copies: MultiMap[str] = MultiMap()
        """Placements by the id of the entry that they copy."""
        self.copy_count = 0
        self.held_count = 0
        """Placements that keep their entries from topic feeds."""
        self.per_source: Counter[str] = Counter()
        """How many entries each source has; none that has none."""
        self._moments: list[str] = []
        self._ids_at: dict[str, list[str]] = {}
        """Ids of entries in order, by `first_seen`: an ingest has one moment, so there are few of them."""

    def note(self, table: str, number: int, before: Document | None, after: Document | None) -> None:
        """Take in that a document changed from `before` to `after`."""
        if before is not None and _is_ours(table, before):
            self._remove(table, number, before)
        if after is not None and _is_ours(table, after):
            self._add(table, number, after)

    def number(self, table: str, key: Key) -> int | None:
        """The document of `table` with this key."""
        return self._numbers[table].get(key)

    def numbers(self, table: str) -> tuple[int, ...]:
        """All documents of `table`."""
        return tuple(self._numbers[table].values())

    def count(self, table: str) -> int:
        return len(self._numbers[table])

    def newest_first(self, since: str = "") -> Iterator[int]:
        """Numbers of the entries from a moment on: newest `first_seen` first, equal times by id."""
        numbers = self._numbers["entries"]
        for moment in reversed(self._moments[bisect_left(self._moments, since) :]):
            for entry_id in self._ids_at[moment]:
                yield numbers[entry_id]

    def columns(self) -> Columns:
        """All of it as plain JSON, for `from_columns`."""
        ids = self._numbers["entries"]
        return {
            "numbers": {table: [list(held), pack(held.values())] for table, held in self._numbers.items()},
            "clues": {table: self._clue_columns(table) for table in CLUED},
            "revisions": self.revisions.columns(),
            "stories": self.stories.columns(),
            "copies": self.copies.columns(),
            "copy_count": self.copy_count,
            "held_count": self.held_count,
            "per_source": self.per_source,
            "moments": self._moments,
            "at_each": pack(len(self._ids_at[moment]) for moment in self._moments),
            "order": pack(ids[entry_id] for moment in self._moments for entry_id in self._ids_at[moment]),
        }

    def _clue_columns(self, table: str) -> list[Any]:
        guids, urls, signs = self.guids[table], self.urls[table], self.signs[table]
        return [guids.columns(_write_guids), urls.columns(), signs.columns(pack)]

    @classmethod
    def from_columns(cls, columns: Columns) -> KeyIndex:
        """The index that `columns` was made of."""
        index, once, numbered = cls(), Once(), Numbers(unpack(columns["numbers"]["entries"][1]))
        for table, (keys, numbers) in columns["numbers"].items():
            own = once(keys) if len(KEYS[table]) == 1 else map(tuple, keys)
            index._numbers[table] = dict(zip(own, numbered(unpack(numbers)), strict=True))
        for table, (guids, urls, signs) in columns["clues"].items():
            index.guids[table] = MultiMap.from_columns(guids, read=_read_guids, numbers=numbered)
            index.urls[table] = MultiMap.from_columns(urls, read=iter, numbers=numbered)
            index.signs[table] = MultiMap.from_columns(signs, read=unpack, numbers=numbered)
        index.revisions, index.stories, index.copies = (
            MultiMap.from_columns(columns[name], read=once, numbers=numbered)
            for name in ("revisions", "stories", "copies")
        )
        index.copy_count, index.held_count = columns["copy_count"], columns["held_count"]
        index.per_source = Counter(columns["per_source"])
        index._moments = columns["moments"]
        ids = {number: entry_id for entry_id, number in index._numbers["entries"].items()}
        order = map(ids.__getitem__, unpack(columns["order"]))
        at_each = zip(index._moments, unpack(columns["at_each"]), strict=True)
        index._ids_at = {moment: list(islice(order, count)) for moment, count in at_each}
        return index

    def older_than(self, moment: str) -> Iterator[str]:
        """Ids of entries, oldest first, whose `first_seen` is before `moment`."""
        for one in self._moments[: bisect_left(self._moments, moment)]:
            yield from self._ids_at[one]

    def oldest_first(self) -> Iterator[str]:
        """Ids of all entries, oldest first."""
        for one in self._moments:
            yield from self._ids_at[one]

    def oldest_tombstones(self) -> Iterator[str]:
        """Ids of all tombstones, those first that were written longest ago."""
        return iter(self._numbers["tombstones"])

    def _add(self, table: str, number: int, document: Document) -> None:
        if self._numbers[table].setdefault(key_of(table, document), number) != number:
            return  # a second document under the same key, which only a hand could have written: the first one counts
        match table:
            case "entries":
                self._add_clues(table, number, document)
                self._place(document["first_seen"], document["id"])
                self.per_source[document["source"]] += 1
            case "tombstones":
                self._add_clues(table, number, document)
            case "revisions":
                self.revisions.add(document["entry"], document.get("number", 0))
            case "placements":
                self._place_among(number, document)
            case _:
                pass

    def _remove(self, table: str, number: int, document: Document) -> None:
        if self._numbers[table].get(key := key_of(table, document)) != number:
            return
        del self._numbers[table][key]
        match table:
            case "entries":
                self._discard_clues(table, number, document)
                self._displace(document["first_seen"], document["id"])
                self.per_source -= Counter((document["source"],))
            case "tombstones":
                self._discard_clues(table, number, document)
            case "revisions":
                self.revisions.discard(document["entry"], document.get("number", 0))
            case "placements":
                self._displace_among(number, document)
            case _:
                pass

    def _place_among(self, number: int, document: Document) -> None:
        if story := document.get("story"):
            self.stories.add(story, number)
        if "copy_of" in document:
            self.copies.add(document["copy_of"], number)
            self.copy_count += 1
        self.held_count += bool(document.get("held"))

    def _displace_among(self, number: int, document: Document) -> None:
        self.stories.discard(document.get("story", ""), number)
        if "copy_of" in document:
            self.copies.discard(document["copy_of"], number)
            self.copy_count -= 1
        self.held_count -= bool(document.get("held"))

    def _add_clues(self, table: str, number: int, document: Document) -> None:
        if guid := document.get("guid"):
            self.guids[table].add((intern(document["source"]), guid), number)
        if url := document.get("canonical_url"):
            self.urls[table].add(url, number)
        for one in signs_of(document):
            self.signs[table].add(one, number)

    def _discard_clues(self, table: str, number: int, document: Document) -> None:
        self.guids[table].discard((document["source"], document.get("guid", "")), number)
        self.urls[table].discard(document.get("canonical_url", ""), number)
        for one in signs_of(document):
            self.signs[table].discard(one, number)

    def _place(self, moment: str, entry_id: str) -> None:
        if moment not in self._ids_at:
            self._ids_at[moment] = []
            insort(self._moments, moment)
        insort(self._ids_at[moment], entry_id)

    def _displace(self, moment: str, entry_id: str) -> None:
        ids = self._ids_at[moment]
        del ids[bisect_left(ids, entry_id)]
        if not ids:
            del self._ids_at[moment]
            del self._moments[bisect_left(self._moments, moment)]


def _write_guids(keys: list[tuple[str, str]]) -> list[list[str]]:
    return [[source for source, _ in keys], [guid for _, guid in keys]]


def _read_guids(columns: list[list[str]]) -> Iterator[tuple[str, str]]:
    sources, guids = columns
    return zip(map(intern, sources), guids, strict=True)


_TEXTS = {
    "entries": ("id", "source", "first_seen"),
    "revisions": ("entry",),
    "placements": ("entry",),
    "decisions": ("kind", "entry"),
    "boilerplate": ("host", "line"),
    "states": ("source",),
    "site": (),
    "allowance": (),
    "topics": ("id",),
    "archives": ("topic", "edition"),
    "subscriptions": ("topic", "callback"),
    "notices": ("at", "about", "condition"),
    "intakes": ("source",),
    "tombstones": ("id", "source"),
}
_MAYBE_TEXTS = {
    "entries": ("guid", "canonical_url"),
    "placements": ("story", "copy_of"),
    "decisions": ("other",),
    "tombstones": ("guid", "canonical_url"),
}


def _is_ours(table: str, document: Document) -> bool:
    # A loop, not `all`: asked of every document at opening, where a generator each would cost as much as the indexing.
    if table not in _TEXTS:
        return False
    for name in _TEXTS[table]:
        if type(document.get(name)) is not str:
            return False
    for name in _MAYBE_TEXTS.get(table, ()):
        if type(document.get(name, "")) is not str:
            return False
    return type(document.get("number", 0)) is int
