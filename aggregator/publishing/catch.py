"""What topics took of all that is stored: followed as entries come, change and leave, and as topics do."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aggregator.observing.events import Observer
from aggregator.publishing.cleaned import Cleaned
from aggregator.publishing.deciding import Decisions
from feeds.model import Entry, Match, Source
from feeds.text.forms import Analyser
from feeds.topics import Candidate, Topic
from storage.port import Store

STEP: Final = 50
"""Entries that are looked at for a new topic before others come in: 5 ms."""
SETTLED: Final = 2_000
"""Candidates that came, after which Python's collector of cycles is told to leave alone what there is by now. It would
walk through all of it again whenever that grew by a quarter, and nothing goes on meanwhile: of 100,000 entries that a
topic took it did so for 7 of 11 seconds, once for 1.4 s on end (`benchmarks/changed_topic.py`)."""


def _looks(source: Source | None) -> tuple[str, tuple[str, ...], int]:
    """What topics see of a source beside its id, which its entries know themselves."""
    return (source.name, source.tags, source.rank) if source else ("", (), 0)


@dataclass(slots=True, eq=False)
class Catch:
    """What one topic took."""

    topic: Topic
    candidates: dict[str, Candidate] = field(default_factory=dict)
    """By entry id, as of the revision that was decided on."""
    stale: bool = True
    """Whether a candidate came, went or changed since somebody last looked, who then says so here."""


class Catches:
    """The catch of every topic. For one caller at a time; derived from the store, and dropped with the process."""

    def __init__(
        self,
        topics: Sequence[Topic],
        *,
        store: Store,
        sources: Mapping[str, Source],
        analyser: Analyser,
        observe: Observer,
    ) -> None:
        self._store = store
        self._sources = sources
        self._catches = [Catch(topic) for topic in topics]
        self._coming: list[Catch] = []
        """Of topics for which what is stored is being looked through."""
        self._holders: dict[str, tuple[Catch, ...]] = {}
        """Whose candidate an entry is, by its id."""
        self._together: dict[tuple[Catch, ...], tuple[Catch, ...]] = {}
        """The same for all entries that the same topics took."""
        self._unsettled = 0
        """Candidates that came since the collector was told."""
        self._cleaned = Cleaned(store)
        self._decisions = Decisions(topics, sources=sources, analyser=analyser, observe=observe)

    def __iter__(self) -> Iterator[Catch]:
        """In the order of the topics."""
        return iter(tuple(self._catches))

    def load(self) -> None:
        """Decide on everything that is stored; what is not leaves. Raises StoreError."""
        self._cleaned.learn()
        held = set(self._holders)
        self._decide_on(self._noted(held))
        for gone in held:
            self._decisions.forget(gone)
            self._release(gone)
        gc.freeze()

    def _noted(self, held: set[str]) -> Iterator[Entry]:
        """Every stored entry, taken out of `held`."""
        for entry in self._cleaned.entries():
            held.discard(entry.id)
            yield entry

    def take(self, entry_ids: Iterable[str]) -> None:
        """Decide anew on entries that came, changed or left. Raises StoreError."""
        if hosts := self._cleaned.learn():
            self._decide_on(self._cleaned.entries(hosts=hosts))
        wanted = tuple(dict.fromkeys(entry_ids))
        found = self._cleaned.among(wanted)
        self._decide_on(found.values())
        for gone in (one for one in wanted if one not in found):
            self._decisions.forget(gone)
            self._release(gone)

    def adopt(self, topic: Topic) -> Iterator[None]:
        """Look through all that is stored for a topic that is new, or takes the place of the one with its id.

        Goes on a step at a time: in between its caller may let others call everything here, and what is caught so far
        shows only behind the last step. A topic that is given up half way leaves no trace when its iterator is closed.
        Raises StoreError.
        """
        catch = Catch(topic)
        self._coming.append(catch)
        try:
            self._watch()
            asked = self._decisions.taking(topic)
            for start in range(0, len(asked), STEP):
                found = self._cleaned.among(asked[start : start + STEP])
                self._hold((catch, entry, self._decisions.of(topic, entry)) for entry in found.values())
                yield
            self._settle(catch)
        except BaseException:
            self._let_go(catch)
            raise
        finally:
            self._coming.remove(catch)
            self._watch()

    def drop(self, topic_id: str) -> None:
        """Let go of the topic with this id and of all that it took."""
        for catch in [catch for catch in self._catches if catch.topic.id == topic_id]:
            self._catches.remove(catch)
            self._let_go(catch)
        self._watch()

    def arrange(self, topic_ids: Sequence[str]) -> None:
        """Have the topics in this order from now on."""
        places = {topic_id: place for place, topic_id in enumerate(topic_ids)}
        self._catches.sort(key=lambda catch: places.get(catch.topic.id, len(places)))
        self._watch()

    def follow(self, sources: Mapping[str, Source]) -> Iterator[None]:
        """Take these for the sources, by id, and decide anew on entries of those that look different to topics.

        Goes on a step at a time, as `adopt` does. Raises StoreError.
        """
        before, self._sources = self._sources, sources
        self._decisions.follow(sources)
        for source_id in sorted({*before, *sources}):
            if _looks(before.get(source_id)) != _looks(sources.get(source_id)):
                told = self._decisions.coming_from(source_id)
                for start in range(0, len(told), STEP):
                    self.take(told[start : start + STEP])
                    yield

    def _settle(self, catch: Catch) -> None:
        """Put the catch where the one of the topic with its id was, or behind all others."""
        own = (place for place, before in enumerate(self._catches) if before.topic.id == catch.topic.id)
        place = next(own, len(self._catches))
        for before in self._catches[place : place + 1]:
            self._let_go(before)
        self._catches[place : place + 1] = [catch]

    def _let_go(self, catch: Catch) -> None:
        for entry_id in catch.candidates:
            left = [holder for holder in self._holders.pop(entry_id, ()) if holder is not catch]
            if left:
                self._held_by(entry_id, left)

    def _watch(self) -> None:
        self._together.clear()
        self._decisions.watch([catch.topic for catch in (*self._catches, *self._coming)])

    def _decide_on(self, entries: Iterable[Entry]) -> None:
        watched = (*self._catches, *self._coming)
        taken = []
        for entry in entries:
            matches = self._decisions.on(entry)
            if matches or entry.id in self._holders:
                self._release(entry.id, keep=[watched[position] for position in matches])
                taken += [(watched[position], entry, match) for position, match in matches.items()]
        self._hold(taken)

    def _hold(self, answers: Iterable[tuple[Catch, Entry, Match | None]]) -> None:
        taken = [(catch, entry, match) for catch, entry, match in answers if match is not None]
        placements = self._store.placements({entry.id for _, entry, _ in taken})
        for catch, entry, match in taken:
            source = self._sources.get(entry.source)
            rank = source.rank if source else 0
            candidate = Candidate(entry=entry, placement=placements.get(entry.id), match=match, rank=rank)
            if catch.candidates.get(entry.id) != candidate:
                catch.candidates[entry.id] = candidate
                catch.stale = True
                self._unsettled += 1
            holders = self._holders.get(entry.id, ())
            if catch not in holders:
                self._held_by(entry.id, (*holders, catch))
        if self._unsettled >= SETTLED:
            self._unsettled = 0
            gc.freeze()

    def _held_by(self, entry_id: str, holders: Iterable[Catch]) -> None:
        group = tuple(holders)
        self._holders[entry_id] = self._together.setdefault(group, group)

    def _release(self, entry_id: str, *, keep: Sequence[Catch] = ()) -> None:
        """Take the entry from all that hold it but `keep`."""
        for catch in self._holders.pop(entry_id, ()):
            if catch not in keep and catch.candidates.pop(entry_id, None) is not None:
                catch.stale = True
