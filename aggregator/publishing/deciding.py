"""Which topics take an entry: its words looked at once, and only those topics tried that need one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Final

from aggregator.observing.events import EntryRefused, Observer
from feeds.model import Entry, Match, Source
from feeds.text.forms import Analyser, primary
from feeds.topics import Topic, decide
from feeds.topics.candidates import Keys, guess, keys_of, needs, signs_of, source_key, texts_of
from feeds.topics.index import TopicIndex
from feeds.topics.sieve import Sieve

MOST_KEPT: Final = 10_000
"""Entries whose decisions are kept, of some 300 bytes each: more than a round of publishing looks at again."""

COUNTED: Final = 1000
"""Entries whose words are counted, so that topics are found by their rare ones; then those that matter are known."""

_Revision = tuple[str, int, int]
"""Id, number, and a hash of all that the entry says: a number alone would have to be trusted."""


class Decisions:
    """What the topics decide on entries. For one caller at a time.

    All of it is derived and may be dropped. Decisions are kept by entry revision for as long as the topics are the
    same; the words of all entries that were ever decided on and not forgotten are kept in a sieve, so that a topic that
    comes later is told which of them it may take.
    """

    def __init__(
        self, topics: Sequence[Topic], *, sources: Mapping[str, Source], analyser: Analyser, observe: Observer
    ) -> None:
        self._sources = sources
        self._analyser = analyser
        self._observe = observe
        self._sieve = Sieve()
        self._common: Counter[str] = Counter()
        """How many of the first entries had a key."""
        self._counted = 0
        self._kept: dict[_Revision, Mapping[int, Match]] = {}
        self.watch(topics)

    def watch(self, topics: Sequence[Topic]) -> None:
        """Decide for these topics from now on."""
        self._topics = tuple(topics)
        self._index = TopicIndex(self._topics, self._analyser, count=self._count)
        self.drop()

    def follow(self, sources: Mapping[str, Source]) -> None:
        """Take these for the sources, by id, from now on."""
        self._sources = sources
        self.drop()

    def drop(self) -> None:
        """Decide anew from now on, also on what was decided."""
        self._kept.clear()

    def on(self, entry: Entry) -> Mapping[int, Match]:
        """The answers of the topics that take `entry`, by their position among those watched.

        A text that trips the matcher costs itself, not every topic's feed: that is observed, and it is not taken.
        """
        revision = (entry.id, entry.revision, hash(entry))
        known = self._kept.get(revision)
        if known is None:
            if len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            lines = self._candidates(entry)
            answers = ((at, self.of(self._topics[at], entry, among=among)) for at, among in lines.items())
            known = self._kept[revision] = {position: match for position, match in answers if match is not None}
        return known

    def of(self, topic: Topic, entry: Entry, *, among: Container[int] | None = None) -> Match | None:
        """The answer of one topic; `among` are those of its lines that may hold, None: all."""
        source = self._sources.get(entry.source)
        try:
            return decide(topic, entry, source=source, analyser=self._analyser, among=among)
        except Exception as error:  # noqa: BLE001 - as promised
            reason = f"it cannot be decided on ({type(error).__name__}: {error})"
            self._observe(EntryRefused(topic=topic.id, entry=entry.id, reason=reason))
            return None

    def forget(self, entry_id: str) -> None:
        """Let go of an entry that left."""
        self._sieve.drop(entry_id)

    def taking(self, topic: Topic) -> tuple[str, ...]:
        """Ids of the entries known here that `topic` may take, each once: never one too few."""
        found: dict[str, None] = {}
        for language in sorted(self._sieve.languages):
            for needed in needs(topic, language, analyser=self._analyser, count=self._count):
                found.update(dict.fromkeys(self._sieve.having(language, needed)))
        return tuple(found)

    def coming_from(self, source_id: str) -> tuple[str, ...]:
        """Ids of the entries known here that may be of the source: never one too few."""
        key = frozenset((source_key(source_id),))
        return tuple(i for language in sorted(self._sieve.languages) for i in self._sieve.having(language, (key,)))

    def _candidates(self, entry: Entry) -> Mapping[int, Container[int] | None]:
        try:
            texts = texts_of(entry, analyser=self._analyser)
        except Exception:  # noqa: BLE001 - each topic meets it, and says so
            return dict.fromkeys(range(len(self._topics)))
        self._sieve.put(entry.id, primary(entry.language), signs_of(entry, texts))
        if self._counted < COUNTED:
            self._count_in(keys_of(entry, texts))
        return self._index.candidates(entry, texts)

    def _count_in(self, keys: Keys) -> None:
        self._common.update(keys)
        self._counted += 1
        if self._counted == COUNTED:
            self._common = Counter({key: count for key, count in self._common.items() if count > 1})
            self._index = TopicIndex(self._topics, self._analyser, count=self._count)

    def _count(self, keys: Keys) -> float:
        """How common these keys are; those that were not met by how rare they look."""
        return sum(map(self._common.__getitem__, keys)) + guess(keys) / 1000
