"""What happened to what a worker has leased and asked, as frozen values; see `aggregator.observing.events`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from feeds.model import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A source was asked, and what was found waits to be judged."""

    source: str
    outcome: Outcome
    entries: int = 0
    """In the document, known ones included."""
    problem: str = ""
    """A traceback, when asking failed in a way that nobody foresaw; else empty."""
    took: timedelta = timedelta()
    """To ask, the wait for the host's turn included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FencedOff:
    """A source was asked for nothing: its host was another worker's by the time that this one brought what it found."""

    source: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseLost:
    """A host is another worker's, as this one has not said for a whole term that it still asks it; it asks no more."""

    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUnknown:
    """A source is due that this worker's config does not have, or has elsewhere; told once while it lasts."""

    source: str
    host: str
    """Where it is due."""


WorkerEvent = Delivered | FencedOff | LeaseLost | SourceUnknown
