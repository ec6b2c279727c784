"""From a key to all that have it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from storage.packing import pack, unpack

K = TypeVar("K")


class MultiMap(Generic[K]):
    """From a key to the numbers of all that have it; most keys belong to one, which then costs no set."""

    def __init__(self) -> None:
        self._held: dict[K, int | set[int]] = {}

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

    def get(self, key: K) -> tuple[int, ...]:
        match self._held.get(key):
            case None:
                return ()
            case int(one):
                return (one,)
            case several:
                return tuple(several)

    def columns(self, write: Callable[[list[K]], Any] = list) -> list[Any]:
        """All of it, for `from_columns`: plain JSON, if `write` makes that of keys.

        Keys that belong to one come first, by themselves: `from_columns` then makes a dictionary of them in one go.
        """
        ones = [(key, held) for key, held in self._held.items() if isinstance(held, int)]
        several = [(key, one) for key, held in self._held.items() if isinstance(held, set) for one in held]
        return [
            part
            for pairs in (ones, several)
            for part in (write([key for key, _ in pairs]), pack(number for _, number in pairs))
        ]

    @classmethod
    def from_columns(
        cls,
        columns: list[Any],
        *,
        read: Callable[[Any], Iterable[K]],
        numbers: Callable[[array[int]], Iterable[int]],
    ) -> MultiMap[K]:
        """What `columns` was made of; `read` undoes `write`, `numbers` gives equal numbers to keep."""
        made, (keys, held, more_keys, more) = cls(), columns
        made._held.update(zip(read(keys), numbers(unpack(held)), strict=True))
        for key, number in zip(read(more_keys), numbers(unpack(more)), strict=True):
            made.add(key, number)
        return made
