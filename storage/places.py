"""Where the documents of a table stand: a mapping that costs 14 bytes a document, where a dictionary costs 110.

There are as many places as documents, and two tables with one for each entry. Numbers that are near each other share a
chunk; a chunk goes with the last of its documents, so that numbers which only grow cost nothing once they are left.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, MutableMapping
from itertools import chain
from typing import Any

from storage.lines import Place, length_of, offset_of, place_of
from storage.packing import pack, unpack

_BITS = 6
_SIZE = 1 << _BITS  # of a chunk: 64 cost 0.8 KB, which a table of far apart numbers pays for each
_MASK = _SIZE - 1

_Chunk = tuple["array[int]", "array[int]"]
"""Offsets, and lengths, of which no document has 0."""


class Places(MutableMapping[int, Place]):
    """By number in TinyDB, in the order of the numbers."""

    __slots__ = ("_chunks", "_count")

    def __init__(self, pairs: Iterable[tuple[int, Place]] = ()) -> None:
        self._chunks: dict[int, _Chunk] = {}
        self._count = 0
        for number, place in pairs:
            self[number] = place

    def copy(self) -> Places:
        """The same places, apart from here on."""
        other = Places()
        other._chunks = {base: (offsets[:], lengths[:]) for base, (offsets, lengths) in self._chunks.items()}
        other._count = self._count
        return other

    def __getitem__(self, number: int) -> Place:
        offsets, lengths = self._chunks[number >> _BITS]
        at = number & _MASK
        if not lengths[at]:
            raise KeyError(number)
        return place_of(offsets[at], lengths[at])

    def __setitem__(self, number: int, place: Place) -> None:
        chunk = self._chunks.get(number >> _BITS)
        if chunk is None:
            chunk = self._chunks[number >> _BITS] = (array("q", bytes(8 * _SIZE)), array("I", bytes(4 * _SIZE)))
        at = number & _MASK
        self._count += not chunk[1][at]
        chunk[0][at], chunk[1][at] = offset_of(place), length_of(place)

    def __delitem__(self, number: int) -> None:
        lengths = self._chunks[number >> _BITS][1]
        at = number & _MASK
        if not lengths[at]:
            raise KeyError(number)
        lengths[at] = 0
        self._count -= 1
        if not any(lengths):
            del self._chunks[number >> _BITS]

    def __iter__(self) -> Iterator[int]:
        for base in sorted(self._chunks):
            first = base << _BITS
            yield from [first + at for at, length in enumerate(self._chunks[base][1]) if length]

    def __len__(self) -> int:
        return self._count

    def pairs(self) -> Iterator[tuple[int, Place]]:
        """As `items`, at a third of its cost."""
        for base in sorted(self._chunks):
            for number, (offset, length) in enumerate(zip(*self._chunks[base], strict=True), base << _BITS):
                if length:
                    yield number, place_of(offset, length)

    @property
    def size(self) -> int:
        """Bytes of all documents."""
        return sum(sum(lengths) for _, lengths in self._chunks.values())

    def columns(self) -> list[Any]:
        """All of it as plain JSON, for `from_columns`."""
        offsets = chain.from_iterable(offsets for offsets, _ in self._chunks.values())
        lengths = chain.from_iterable(lengths for _, lengths in self._chunks.values())
        return [pack(self._chunks), pack(offsets), pack(lengths)]

    @classmethod
    def from_columns(cls, columns: list[Any]) -> Places:
        """The places that `columns` was made of."""
        places = cls()
        bases, offsets, lengths = map(unpack, columns)
        for begin, base in zip(range(0, len(offsets), _SIZE), bases, strict=True):
            own = array("I", lengths[begin : begin + _SIZE])
            places._chunks[base] = (offsets[begin : begin + _SIZE], own)
            places._count += _SIZE - own.count(0)
        return places

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Places):
            return NotImplemented
        return self._count == other._count and list(self.pairs()) == list(other.pairs())

    __hash__ = None  # type: ignore[assignment] # it changes


NONE = Places()
"""Of a table that is not there; stays empty."""
