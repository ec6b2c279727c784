"""What a store on TinyDB answers: found through the key indexes, read from the journal, decoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

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
from storage.codec import decode, encode_time
from storage.documents import JournalDB
from storage.keys import Key, KeyIndex
from storage.port import Keys
from storage.signs import sign

T = TypeVar("T")


class Facts:
    """The asking half of a `storage.port.Store`."""

    database: JournalDB
    """The TinyDB underneath, for questions nobody foresaw; what it is told to write is as safe as a commit."""
    _index: KeyIndex

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        """The entries that share at least one key, by id; an empty guid or address is no key."""
        return self._sharing("entries", keys)

    def buried(self, keys: Keys) -> tuple[Entry, ...]:
        """The tombstones that share at least one key, by id."""
        return self._sharing("tombstones", keys)

    def aged(self, *, before: datetime, most: int) -> tuple[str, ...]:
        """Ids of entries first seen before `before`, and of all but the newest `most`; oldest first."""
        too_many = islice(self._index.oldest_first(), max(0, self._index.count("entries") - most))
        return tuple(dict.fromkeys((*too_many, *self._index.older_than(encode_time(before)))))

    def tombstones_beyond(self, most: int) -> tuple[str, ...]:
        """Ids of all tombstones but the `most` that were remembered last."""
        return tuple(islice(self._index.oldest_tombstones(), max(0, self._index.count("tombstones") - most)))

    def entry(self, entry_id: str) -> Entry | None:
        return self._one(Entry, "entries", entry_id)

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """Ids of the entries whose id begins with `prefix`, in order."""
        return tuple(sorted(one for one in self._index.oldest_first() if one.startswith(prefix)))

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """Entries first seen from `since` on, newest first, equal times by id; later commits do not show."""
        return self._decoded(Entry, "entries", self._index.newest_first("" if since is None else encode_time(since)))

    def placements(self, entry_ids: Iterable[str]) -> Mapping[str, Placement]:
        asked = ((entry_id, self._one(Placement, "placements", entry_id)) for entry_id in entry_ids)
        return {entry_id: placement for entry_id, placement in asked if placement is not None}

    def story(self, story_id: str) -> tuple[str, ...]:
        """Ids of the entries placed in it, oldest first."""
        return self._placed(self._index.stories.get(story_id))

    def copies(self, entry_id: str) -> tuple[str, ...]:
        """Ids of the entries that are placed as copies of this one, oldest first."""
        return self._placed(self._index.copies.get(entry_id))

    def decisions(self) -> tuple[Decision, ...]:
        """Oldest first."""
        found = self._decoded(Decision, "decisions", self._index.numbers("decisions"))
        return tuple(sorted(found, key=lambda one: (one.made, one.kind, one.entry, one.other)))

    def boilerplate(self) -> Mapping[str, frozenset[str]]:
        """The learnt lines, by host."""
        lines: dict[str, set[str]] = {}
        for one in self._decoded(Boilerplate, "boilerplate", self._index.numbers("boilerplate")):
            lines.setdefault(one.host, set()).add(one.line)
        return {host: frozenset(held) for host, held in lines.items()}

    def revisions(self, entry_id: str) -> tuple[Revision, ...]:
        own = (self._one(Revision, "revisions", (entry_id, one)) for one in sorted(self._index.revisions.get(entry_id)))
        return tuple(revision for revision in own if revision is not None)

    def states(self) -> Mapping[str, SourceState]:
        """By source id."""
        states = self._decoded(SourceState, "states", self._index.numbers("states"))
        return {state.source: state for state in states}

    def per_source(self) -> Mapping[str, int]:
        return dict(self._index.per_source)

    def entries_of(self, source: str) -> int:
        return self._index.per_source[source]

    def site(self) -> Site | None:
        return self._one(Site, "site", ())

    def allowance(self) -> Allowance | None:
        return self._one(Allowance, "allowance", ())

    def topics(self) -> frozenset[str]:
        return frozenset(one.id for one in self._decoded(TopicSeen, "topics", self._index.numbers("topics")))

    def archives(self) -> tuple[Archive, ...]:
        """By topic, then by number."""
        found = self._decoded(Archive, "archives", self._index.numbers("archives"))
        return tuple(sorted(found, key=lambda one: (one.topic, one.number)))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """By topic, then by callback."""
        found = self._decoded(Subscription, "subscriptions", self._index.numbers("subscriptions"))
        return tuple(sorted(found, key=lambda one: (one.topic, one.callback)))

    def notices(self) -> tuple[Notice, ...]:
        """Oldest first."""
        found = self._decoded(Notice, "notices", self._index.numbers("notices"))
        return tuple(sorted(found, key=lambda one: (one.at, one.about, one.condition)))

    def intakes(self) -> Mapping[str, Intake]:
        """By source id."""
        found = self._decoded(Intake, "intakes", self._index.numbers("intakes"))
        return {intake.source: intake for intake in found}

    def intake(self, source: str) -> Intake | None:
        return self._one(Intake, "intakes", source)

    def _sharing(self, table: str, keys: Keys) -> tuple[Entry, ...]:
        numbers = {number for one in keys.ids if (number := self._index.number(table, one)) is not None}
        for guid in keys.guids:
            numbers.update(self._index.guids[table].get(guid))
        for url in keys.urls:
            numbers.update(self._index.urls[table].get(url))
        for source, title in keys.titles:
            numbers.update(self._index.signs[table].get(sign(source, title)))
        for source, moment in keys.moments:
            numbers.update(self._index.signs[table].get(sign(source, encode_time(moment))))
        return tuple(sorted(self._decoded(Entry, table, numbers), key=lambda entry: entry.id))

    def _placed(self, placements: Iterable[int]) -> tuple[str, ...]:
        """Whose placements these are, by `first_seen`, then by id; those only whose entries are stored."""
        placed = (placement.entry for placement in self._decoded(Placement, "placements", placements))
        stored = [number for one in placed if (number := self._index.number("entries", one)) is not None]
        found = sorted(self._decoded(Entry, "entries", stored), key=lambda entry: (entry.first_seen, entry.id))
        return tuple(entry.id for entry in found)

    def _one(self, kind: type[T], table: str, key: Key) -> T | None:
        number = self._index.number(table, key)
        return None if number is None else next(self._decoded(kind, table, (number,)))

    def _decoded(self, kind: type[T], table: str, numbers: Iterable[int]) -> Iterator[T]:
        """What these documents are now, each read when it is asked for."""
        storage = self.database.journal
        places = storage.places(table)
        reader, found = storage.reader, [places[number] for number in numbers]
        return (decode(kind, reader.document(table, place)) for place in found)
