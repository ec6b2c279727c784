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
class Archive:
    """Which entries an archive document of a topic's feed holds: readers keep it, so that none ever joins them."""

    topic: str
    """The id under which readers met the topic."""
    number: int
    """Its place in the topic's history, from 1 up; no other archive of the topic ever has it."""
    edition: str
    """What the topic asked for when it was cut (`feeds.topics.edition`)."""
    entries: tuple[str, ...]
    """Our ids of the entries that the published ids are made from, in the order of the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many entries may still leave by their age in a day of time that surely passed."""

    left: int
    passed: timedelta = timedelta()
    """Of that day, up to `read`."""
    read: Reading
