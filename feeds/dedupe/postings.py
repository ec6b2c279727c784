"""Numbers by 32-bit key, small: six bytes for each, in buckets of bytes that C code searches.

A dict of ten million keys takes a gigabyte; this takes sixty megabytes and half a microsecond for each look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Final

_RECORD: Final = Struct(">HI")
"""The lower half of the key, and the number."""
_NUMBER: Final = Struct(">I")
_SIZE: Final = _RECORD.size

_BUCKET: Final = 15
"""The bits above this one are the bucket: 131,072 of 50 to 100 records are quicker than half or twice as many."""
BUCKETS: Final = 1 << (32 - _BUCKET)


def _numbers(bucket: bytearray, mark: bytes, at: int) -> list[int]:
    found: list[int] = []
    while at >= 0:
        if at % _SIZE:
            at = bucket.find(mark, at + 1)  # inside of a record, or across two
        else:
            found += _NUMBER.unpack_from(bucket, at + 2)
            at = bucket.find(mark, at + _SIZE)
    return found


class Postings:
    """A multimap from keys to numbers, both of 32 bits without sign."""

    def __init__(self) -> None:
        self._buckets = [bytearray() for _ in range(BUCKETS)]

    def among(self, keys: Iterable[int]) -> dict[int, list[int]]:
        """The numbers under each of the `keys` that has any, in the order in which they came."""
        buckets, found = self._buckets, {}
        for key in keys:
            bucket = buckets[key >> _BUCKET]
            mark = (key & 0xFFFF).to_bytes(2, "big")
            at = bucket.find(mark)
            if at >= 0 and (numbers := _numbers(bucket, mark, at)):
                found[key] = numbers
        return found

    def add(self, keys: Iterable[int], number: int) -> None:
        """Put `number` under each of the `keys`, beside what is there."""
        buckets, pack = self._buckets, _RECORD.pack
        for key in keys:
            buckets[key >> _BUCKET] += pack(key & 0xFFFF, number)

    def remove(self, key: int, number: int) -> None:
        """Take one `number` from under `key`, if it is there."""
        bucket, record = self._buckets[key >> _BUCKET], _RECORD.pack(key & 0xFFFF, number)
        at = bucket.find(record)
        while at >= 0 and at % _SIZE:
            at = bucket.find(record, at + 1)
        if at >= 0:
            del bucket[at : at + _SIZE]

    def keep(self, place: int, wanted: Callable[[int], bool]) -> None:
        """Drop from the bucket at `place` (0 to `BUCKETS` - 1) every number that is not `wanted`."""
        bucket = self._buckets[place]
        kept = [record for record in _RECORD.iter_unpack(bucket) if wanted(record[1])]
        if len(kept) * _SIZE < len(bucket):
            self._buckets[place] = bytearray(b"".join(_RECORD.pack(*record) for record in kept))
