"""What was asked, as it is written down: 32 bytes a request."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

FULL, UNCHANGED, ABORTED, UNKNOWN = range(4)
"""How a request ended: with a document, with a 304, with a client that went away; no answer was given yet."""
_RECORD = struct.Struct("<IIB7xdd")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: from its first byte to the last one of its answer."""

    source: int
    entries: int
    """How many the source had published by then, where an answer was given."""
    kind: int
    began: float
    """Seconds since 1970, by the clock that the database has, too."""
    ended: float


def record(source: int, entries: int, kind: int, began: float, ended: float) -> bytes:
    return _RECORD.pack(source, entries, kind, began, ended)


def read(log: Path) -> list[Asked]:
    """All that is written down so far, in the order in which they ended."""
    told = log.read_bytes()
    whole = len(told) - len(told) % _RECORD.size
    return [Asked(*fields) for fields in _RECORD.iter_unpack(told[:whole])]
