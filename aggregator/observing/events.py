"""What happened, as frozen values, and the functions that are told.

Whoever does something describes it once, here, and hands it to an `Observer`; logs, counters and progress bars are
observers, so that no other module knows how many of them there are or what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aggregator.observing.cluster_events import ClusterEvent
from aggregator.observing.milestones import Milestone
from aggregator.observing.reader_events import ReaderEvent
from aggregator.observing.worker_events import WorkerEvent
from feeds.errors import Problem
from feeds.model import Failed, Outcome, Skipped
from feeds.polling import HealthChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """One source's pass ended, well or badly, and what it brought is stored, unless nothing could be."""

    source: str
    outcome: Outcome
    """A document that could not be read shows as `Failed`."""
    new: int = 0
    """Entries not seen before, copies not counted."""
    revised: int = 0
    copies: int = 0
    held: int = 0
    """Entries of a source that gave all its entries new names: kept, and not published."""
    same: int = 0
    skipped: tuple[Skipped, ...] = ()
    """Entries that could not be kept, and why."""
    changed: tuple[str, ...] = ()
    """Ids of the entries that are new, copies or revised: what publishing has to look at again."""
    problem: str = ""
    """A traceback, when the pass failed in a way that nobody foresaw; else empty."""
    took: timedelta = timedelta()
    """To ask, the wait for the host's turn included, and to commit."""
    stored: bool = True
    """False: the pass broke in a way that not even a failure could be remembered of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged:
    """Something about how a source is has changed: told once, before the pass that found it."""

    source: str
    change: HealthChange


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesRead:
    """The pages of a source's new entries were asked for their text; told before the pass that did it."""

    source: str
    asked: int
    taken: int
    """How many entries have their text from their page; the others keep the feed's."""
    refused: tuple[str, ...] = ()
    """Why pages brought nothing, each with its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPassed:
    """Every source that was due when the daemon started has had its first pass."""

    sources: int
    reached: int
    """How many of them answered at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestStopped:
    """The store refuses to remember, so nothing is fetched for now; what is published stays."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResumed:
    """The store remembers again, so fetching goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreMended:
    """The store ended with a record that was never finished, so never acknowledged; opening it cut that off."""

    offset: int
    size: int
    """Bytes from `offset` on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUpgraded:
    """The store was of an older format; opening it made a journal of the present one."""

    version: int
    """The format that it had."""
    kept_as: str
    """The file that the older journal is now; empty: it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigTaken:
    """The changed config was right, and the daemon goes by it."""

    file: str
    topics: tuple[str, ...] = ()
    """Ids, each behind a sign: `+` added, `~` changed, `-` removed."""
    sources: tuple[str, ...] = ()
    """Likewise."""
    settings: tuple[str, ...] = ()
    """Other keys that have taken effect."""
    waits: tuple[str, ...] = ()
    """Keys that take effect at the next start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigRefused:
    """The changed config is wrong, so nothing has changed."""

    file: str
    problems: tuple[Problem, ...] = ()
    reason: str = ""
    """Why it could not be read; empty: it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadFailed:
    """Going by a changed config broke off in a way that nobody foresaw; the next reload does what is left."""

    file: str
    problem: str
    """A traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleBroken:
    """A topic does not decide as one of its examples says; told at the start, which goes on."""

    file: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """A command took effect in the running daemon."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlClosed:
    """Commands cannot reach the daemon; everything else goes on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedOut:
    """So many entries were older than what is kept, or more than that, and left."""

    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingHeld:
    """So many entries are old enough by the clock and stay for now, as it may be wrong; told once while it lasts."""

    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A topic's documents were replaced."""

    topic: str
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFailed:
    """Publishing broke off in a way that nobody foresaw; the last good documents stay."""

    problem: str
    """A traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRefused:
    """An entry of a topic cannot be written in any format; the topic is published without it."""

    topic: str
    entry: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """A topic's new documents were not sound, so readers keep getting the last good ones."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFailed:
    """A file of the publish folder could not be written; it is served all the same, and tried again next time."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """The daemon was asked to stop by `signal` (its name) and finishes its writes."""

    signal: str


Event = (
    Milestone
    | ReaderEvent
    | ClusterEvent
    | Ingested
    | SourceChanged
    | PagesRead
    | FirstPassed
    | IngestStopped
    | IngestResumed
    | StoreMended
    | StoreUpgraded
    | ConfigTaken
    | ConfigRefused
    | ReloadFailed
    | ExampleBroken
    | Commanded
    | ControlClosed
    | AgedOut
    | AgeingHeld
    | Published
    | PublishFailed
    | EntryRefused
    | KeptBack
    | ExportFailed
    | Stopping
    | WorkerEvent
)
Observer = Callable[[Event], None]


def tee(*observers: Observer) -> Observer:
    """An observer that tells each of `observers`, in their order."""

    def tell_all(event: Event) -> None:
        for observer in observers:
            observer(event)

    return tell_all


def reached(ingested: Ingested) -> bool:
    """True when the source answered, were it with a refusal or with something unreadable."""
    return not (isinstance(ingested.outcome, Failed) and ingested.outcome.status is None and not ingested.problem)
