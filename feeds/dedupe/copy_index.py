"""Finding what an entry may be a copy of, among a hundred thousand, without their texts."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zlib import crc32

from feeds.dedupe.hosts import host_or_source
from feeds.dedupe.likeness import ENOUGH, FEWEST, Sketched
from feeds.dedupe.postings import BUCKETS, Postings
from feeds.dedupe.shingles import TextSketch, read_text_sketch
from feeds.model import Entry

REPEATED: Final = 4
"""Articles of one host that have a sequence in common before it counts as boilerplate: three others and its own."""
MOST_ALIKE: Final = 16
"""Entries of one host by which a sequence finds its text, where a host has the same text again and again; the time that
another one takes must not grow with their number."""
SWEPT: Final = 64
"""Buckets that are cleaned with each entry, while there is something to clean."""

_MARK: Final = 0x80000000
"""A number in the postings with this bit says: boilerplate of the host in the other bits, in that week."""
_WEEK: Final = 7 * 86400
_HOST_BITS: Final = 24
_HOST: Final = (1 << _HOST_BITS) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry, and what there is to compare it with."""

    sketched: Sketched
    candidates: tuple[str, ...]
    """Ids of the entries that it may be a copy of, or they of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of taking an entry into the index."""

    found: Found
    again: tuple[str, ...]
    """Other entries of its host, sequences of which became boilerplate by it: to be decided about again."""


