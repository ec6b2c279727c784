"""Which of many entries may have certain words: asked when a topic changes, so that not all that is stored is read.

A few hundred bytes for each entry tell "not here" or "perhaps": bits of a row, two for each key (a Bloom filter). No
entry is missed; some are named that do not have the words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

SIZES: Final = (2048, 8192)
"""Bits of an entry: the least that are `_SPARSE` times its keys. Feed entries of 50 words have some 120 keys, articles
of 400 words some 700: by one key 1 in 80 is then named wrongly, by the two words of a phrase 1 in 700. With one bit for
each key it would be 1 in 15 and 1 in 40."""
_SPARSE: Final = 8
_ONE: Final = ord("1")


class Sieve:
    """Entries by id, each with its language and the keys that it has. For one caller at a time."""

    def __init__(self) -> None:
        self._filters: dict[tuple[str, int], dict[str, int]] = {}
        """By language and size, then by id."""

    def __len__(self) -> int:
        return sum(map(len, self._filters.values()))

    @property
    def languages(self) -> Collection[str]:
        """Those of which there may be entries."""
        return {language for language, _ in self._filters}

    def put(self, entry_id: str, language: str, keys: Collection[str]) -> None:
        """Remember that the entry is in `language` and has these keys, and no others."""
        self.drop(entry_id)
        room = len(keys) * _SPARSE
        size = next((size for size in SIZES if size >= room), SIZES[-1])
        digits, last = bytearray(b"0") * size, size - 1
        for hashed in map(hash, keys):
            digits[hashed & last] = digits[hashed >> 16 & last] = _ONE
        self._filters.setdefault((language, size), {})[entry_id] = int(digits, 2)

    def drop(self, entry_id: str) -> None:
        """Forget the entry, if it is known."""
        for filters in self._filters.values():
            filters.pop(entry_id, None)

    def having(self, language: str, needed: Sequence[Iterable[str]]) -> list[str]:
        """Ids of the entries in `language` that may have at least one key of each set in `needed`."""
        found = []
        for size in SIZES:
            left: Collection[tuple[str, int]] = self._filters.get((language, size), {}).items()
            for keys in needed:
                masks = [_mask(key, size) for key in keys]
                left = [one for one in left if _has_any(one[1], masks)]
            found += [entry_id for entry_id, _ in left]
        return found


def _mask(key: str, size: int) -> int:
    """The bits of a key. Those of another process are others, which is fine: nothing of this is kept."""
    hashed, last = hash(key), size - 1
    return 1 << last - (hashed & last) | 1 << last - (hashed >> 16 & last)


def _has_any(bits: int, masks: Sequence[int]) -> bool:
    for mask in masks:  # noqa: SIM110 - a generator takes three times as long
        if bits & mask == mask:
            return True
    return False
