"""The port: what every store promises.

- **Atomic.** A `Change` is remembered whole or not at all, whatever happens in between.
- **Durable.** When `commit` returns, the change survives the death of the process and of the machine.
- **One writer.** A store that is open for writing refuses a second writer, naming the first; readers are
  welcome beside it.
- **Known may over-answer and never under-answers.** Every entry that has one of the asked keys is in the answer.
- **Newest first.** `entries` goes from the newest `first_seen` to the oldest; equal times by id.
- **Decisions outlive what they are about.** They leave when they are undone, and not with an entry.
- Values that come out equal the values that went in.

A store knows nothing of similarity, topics or time: it keeps facts. Not thread-safe: one caller at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from feeds.model import (
    Allowance,
    Archive,
    Boilerplate,
    Decision,
    Entry,
    Intake,
    Notice,
    Placement,
    Revision,
    Site,
    SourceState,
    Subscription,
    TopicSeen,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What deduplication asks the store for: which known entries share one of these?"""

    ids: frozenset[str] = frozenset()
    guids: frozenset[tuple[str, str]] = frozenset()
    """(source id, guid)."""
    urls: frozenset[str] = frozenset()
    """Canonical URLs, of whatever source."""
    titles: frozenset[tuple[str, str]] = frozenset()
    """(source id, title)."""
    moments: frozenset[tuple[str, datetime]] = frozenset()
    """(source id, time of publication)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Facts to be remembered together: what is given replaces what has the same key, then some leave."""

    entries: tuple[Entry, ...] = ()
    revisions: tuple[Revision, ...] = ()
    placements: tuple[Placement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    """Keyed by kind, entry and other: of the same kind about the same ids, the last one counts."""
    boilerplate: tuple[Boilerplate, ...] = ()
    states: tuple[SourceState, ...] = ()
    site: Site | None = None
    allowance: Allowance | None = None
    topics: tuple[TopicSeen, ...] = ()
    archives: tuple[Archive, ...] = ()
    """Keyed by topic and number."""
    subscriptions: tuple[Subscription, ...] = ()
    """Keyed by topic and callback."""
    notices: tuple[Notice, ...] = ()
    """Keyed by moment, subject and condition."""
    intakes: tuple[Intake, ...] = ()
    buried: tuple[Entry, ...] = ()
    """Entries that leave, with their revisions and their placement: what is given here remains as a tombstone, until
    an entry with its id is remembered again."""
    outdated: tuple[tuple[str, int], ...] = ()
    """Revisions that leave: (entry, number)."""
    forgotten: tuple[str, ...] = ()
    """Ids of tombstones that leave."""
    undone: tuple[Decision, ...] = ()
    """Decisions that leave, whenever they were made."""
    unlearnt: tuple[Boilerplate, ...] = ()
    """Lines that leave."""
    cleared: tuple[tuple[str, int], ...] = ()
    """Archives that leave: (topic, number)."""
    unsubscribed: tuple[Subscription, ...] = ()
    """Subscriptions that leave, whatever else is known of them."""
    dropped: tuple[Notice, ...] = ()
    """Notices that leave, whatever they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a store holds."""

    entries: int
    copies: int
    stories: int
    """Different ones that entries are placed in."""
    held: int
    """Entries that are kept from topic feeds, for whatever reason."""
    revisions: int
    sources: int
    size: int
    """Bytes on disk; 0 for a store that has none."""


class Store(Protocol):
    """Where facts live. Raises `feeds.errors.StoreError` and its children, nothing else."""

    def commit(self, change: Change) -> None:
        """Remember `change`: atomic, and durable when this returns."""

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        """The entries that share at least one key, each once, ordered by id."""

    def buried(self, keys: Keys) -> tuple[Entry, ...]:
        """The tombstones that share at least one key, as `known` does for entries."""

    def aged(self, *, before: datetime, most: int) -> tuple[str, ...]:
        """Ids of entries first seen before `before`, and of all but the newest `most`; oldest first."""

    def tombstones_beyond(self, most: int) -> tuple[str, ...]:
        """Ids of all tombstones but the `most` that were remembered last."""

    def entry(self, entry_id: str) -> Entry | None: ...

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """Ids of the entries whose id begins with `prefix`, in order: a person types no 32 digits."""

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """All entries, or those first seen at `since` or later, newest first. A snapshot: commits made meanwhile do not
        show. Costs what it yields, not what is stored.
        """

    def placements(self, entry_ids: Iterable[str]) -> Mapping[str, Placement]:
        """The placement of each entry that has one."""

    def story(self, story_id: str) -> tuple[str, ...]:
        """Ids of the entries whose placement has this story, oldest `first_seen` first, equal times by id.

        Placements of entries that are not stored do not count, and an empty id is no story's.
        """

    def copies(self, entry_id: str) -> tuple[str, ...]:
        """Ids of the entries whose placement is `copy_of` this one, ordered as those of a story."""

    def decisions(self) -> tuple[Decision, ...]:
        """All that people decided, oldest first; equal times by kind, entry and other."""

    def boilerplate(self) -> Mapping[str, frozenset[str]]:
        """The learnt lines, by host."""

    def revisions(self, entry_id: str) -> tuple[Revision, ...]:
        """Earlier states of an entry, oldest first."""

    def states(self) -> Mapping[str, SourceState]:
        """By source id."""

    def site(self) -> Site | None: ...

    def allowance(self) -> Allowance | None:
        """How many entries may still leave by their age; None: that was never limited."""

    def topics(self) -> frozenset[str]:
        """Ids of all topics that were ever seen by readers."""

    def archives(self) -> tuple[Archive, ...]:
        """Of all topics, by topic, each topic's by number."""

    def subscriptions(self) -> tuple[Subscription, ...]:
        """All of them, lapsed ones too, by topic, then by callback."""

    def notices(self) -> tuple[Notice, ...]:
        """What was told, oldest first; equal times by subject, then condition."""

    def intakes(self) -> Mapping[str, Intake]:
        """What came and went, by source id; also of sources that left the config."""

    def intake(self, source: str) -> Intake | None:
        """What came and went of one source; None: nothing was counted."""

    def counts(self) -> Counts: ...

    def per_source(self) -> Mapping[str, int]:
        """How many entries there are of each source that has any, by its id."""

    def entries_of(self, source: str) -> int:
        """How many entries there are of one source."""

    def recover(self) -> None:
        """After a refused `commit`: look again at what is stored, and go on.

        Raises `StoreError` as long as nothing can be remembered. Nothing that was acknowledged is lost either way.
        """

    def close(self) -> None:
        """Let go of files and locks; closing twice is fine."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
