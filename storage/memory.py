"""The reference store: plain dictionaries and plain scans, so that reading it is checking it.

Tests use it as their fake, and every other store is held against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from feeds.errors import StoreError
from feeds.model import (
    Allowance,
    Archive,
    Boilerplate,
    Decision,
    DecisionKind,
    Entry,
    Intake,
    Notice,
    Placement,
    Revision,
    Site,
    SourceState,
    Subscription,
)
from storage.port import Change, Counts, Keys


class MemoryStore:
    """A `storage.port.Store` that forgets everything with its process."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._revisions: dict[tuple[str, int], Revision] = {}
        self._placements: dict[str, Placement] = {}
        self._tombstones: dict[str, Entry] = {}
        self._decisions: dict[tuple[DecisionKind, str, str], Decision] = {}
        self._boilerplate: set[Boilerplate] = set()
        self._states: dict[str, SourceState] = {}
        self._site: Site | None = None
        self._allowance: Allowance | None = None
        self._topics: set[str] = set()
        self._archives: dict[tuple[str, int], Archive] = {}
        self._subscriptions: dict[tuple[str, str], Subscription] = {}
        self._notices: dict[tuple[datetime, str, str], Notice] = {}
        self._intakes: dict[str, Intake] = {}
        self._closed = False

    def commit(self, change: Change) -> None:
        """Remember `change`; raises `StoreError` once the store is closed."""
        if self._closed:
            raise StoreError("the store is closed")
        self._entries.update({entry.id: entry for entry in change.entries})
        self._revisions.update({(revision.entry, revision.number): revision for revision in change.revisions})
        self._placements.update({placement.entry: placement for placement in change.placements})
        self._decisions.update({_key_of(decision): decision for decision in change.decisions})
        self._boilerplate.update(change.boilerplate)
        self._states.update({state.source: state for state in change.states})
        self._site = change.site or self._site
        self._allowance = change.allowance or self._allowance
        self._topics.update(topic.id for topic in change.topics)
        self._archives.update({(archive.topic, archive.number): archive for archive in change.archives})
        self._subscriptions.update({(one.topic, one.callback): one for one in change.subscriptions})
        self._notices.update({_told(notice): notice for notice in change.notices})
        self._intakes.update({intake.source: intake for intake in change.intakes})
        self._let_go(change)

    def _let_go(self, change: Change) -> None:
        for entry in (*change.entries, *change.buried):
            self._tombstones.pop(entry.id, None)
        for entry in change.buried:
            self._entries.pop(entry.id, None)
            self._placements.pop(entry.id, None)
            self._tombstones[entry.id] = entry
        gone = {entry.id for entry in change.buried}
        left = {key: one for key, one in self._revisions.items() if key[0] not in gone and key not in change.outdated}
        self._revisions = left
        for one in change.forgotten:
            self._tombstones.pop(one, None)
        for decision in change.undone:
            self._decisions.pop(_key_of(decision), None)
        self._boilerplate.difference_update(change.unlearnt)
        for key in change.cleared:
            self._archives.pop(key, None)
        for subscription in change.unsubscribed:
            self._subscriptions.pop((subscription.topic, subscription.callback), None)
        for notice in change.dropped:
            self._notices.pop(_told(notice), None)

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        """The entries that share at least one key, by id; an empty guid or address is no key."""
        found = (entry for entry in self._entries.values() if _shares_a_key(entry, keys))
        return tuple(sorted(found, key=lambda entry: entry.id))

    def buried(self, keys: Keys) -> tuple[Entry, ...]:
        """The tombstones that share at least one key, by id."""
        found = (entry for entry in self._tombstones.values() if _shares_a_key(entry, keys))
        return tuple(sorted(found, key=lambda entry: entry.id))

    def aged(self, *, before: datetime, most: int) -> tuple[str, ...]:
        """Ids of entries first seen before `before`, and of all but the newest `most`; oldest first."""
        oldest = sorted(self._entries.values(), key=lambda entry: (entry.first_seen, entry.id))
        extra = max(0, len(oldest) - most)
        return tuple(entry.id for n, entry in enumerate(oldest) if n < extra or entry.first_seen < before)

    def tombstones_beyond(self, most: int) -> tuple[str, ...]:
        """Ids of all tombstones but the `most` that were remembered last."""
        return tuple(self._tombstones)[: max(0, len(self._tombstones) - most)]

    def entry(self, entry_id: str) -> Entry | None:
        return self._entries.get(entry_id)

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """Ids of the entries whose id begins with `prefix`, in order."""
        return tuple(sorted(one for one in self._entries if one.startswith(prefix)))

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """Entries first seen from `since` on, newest first, equal times by id; later commits do not show."""
        asked = (entry for entry in self._entries.values() if since is None or entry.first_seen >= since)
        by_id = sorted(asked, key=lambda entry: entry.id)
        return iter(sorted(by_id, key=lambda entry: entry.first_seen, reverse=True))

    def placements(self, entry_ids: Iterable[str]) -> Mapping[str, Placement]:
        return {entry_id: self._placements[entry_id] for entry_id in entry_ids if entry_id in self._placements}

    def story(self, story_id: str) -> tuple[str, ...]:
        """Ids of the entries placed in it, oldest first."""
        return self._placed(lambda placement: story_id != "" and placement.story == story_id)

    def copies(self, entry_id: str) -> tuple[str, ...]:
        """Ids of the entries that are placed as copies of this one, oldest first."""
        return self._placed(lambda placement: placement.copy_of == entry_id)

    def _placed(self, wanted: Callable[[Placement], bool]) -> tuple[str, ...]:
        ids = (entry_id for entry_id, placement in self._placements.items() if wanted(placement))
        found = [self._entries[entry_id] for entry_id in ids if entry_id in self._entries]
        return tuple(entry.id for entry in sorted(found, key=lambda entry: (entry.first_seen, entry.id)))

    def decisions(self) -> tuple[Decision, ...]:
        """Oldest first."""
        return tuple(sorted(self._decisions.values(), key=lambda decision: (decision.made, _key_of(decision))))

    def boilerplate(self) -> Mapping[str, frozenset[str]]:
        """The learnt lines, by host."""
        hosts = {one.host for one in self._boilerplate}
        return {host: frozenset(one.line for one in self._boilerplate if one.host == host) for host in hosts}

    def revisions(self, entry_id: str) -> tuple[Revision, ...]:
        own = (revision for revision in self._revisions.values() if revision.entry == entry_id)
        return tuple(sorted(own, key=lambda revision: revision.number))

    def states(self) -> Mapping[str, SourceState]:
        return dict(self._states)

    def site(self) -> Site | None:
        return self._site

    def allowance(self) -> Allowance | None:
        return self._allowance

    def topics(self) -> frozenset[str]:
        return frozenset(self._topics)

    def archives(self) -> tuple[Archive, ...]:
        return tuple(archive for _, archive in sorted(self._archives.items()))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """By topic, then by callback."""
        return tuple(one for _, one in sorted(self._subscriptions.items()))

    def notices(self) -> tuple[Notice, ...]:
        """Oldest first."""
        return tuple(self._notices[key] for key in sorted(self._notices))

    def intakes(self) -> Mapping[str, Intake]:
        return dict(self._intakes)

    def intake(self, source: str) -> Intake | None:
        return self._intakes.get(source)

    def counts(self) -> Counts:
        return Counts(
            entries=len(self._entries),
            copies=sum(placement.copy_of is not None for placement in self._placements.values()),
            stories=len({placement.story for placement in self._placements.values()} - {""}),
            held=sum(bool(placement.held) for placement in self._placements.values()),
            revisions=len(self._revisions),
            sources=len(self._states),
            size=0,
        )

    def per_source(self) -> Mapping[str, int]:
        return Counter(entry.source for entry in self._entries.values())

    def entries_of(self, source: str) -> int:
        return sum(entry.source == source for entry in self._entries.values())

    def recover(self) -> None:
        """Raises `StoreError` once the store is closed."""
        if self._closed:
            raise StoreError("the store is closed")

    def close(self) -> None:
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _key_of(decision: Decision) -> tuple[DecisionKind, str, str]:
    return decision.kind, decision.entry, decision.other


def _told(notice: Notice) -> tuple[datetime, str, str]:
    return notice.at, notice.about, notice.condition


def _shares_a_key(entry: Entry, keys: Keys) -> bool:
    return (
        entry.id in keys.ids
        or (entry.guid != "" and (entry.source, entry.guid) in keys.guids)
        or (entry.canonical_url != "" and entry.canonical_url in keys.urls)
        or (entry.source, entry.title) in keys.titles
        or (entry.source, entry.published) in keys.moments
    )
