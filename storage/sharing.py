"""One object for equal values, which stand in several indexes at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any


class Once:
    """Equal values become one object: JSON makes one every time."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __call__(self, values: Iterable[Any]) -> Iterator[Any]:
        known = self._known
        return (known.setdefault(value, value) for value in values)


class Numbers:
    """Equal numbers become one object, too: looked up in a list, at a tenth of what a dictionary takes."""

    def __init__(self, typical: array[int]) -> None:
        largest = max(typical, default=0)
        self._all = list(range(largest + 1 if largest < 4 * len(typical) else 0))
        self._once = Once()

    def __call__(self, numbers: array[int]) -> Iterator[int]:
        if numbers and min(numbers) >= 0 and max(numbers) < len(self._all):
            return map(self._all.__getitem__, numbers)
        return self._once(numbers)
