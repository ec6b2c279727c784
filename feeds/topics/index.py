"""Many topics by the words that they need: which of them may take an entry?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from feeds.model import Entry
from feeds.query.expr import words_in
from feeds.query.reading import lines_for
from feeds.text.forms import MOST_LANGUAGES, Analyser, primary
from feeds.text.vocabulary import LONGEST_WORD, Vocabulary
from feeds.topics.candidates import Count, Keys, Needs, Texts, guess, needs, source_key
from feeds.topics.topic import Topic

MOST_WORDS: Final = 100_000
"""Of a language that are remembered with what is asked of them, some 100 bytes each."""

Lines = Mapping[int, frozenset[int]]
"""Topics by their position, with the numbers of those of their lines that may hold, as they are tried."""


class TopicIndex:
    """Topics by the words that they need; built anew when topics change."""

    def __init__(self, topics: Sequence[Topic], analyser: Analyser, *, count: Count = guess) -> None:
        self._topics = tuple(topics)
        self._analyser = analyser
        self._count = count
        self._by_language: dict[str, _Index] = {}

    def candidates(self, entry: Entry, texts: Texts) -> Lines:
        """The topics that may take `entry`, in order, and by which lines: never one too few.

        `texts` are all of it (`feeds.topics.candidates.texts_of`).
        """
        language = primary(entry.language)
        index = self._by_language.get(language)
        if index is None:
            if len(self._by_language) >= MOST_LANGUAGES:
                self._by_language.clear()
            index = self._by_language[language] = self._made(language)
        return index.candidates(source_key(entry.source), texts)

    def _made(self, language: str) -> _Index:
        vocabularies = [self._analyser.vocabulary(language, shouted=shouted) for shouted in (False, True)]
        wanted = self._asked(language)
        for vocabulary in vocabularies:
            vocabulary.expect(wanted)
        index = _Index(*vocabularies)
        for position, topic in enumerate(self._topics):
            asked = needs(topic, language, analyser=self._analyser, count=self._count)
            for number, needed in enumerate(asked):
                index.add((position, number), sorted(needed, key=self._count))
        return index

    def _asked(self, language: str) -> set[Keys]:
        """What all lines ask of the words of texts in a language."""
        lines = (
            query
            for topic in self._topics
            for rules in (topic.match, topic.exclude)
            for _, query in lines_for(rules, language)
        )
        return {
            self._analyser.wanted(part, language)
            for query in lines
            for word in words_in(query.expr)
            if not word.exact
            for part in self._analyser.parts(word.text)
        }


_Line = tuple[int, int]
"""A topic's position and the number of one of its lines."""
_Set = int
"""The number of a set of keys."""


@dataclass(slots=True)
class _Anchored:
    """The lines that are found by one set."""

    alone: list[_Line] = field(default_factory=list)
    """Those that need nothing else."""
    beside: dict[_Set, list[tuple[_Line, Sequence[_Set]]]] = field(default_factory=dict)
    """Those that need more: by the rarest set of that, with those that are left."""
    seconds: frozenset[_Set] = frozenset()
    """The sets in `beside`."""


class _Index:
    """The lines of all topics, as entries in one language find them: each by the two rarest sets of keys it needs.

    An entry has the first of many lines and the second of few; which ones is a meeting of sets, without a look at each.
    """

    __slots__ = ("_always", "_anchored", "_anchors", "_by_key", "_numbers", "_words")

    def __init__(self, plain: Vocabulary, shouted: Vocabulary) -> None:
        self._always: list[_Line] = []
        self._anchored: dict[_Set, _Anchored] = {}
        self._anchors: frozenset[_Set] | None = None
        self._numbers: dict[Keys, _Set] = {}
        self._by_key: dict[str, list[_Set]] = {}
        self._words = {False: _Words(plain, self._by_key), True: _Words(shouted, self._by_key)}

    def add(self, line: _Line, needed: Needs | Sequence[Keys]) -> None:
        """A line and what it needs, the rarest first; all of them before the first entry is asked for."""
        if not needed:
            self._always.append(line)
            return
        rarest, *others = map(self._number, needed)
        anchored = self._anchored.setdefault(rarest, _Anchored())
        if others:
            anchored.beside.setdefault(others[0], []).append((line, others[1:]))
        else:
            anchored.alone.append(line)

    def _number(self, keys: Keys) -> _Set:
        number = self._numbers.get(keys)
        if number is None:
            number = self._numbers[keys] = len(self._numbers)
            for key in keys:
                self._by_key.setdefault(key, []).append(number)
        return number

    def candidates(self, source: str, texts: Texts) -> Lines:
        met = set(self._by_key.get(source, ()))
        for text in texts:
            met.update(chain.from_iterable(map(self._words[text.shouted].__getitem__, text.written)))
        found = set(self._always)
        for number in met & self._ready():
            anchored = self._anchored[number]
            found.update(anchored.alone)
            for second in met & anchored.seconds:
                found.update(line for line, others in anchored.beside[second] if met.issuperset(others))
        by_topic: dict[int, list[int]] = {}
        for position, number in sorted(found):
            by_topic.setdefault(position, []).append(number)
        return {position: frozenset(numbers) for position, numbers in by_topic.items()}

    def _ready(self) -> frozenset[_Set]:
        """All sets by which lines are found, once all lines are there."""
        if self._anchors is None:
            self._anchors = frozenset(self._anchored)
            for anchored in self._anchored.values():
                anchored.seconds = frozenset(anchored.beside)
        return self._anchors


class _Words(dict[str, Collection[_Set]]):
    """Words with the sets that they have a key of, worked out when first asked for."""

    def __init__(self, vocabulary: Vocabulary, by_key: Mapping[str, Sequence[_Set]]) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._by_key = by_key

    def __missing__(self, word: str) -> Collection[_Set]:
        met = tuple({number for key in self._vocabulary[word] for number in self._by_key.get(key, ())})
        if len(word) <= LONGEST_WORD:
            if len(self) >= MOST_WORDS:
                self.clear()
            self[word] = met
        return met
