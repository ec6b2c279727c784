"""What happens where more than one process works on one database: events as those of `aggregator.observing.events`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerJoined:
    """This process works with the others on one database; told once."""

    worker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLeft:
    """This worker has given back what it had, and ends."""

    worker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAway:
    """Nothing can be leased or brought, so nothing is fetched; told once while it lasts."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonAtWork:
    """Another process fetches for itself and writes, so workers do not fetch beside it; told once while it lasts."""

    daemon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBack:
    """The database answers again, and work goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkBroken:
    """Work broke off in a way that nobody foresaw, and begins anew."""

    problem: str
    """A traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotJudge:
    """This worker cannot take its turn at judging; told once for each reason."""

    reason: str


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


ClusterEvent = (
    WorkerJoined
    | WorkerLeft
    | DatabaseAway
    | DaemonAtWork
    | DatabaseBack
    | WorkBroken
    | CannotJudge
    | JudgingStarted
    | JudgingEnded
    | JudgeDisplaced
    | DeliveryGivenUp
)
