"""How much alike two entries, or an entry and a story, are by their terms: cosines of TF-IDF over a window.

All counts are whole numbers that go up and down with the entries of the window, so that what comes out depends on
which entries are there and on nothing else: neither on how they came, nor on what was there before.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt
from typing import Final, NamedTuple
from zlib import crc32

from feeds.dedupe.terms import LEAD, NAME, NUMBER, OFTEN, TITLE

MOST_ENTRIES: Final = 200_000
"""That can be counted at the same time."""

# What a term counts more in the title, in the lead and as a name, and less as a number. Weights drawn at random 60
# times take the best F1 of pairs from .83 to .86 (SemEval en-en) and from .84 to .86 (Telegram ru); none of them alone
# does more than .01 of it, and every draw near these is as good.
_TITLE: Final = 1.7
_LEAD: Final = 1.5
_NAME: Final = 1.2
_NUMBER: Final = 0.8
_SCALE: Final = 16
"""Weights are whole numbers: sums of them go back to what they were when an entry leaves."""
_FLATTER: Final = 0.3
"""Added to every inverse frequency (in nats): in a small window rare and common words differ less than they seem to."""

_SLOTS: Final = 1 << 20
"""Counters of document frequency, four bytes each. With 250,000 terms one in four shares its counter, and is believed
to be a little more common than it is."""
_SLOTS_OF_SOURCES: Final = 1 << 21
"""Counters of a term in a source, two bytes each; the same holds for them."""
_USUAL: Final = 5.0
"""A source's own words tell nothing there: `Comments URL` stands in every entry of Hacker News. A term weighs less by
this many times the share of the source's entries that have it: nothing from a fifth on."""
_FEW: Final = 10
"""Entries that are added to those of a source: what the first one has is not usual."""


def _weight(info: int) -> int:
    """What a term weighs in its entry, from the lowest byte of the packed term."""
    weight = 1 + log(max(1, info & OFTEN))
    for flag, factor in ((TITLE, _TITLE), (LEAD, _LEAD), (NAME, _NAME), (NUMBER, _NUMBER)):
        if info & flag:
            weight *= factor
    return round(_SCALE * weight)


WEIGHTS: Final = tuple(map(_weight, range(256)))
_LOGS: Final = [log(count + 0.5) for count in range(MOST_ENTRIES + 2)]


class Likeness(NamedTuple):
    """How an entry stands to another one."""

    cosine: float
    shared: int
    """Terms that both have."""
    largest: float
    """The part that one shared term alone has in the whole, from 0 to 1."""


_UNLIKE: Final = Likeness(cosine=0.0, shared=0, largest=1.0)


class Frequencies:
    """In how many entries of the window each term is: in all, and in those of each source."""

    def __init__(self) -> None:
        self.entries = 0
        self.counts = array("I", bytes(4 * _SLOTS))
        self._entries_of: Counter[str] = Counter()
        self._counts_of_sources = array("H", bytes(2 * _SLOTS_OF_SOURCES))

    def add(self, packed: Sequence[int], source: str) -> None:
        """Count an entry in."""
        self._count(packed, source, 1)

    def remove(self, packed: Sequence[int], source: str) -> None:
        """Count it out; it must be the one that was counted in."""
        self._count(packed, source, -1)

    def usual(self, packed: Iterable[int], source: str) -> list[float]:
        """What stays of each term's weight in this source: 1 of a rare one, 0 of what a fifth of its entries have."""
        entries, salt, counts = self._entries_of.get(source, 0) + _FEW, _salt(source), self._counts_of_sources
        each = _USUAL / entries
        return [max(0.0, 1 - each * counts[(term >> 8 ^ salt) % _SLOTS_OF_SOURCES]) for term in packed]

    def _count(self, packed: Sequence[int], source: str, one: int) -> None:
        self.entries += one
        self._entries_of[source] += one
        if not self._entries_of[source]:
            del self._entries_of[source]
        counts, of_sources, salt = self.counts, self._counts_of_sources, _salt(source)
        for term in packed:
            key = term >> 8
            counts[key % _SLOTS] += one
            of_sources[(key ^ salt) % _SLOTS_OF_SOURCES] += one


class Query:
    """An entry's terms, weighed against a window as if it were in it."""

    __slots__ = ("_counts", "_idf", "_length", "_most", "_values")

    def __init__(self, packed: Sequence[int], source: str, frequencies: Frequencies) -> None:
        self._counts = counts = frequencies.counts
        self._most = most = _LOGS[min(frequencies.entries + 1, MOST_ENTRIES)] + _FLATTER
        self._idf: dict[int, float] = {}
        self._values: dict[int, float] = {}
        square = 0.0
        for term, left in zip(packed, frequencies.usual(packed, source), strict=True):
            key, weight = term >> 8, WEIGHTS[term & 0xFF]
            idf = left * (most - _LOGS[counts[key % _SLOTS] + 1])
            if idf > 0:
                self._idf[key] = idf
                self._values[key] = weight * idf * idf
                square += (weight * idf) ** 2
        self._length = sqrt(square)

    def value(self, key: int) -> float:
        """What sharing this term with the entry is worth, for a weight of 1 in the other; 0: nothing."""
        return self._values.get(key, 0.0)

    def likeness(self, packed: Iterable[int]) -> Likeness:
        """To an entry of the window."""
        values, known, counts, most, logs, weights = (
            self._values, self._idf, self._counts, self._most, _LOGS, WEIGHTS,
        )  # fmt: skip
        dot = square = largest = 0.0
        shared = 0
        for term in packed:
            key, weight = term >> 8, weights[term & 0xFF]
            if key in known:
                square += (weight * known[key]) ** 2
                product = values[key] * weight
                dot += product
                shared += 1
                largest = max(product, largest)
            else:
                idf = most - logs[counts[key % _SLOTS]]
                if idf > 0:
                    square += (weight * idf) ** 2
        return Likeness(dot / (self._length * sqrt(square)), shared, largest / dot) if dot else _UNLIKE

    def cosine(self, sums: Mapping[int, int]) -> float:
        """To several entries of the window together: `sums` of their weights by key."""
        counts, most, logs = self._counts, self._most, _LOGS
        square = 0.0
        for key, weight in sums.items():
            idf = most - logs[counts[key % _SLOTS]]
            if idf > 0:
                square += (weight * idf) ** 2
        dot = sum(value * sums.get(key, 0) for key, value in self._values.items())
        return dot / (self._length * sqrt(square)) if dot else 0.0


def _salt(source: str) -> int:
    return crc32(source.encode("utf-8", "surrogatepass"))
