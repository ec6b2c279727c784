"""What happens where more than one process works on one database: events as those of `aggregator.events`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingStarted:
    """This worker is the one who judges from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingEnded:
    """This worker judges no more; another one will, or this one again."""

    reason: str
    """Empty: it was asked to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDisplaced:
    """Whoever judged gave no sign of life for long, and can write nothing any more."""

    worker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryGivenUp:
    """What was brought of a source cannot be judged, and is let go of; the source is asked again."""

    source: str
    worker: str
    """Who brought it."""
    reason: str


ClusterEvent = JudgingStarted | JudgingEnded | JudgeDisplaced | DeliveryGivenUp
