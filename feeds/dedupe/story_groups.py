"""The entries of the window by story, and what each story's newest ones say together."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from feeds.dedupe.story_terms import WEIGHTS
from feeds.dedupe.terms import unpack

NEWEST: Final = 16
"""Entries of a story whose sum it is compared by: what it came to be about, at a bounded cost."""


@dataclass(slots=True, kw_only=True, eq=False)
class Kept:
    """What is remembered of an entry of the window."""

    id: str
    story: str
    source: str
    language: str
    """Its primary subtag; entries in two languages are never compared."""
    terms: bytes
    """Packed; none: it says too little to be compared."""
    seen: float
    """`first_seen` and `published` as POSIX timestamps."""
    published: float

    def __lt__(self, other: Kept) -> bool:
        return (self.seen, self.id) < (other.seen, other.id)


@dataclass(slots=True)
class Group:
    """The entries of one story in one language, oldest first."""

    entries: list[Kept] = field(default_factory=list)
    _sums: dict[int, int] = field(default_factory=dict)

    def sums(self) -> Mapping[int, int]:
        """The weights of the newest entries by term, added up."""
        return self._sums

    def add(self, kept: Kept) -> None:
        before = self.entries[-NEWEST:]
        insort(self.entries, kept)
        self._follow(before)

    def remove(self, kept: Kept) -> None:
        before = self.entries[-NEWEST:]
        self.entries.remove(kept)
        self._follow(before)

    def _follow(self, before: list[Kept]) -> None:
        """Bring the sums from the entries `before` to those that are the newest now; one entry needs none."""
        now = self.entries[-NEWEST:]
        if len(now) < 2:
            self._sums.clear()
            return
        if len(before) < 2:
            before = []
        for kept in now:
            if kept not in before:
                self._count(kept, 1)
        for kept in before:
            if kept not in now:
                self._count(kept, -1)

    def _count(self, kept: Kept, sign: int) -> None:
        sums = self._sums
        for term in unpack(kept.terms):
            key = term >> 8
            total = sums.get(key, 0) + sign * WEIGHTS[term & 0xFF]
            if total:
                sums[key] = total
            else:
                del sums[key]
