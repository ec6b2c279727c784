"""From a key to all that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any, Generic, TypeVar

from storage.packing import pack

K = TypeVar("K")


class MultiMap(Generic[K]):
    """From a key to the numbers of all that have it; most keys belong to one, which then costs no set."""

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

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._held)

    def columns(self) -> list[Any]:
        """All of it as plain JSON where the keys are, for `from_columns`."""
        pairs = list(self.pairs())
        return [[key for key, _ in pairs], pack(number for _, number in pairs)]

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