class CopyIndex:
    """The sketches of the entries of a window. Derived state: adding all entries again gives the same answers.

    Boilerplate are the sequences that at least `REPEATED` articles of one host have; those of its entries that
    differ neither in address nor in words are one article. What has become boilerplate remains so while the host goes
    on repeating it.
    """

    def __init__(self) -> None:
        self._postings = Postings()
        self._slots: dict[str, int] = {}
        self._ids: list[str] = []
        self._hosts, self._sources, self._urls, self._prints, self._day = (array("I") for _ in range(5))
        self._numbers: dict[str, int] = {}
        self._alive = bytearray()
        self._days: dict[int, list[int]] = {}
        self._gone: list[int] = []
        self._leaving: frozenset[int] = frozenset()
        self._free: list[int] = []
        self._swept = 0
        self._week = 0

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def places(self) -> int:
        """How many entries it has room for before it grows."""
        return len(self._ids)

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._slots

    def add(self, entry: Entry) -> Added | None:
        """Take `entry` in, in the place of an earlier state of it.

        None: it has no sketch of this version, and stays out.
        """
        self.discard(entry.id)
        text = read_text_sketch(entry.sketch)
        if text is None:
            return None
        self._week = max(self._week, int(entry.first_seen.timestamp()) // _WEEK)
        slot, keys = self._slot(entry), _keys(entry, text)
        there = self._postings.among(keys)
        found, again = self._found(entry, text, there), set[int]()
        if text.is_short:
            self._postings.add(keys, slot)
        else:
            self._postings.add([key for key in keys if key not in there], slot)
            for key, numbers in there.items():
                again.update(self._join(key, numbers, slot))
        if self._gone or self._leaving:
            self._sweep()
        ids = sorted(self._ids[one] for one in again if one != slot)
        return Added(found=self._found(entry, text, self._postings.among(keys)) if ids else found, again=tuple(ids))

    def discard(self, entry_id: str) -> None:
        """Forget an entry, if it is here."""
        slot = self._slots.pop(entry_id, None)
        if slot is not None:
            self._alive[slot] = 0
            self._gone.append(slot)

    def expire(self, before: datetime) -> None:
        """Forget the entries of the days (UTC) that ended before `before`, by `first_seen`."""
        last = before.timestamp() // 86400
        for day in [day for day in self._days if day < last]:
            for slot in self._days.pop(day):
                if self._alive[slot] and self._day[slot] == day:
                    self.discard(self._ids[slot])

    def look(self, entry: Entry) -> Found | None:
        """What there is to compare `entry` with, whether it is here or not; None: it has no sketch of this version."""
        text = read_text_sketch(entry.sketch)
        return None if text is None else self._found(entry, text, self._postings.among(_keys(entry, text)))

    def _found(self, entry: Entry, text: TextSketch, there: Mapping[int, Sequence[int]]) -> Found:
        host, source = self._numbers.get(host_or_source(entry), -1), self._numbers.get(entry.source, -1)
        boilerplate, counts = [], dict[int, int]()
        for key, numbers in there.items():
            if not text.is_short and any(one >= _MARK and one & _HOST == host for one in numbers):
                boilerplate.append(key)
                continue
            for one in numbers:
                counts[one] = counts.get(one, 0) + 1
        least = 1 if text.is_short else ENOUGH
        alike = {
            self._ids[slot]
            for slot, count in counts.items()
            if count >= least and slot < _MARK and self._alive[slot] and self._sources[slot] != source
        }
        return Found(
            sketched=Sketched(entry=entry, text=text, boilerplate=frozenset(boilerplate)),
            candidates=tuple(sorted(alike - {entry.id})),
        )

    def _slot(self, entry: Entry) -> int:
        row = (
            self._number(host_or_source(entry)),
            self._number(entry.source),
            crc32((entry.canonical_url or entry.id).encode()),
            crc32(entry.fingerprint.encode()),
            int(entry.first_seen.timestamp()) // 86400,
        )
        columns = (self._hosts, self._sources, self._urls, self._prints, self._day)
        if self._free:
            slot = self._free.pop()
            self._ids[slot], self._alive[slot] = entry.id, 1
            for column, value in zip(columns, row, strict=True):
                column[slot] = value
        else:
            slot = len(self._ids)
            self._ids.append(entry.id)
            self._alive.append(1)
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        self._slots[entry.id] = slot
        self._days.setdefault(self._day[slot], []).append(slot)
        return slot

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def _join(self, key: int, there: Sequence[int], slot: int) -> Iterable[int]:
        """Put `slot` under `key`, where others are; the answer are those for which it became boilerplate just now."""
        host = self._hosts[slot]
        for one in there:
            if one >= _MARK and one & _HOST == host:
                self._renew(key, one, host)
                return ()
        same = [one for one in there if one < _MARK and self._hosts[one] == host and self._alive[one]]
        if len(same) >= MOST_ALIKE:
            return ()
        same.append(slot)
        if len(same) < REPEATED or self._articles(same) < REPEATED:
            self._postings.add((key,), slot)
            return ()
        for one in same[:-1]:
            self._postings.remove(key, one)
        self._postings.add((key,), self._marked(host))
        return same

    def _articles(self, slots: Sequence[int]) -> int:
        return min(len({self._urls[one] for one in slots}), len({self._prints[one] for one in slots}))

    def _marked(self, host: int) -> int:
        return _MARK | (self._week & 0x7F) << _HOST_BITS | host

    def _renew(self, key: int, mark: int, host: int) -> None:
        if mark != self._marked(host):
            self._postings.remove(key, mark)
            self._postings.add((key,), self._marked(host))

    def _sweep(self) -> None:
        """Clean a few buckets of what left; a round begins when enough has left to be worth it."""
        if not self._leaving:
            if len(self._gone) < max(1000, len(self._slots) // 8):
                return
            self._leaving, self._gone, self._swept = frozenset(self._gone), [], 0
        for place in range(self._swept, min(BUCKETS, self._swept + SWEPT)):
            self._postings.keep(place, self._stays)
        self._swept += SWEPT
        if self._swept >= BUCKETS:
            self._free += sorted(self._leaving)
            self._leaving = frozenset()

    def _stays(self, number: int) -> bool:
        if number >= _MARK:
            return (self._week - (number >> _HOST_BITS)) & 0x7F < 2
        return number not in self._leaving


def _keys(entry: Entry, text: TextSketch) -> Sequence[int]:
    """What the entry is found by: its sequences; a short text by its words, if they are enough for a copy."""
    if text.is_short:
        return (crc32(entry.fingerprint.encode()),) if text.words >= FEWEST else ()
    return (*text.head, *text.tail)
