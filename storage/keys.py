"""Where each value stands: key indexes over the documents, so that no question scans the store.

Derived from the documents alone: it is told of every change, whoever made it, and is rebuilt when a store is opened.
Documents without the keys of their table are not ours and are passed over.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import repeat
from sys import intern
from typing import Any, Generic, TypeVar
from zlib import crc32

from storage.codec import Document

K = TypeVar("K")

KEYS: dict[str, tuple[str, ...]] = {
    "entries": ("id",),
    "revisions": ("entry", "number"),
    "placements": ("entry",),
    "states": ("source",),
    "site": (),
    "tombstones": ("id",),
}
"""Our tables, and the fields that tell one document of a table from another."""

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
    # A field that holds its default is not written; the only such key field is the number of a first revision.
    return tuple([document[name] if name != "number" else document.get(name, 0) for name in names])


def sign(source: str, text: str) -> int:
    """A number that stands in for a source and a text of one of its entries.

    Few texts share one by chance (of 100,000 entries about five), and a store may answer too much. As a number it costs
    80 bytes of memory in its index, where the text would cost 200.
    """
    return crc32(text.encode("utf-8", "surrogatepass"), crc32(source.encode("utf-8", "surrogatepass")))


def own_key(table: str, document: Document) -> Key | None:
    """As `key_of`; None for a document that is not ours."""
    return key_of(table, document) if _is_ours(table, document) else None


class MultiMap(Generic[K]):
    """From a key to all that have it; most keys belong to one, which then costs no set."""

    def __init__(self, pairs: Iterable[tuple[K, int]] = ()) -> None:
        self._held: dict[K, int | set[int]] = {}
        for key, number in pairs:
            if self._held.setdefault(key, number) != number:
                self.add(key, number)

    def add(self, key: K, number: int) -> None:
        match self._held.get(key):
            case None:
                self._held[key] = number
            case set() as several:
                several.add(number)
            case one if one != number:
                self._held[key] = {one, number}

    def discard(self, key: K, number: int) -> None:
        match self._held.get(key):
            case set() as several:
                several.discard(number)
                if not several:
                    del self._held[key]
            case one if one == number:
                del self._held[key]

    def get(self, key: K) -> tuple[int, ...]:
        match self._held.get(key):
            case None:
                return ()
            case int(one):
                return (one,)
            case several:
                return tuple(several)

    def pairs(self) -> Iterator[tuple[K, int]]:
        """Every key with everyone that has it."""
        for key, held in self._held.items():
            yield from zip(repeat(key), held) if isinstance(held, set) else ((key, held),)


class KeyIndex:
    """Numbers of documents by what is asked for."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[Key, int]] = {table: {} for table in KEYS}
        self.guids: dict[str, MultiMap[tuple[str, str]]] = {table: MultiMap() for table in CLUED}
        """Entries and tombstones by (source, guid)."""
        self.urls: dict[str, MultiMap[str]] = {table: MultiMap() for table in CLUED}
        """Entries and tombstones by canonical URL."""
        self.signs: dict[str, MultiMap[int]] = {table: MultiMap() for table in CLUED}
        """Entries and tombstones by what stands in for (source, title) and (source, published)."""
        self.revisions: MultiMap[str] = MultiMap()
        """The numbers of an entry's revisions, by entry."""
        self.copies = 0
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

    def newest_first(self) -> Iterator[int]:
        """Numbers of all entries: newest `first_seen` first, equal times by id."""
        numbers = self._numbers["entries"]
        for moment in reversed(self._moments):
            for entry_id in self._ids_at[moment]:
                yield numbers[entry_id]

    def columns(self) -> Columns:
        """All of it as plain JSON, for `from_columns`."""
        revisions = list(self.revisions.pairs())
        ids = self._numbers["entries"]
        return {
            "numbers": {table: [list(held), list(held.values())] for table, held in self._numbers.items()},
            "clues": {table: self._clue_columns(table) for table in CLUED},
            "signs": {table: self._sign_columns(table) for table in CLUED},
            "revisions": [[entry for entry, _ in revisions], [number for _, number in revisions]],
            "copies": self.copies,
            "moments": self._moments,
            "order": [[ids[entry_id] for entry_id in self._ids_at[moment]] for moment in self._moments],
        }

    def _clue_columns(self, table: str) -> list[list[Any]]:
        guids, urls = list(self.guids[table].pairs()), list(self.urls[table].pairs())
        return [
            [source for (source, _), _ in guids],
            [guid for (_, guid), _ in guids],
            [number for _, number in guids],
            [url for url, _ in urls],
            [number for _, number in urls],
        ]

    def _sign_columns(self, table: str) -> list[list[int]]:
        signs = list(self.signs[table].pairs())
        return [[one for one, _ in signs], [number for _, number in signs]]

    @classmethod
    def from_columns(cls, columns: Columns) -> KeyIndex:
        """The index that `columns` was made of."""
        index = cls()
        for table, (keys, numbers) in columns["numbers"].items():
            index._numbers[table] = dict(zip(keys if len(KEYS[table]) == 1 else map(tuple, keys), numbers, strict=True))
        for table, (sources, guids, numbers, *urls) in columns["clues"].items():
            called = zip(map(intern, sources), guids, strict=True)
            index.guids[table] = MultiMap(zip(called, numbers, strict=True))
            index.urls[table] = MultiMap(zip(*urls, strict=True))
        for table, pairs in columns["signs"].items():
            index.signs[table] = MultiMap(zip(*pairs, strict=True))
        index.revisions = MultiMap(zip(*columns["revisions"], strict=True))
        index.copies = columns["copies"]
        index._moments = columns["moments"]
        ids = {number: entry_id for entry_id, number in index._numbers["entries"].items()}
        order = zip(index._moments, columns["order"], strict=True)
        index._ids_at = {moment: [ids[number] for number in numbers] for moment, numbers in order}
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
            case "tombstones":
                self._add_clues(table, number, document)
            case "revisions":
                self.revisions.add(document["entry"], document.get("number", 0))
            case "placements":
                self.copies += "copy_of" in document
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
            case "tombstones":
                self._discard_clues(table, number, document)
            case "revisions":
                self.revisions.discard(document["entry"], document.get("number", 0))
            case "placements":
                self.copies -= "copy_of" in document
            case _:
                pass

    def _add_clues(self, table: str, number: int, document: Document) -> None:
        if guid := document.get("guid"):
            self.guids[table].add((intern(document["source"]), guid), number)
        if url := document.get("canonical_url"):
            self.urls[table].add(url, number)
        for one in _signs(document):
            self.signs[table].add(one, number)

    def _discard_clues(self, table: str, number: int, document: Document) -> None:
        self.guids[table].discard((document["source"], document.get("guid", "")), number)
        self.urls[table].discard(document.get("canonical_url", ""), number)
        for one in _signs(document):
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


def _signs(document: Document) -> Iterator[int]:
    for name in ("title", "published"):
        if type(text := document.get(name)) is str:
            yield sign(document["source"], text)


_TEXTS = {
    "entries": ("id", "source", "first_seen"),
    "revisions": ("entry",),
    "placements": ("entry",),
    "states": ("source",),
    "site": (),
    "tombstones": ("id", "source"),
}
_MAYBE_TEXTS = ("guid", "canonical_url")


def _is_ours(table: str, document: Document) -> bool:
    # A loop, not `all`: asked of every document at opening, where a generator each would cost as much as the indexing.
    if table not in _TEXTS:
        return False
    for name in _TEXTS[table]:
        if type(document.get(name)) is not str:
            return False
    for name in _MAYBE_TEXTS:  # noqa: SIM110 - see above
        if type(document.get(name, "")) is not str:
            return False
    return True
