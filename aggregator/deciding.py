"""Which topics take an entry: its words looked at once, and only those topics tried that need one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from aggregator.events import EntryRefused, Observer
from feeds.model import Entry, Match, Source
from feeds.text.forms import Analyser, primary
from feeds.topics import Topic, decide
from feeds.topics.candidates import Keys, TopicIndex, anchors, entry_keys, language_key
from feeds.topics.sieve import Sieve

MOST_KEPT: Final = 10_000
"""Entries whose decisions are kept, of some 300 bytes each: more than a round of publishing looks at again."""

_Revision = tuple[str, int, datetime]


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
        self._languages: set[str] = set()
        self._kept: dict[_Revision, Mapping[int, Match]] = {}
        self.watch(topics)

    def watch(self, topics: Sequence[Topic]) -> None:
        """Decide for these topics from now on."""
        self._topics = tuple(topics)
        self._index = TopicIndex(self._topics, self._analyser)
        self._kept.clear()

    def on(self, entry: Entry) -> Mapping[int, Match]:
        """The answers of the topics that take `entry`, by their position among those watched.

        A text that trips the matcher costs itself, not every topic's feed: that is observed, and it is not taken.
        """
        revision = (entry.id, entry.revision, entry.revised)
        known = self._kept.get(revision)
        if known is None:
            if len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            answers = ((position, self.of(self._topics[position], entry)) for position in self._candidates(entry))
            known = self._kept[revision] = {position: match for position, match in answers if match is not None}
        return known

    def of(self, topic: Topic, entry: Entry) -> Match | None:
        """The answer of one topic."""
        try:
            return decide(topic, entry, source=self._sources.get(entry.source), analyser=self._analyser)
        except Exception as error:  # noqa: BLE001 - as promised
            reason = f"it cannot be decided on ({type(error).__name__}: {error})"
            self._observe(EntryRefused(topic=topic.id, entry=entry.id, reason=reason))
            return None

    def forget(self, entry_id: str) -> None:
        """Let go of an entry that left."""
        self._sieve.drop(entry_id)

    def taking(self, topic: Topic) -> Iterator[str]:
        """Ids of the entries known here that `topic` may take: never one too few."""
        for language in sorted(self._languages):
            required: list[Keys] = [frozenset((language_key(language),))]
            keys = anchors(topic, language, analyser=self._analyser, count=self._sieve.count)
            if keys is not None:
                required.append(keys)
            yield from self._sieve.having(*required)

    def _candidates(self, entry: Entry) -> Sequence[int]:
        try:
            keys = entry_keys(entry, analyser=self._analyser)
        except Exception:  # noqa: BLE001 - each topic meets it, and says so
            return range(len(self._topics))
        self._sieve.put(entry.id, keys)
        self._languages.add(primary(entry.language))
        return self._index.candidates(entry, keys)
