"""Many whole numbers as one text: JSON would make an object of each, and the gaps they leave stay in the process."""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable

Packed = str
"""64-bit numbers, lowest byte first, in base 64."""


def pack(numbers: Iterable[int]) -> Packed:
    """Raises `OverflowError` for a number of more than 63 bits."""
    return b64encode(_in_order(array("q", numbers)).tobytes()).decode("ascii")


def unpack(packed: Packed) -> array[int]:
    """The numbers that `packed` was made of; raises `ValueError` for any other text."""
    numbers = array("q")
    numbers.frombytes(b64decode(packed, validate=True))
    return _in_order(numbers)


def _in_order(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
