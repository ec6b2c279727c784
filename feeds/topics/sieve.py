"""Which of many entries may have a word: asked when a topic changes, so that it need not read all that is stored.

A Bloom filter of `BITS` bits an entry, kept by bit and not by entry: a question takes as many ANDs of long numbers as a
key has bits, and memory is the same 256 bytes for every entry, however long. It never misses an entry, and names some
that do not have the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from zlib import crc32

BITS: Final = 2048
"""Of an entry. Feed entries have some 50 keys and then 1 in 3,000 is named wrongly; articles of 400 words have some 250
and then 1 in 30 is."""
_HASHES: Final = 3
_ROOM: Final = 1024
"""Bytes by which each row grows: room for 8,192 entries more."""


@lru_cache(maxsize=1 << 17)
def _bits_of(key: str) -> tuple[int, ...]:
    mixed = crc32(key.encode())
    first, step = mixed % BITS, (mixed >> 11) | 1
    return tuple((first + number * step) % BITS for number in range(_HASHES))


class Sieve:
    """Entries by id, each with the keys it has. For one caller at a time."""

    def __init__(self) -> None:
        self._rows = [bytearray() for _ in range(BITS)]
        self._columns: dict[str, int] = {}
        self._ids: list[str] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._columns

    def put(self, entry_id: str, keys: Iterable[str]) -> None:
        """Remember that the entry has these keys, and no others."""
        self.drop(entry_id)
        column = self._column(entry_id)
        byte, mask = column >> 3, 1 << (column & 7)
        rows = self._rows
        for bit in {bit for key in keys for bit in _bits_of(key)}:
            rows[bit][byte] |= mask

    def drop(self, entry_id: str) -> None:
        """Forget the entry, if it is known."""
        column = self._columns.pop(entry_id, None)
        if column is None:
            return
        byte, others = column >> 3, 0xFF ^ (1 << (column & 7))
        for row in self._rows:
            row[byte] &= others
        self._ids[column] = ""
        self._free.append(column)

    def having(self, *required: Iterable[str]) -> Iterator[str]:
        """Ids of the entries that may have at least one key of each of `required`, in no order that means anything."""
        found = -1
        for keys in required:
            found &= self._any_of(keys)
        size = len(self._rows[0])
        for byte, bits in enumerate((found & ((1 << 8 * size) - 1)).to_bytes(size, "little")):
            for position in _SET[bits]:
                column = 8 * byte + position
                if column < len(self._ids) and (entry_id := self._ids[column]):
                    yield entry_id

    def count(self, keys: Iterable[str]) -> int:
        """How many entries may have at least one of `keys`."""
        return self._any_of(keys).bit_count()

    def _any_of(self, keys: Iterable[str]) -> int:
        found = 0
        for key in keys:
            having = -1
            for bit in _bits_of(key):
                having &= int.from_bytes(self._rows[bit], "little")
            found |= having
        return found

    def _column(self, entry_id: str) -> int:
        if self._free:
            column = self._free.pop()
            self._ids[column] = entry_id
        else:
            column = len(self._ids)
            self._ids.append(entry_id)
            if column >> 3 >= len(self._rows[0]):
                for row in self._rows:
                    row.extend(bytes(_ROOM))
        self._columns[entry_id] = column
        return column


_SET: Final = tuple(tuple(position for position in range(8) if bits >> position & 1) for bits in range(256))
"""Positions of the bits that are set in a byte."""
