"""What may leave the store, and how time is told for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One moment, told in two ways: by a clock that may be wrong, and by the time since the machine started."""

    clock: datetime
    boot: str = ""
    """Which start of the machine; empty: not known."""
    uptime: timedelta = timedelta()
    """Since that start; nobody sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSeen:
    """A topic that readers could subscribe to: remembered for ever, so that they can be told when it is no more."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many entries may still leave by their age in a day of time that surely passed."""

    left: int
    passed: timedelta = timedelta()
    """Of that day, up to `read`."""
    read: Reading
