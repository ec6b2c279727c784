"""The words of a topic's lines as they are met in entries: in which forms, and beside which kin that no line meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from feeds.query.expr import ANY, words_in
from feeds.text.forms import Analyser, primary
from feeds.text.tokens import fold
from feeds.topics.topic import Topic

_ALIKE: Final = 0.6
"""Of a word's letters: «гарантія» and «гарантувати» have six in common."""
_LEAST: Final = 4
_MOST: Final = 12
"""Of each kind that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A word of a line, and the words that are related to it, each with how often entries in a language have it."""

    word: str
    language: str
    forms: tuple[tuple[str, int], ...]
    """Those that it meets, the most frequent first."""
    others: tuple[tuple[str, int], ...]
    """Those that begin like it and that no word of the topic's lines meets."""


class KinCounter:
    """Counts words as texts are shown to it."""

    def __init__(self, topic: Topic, analyser: Analyser) -> None:
        self._topic = topic
        self._analyser = analyser
        self._counted: dict[str, Counter[str]] = {}
        self._beginnings: dict[str, frozenset[str]] = {}

    def count(self, words: Sequence[str], language: str) -> None:
        """Count the words that begin like one of the topic's in `language`."""
        if language not in self._beginnings:
            self._counted[language] = Counter()
            self._beginnings[language] = frozenset(_beginning(word)[:_LEAST] for word in self._words(language))
        beginnings = self._beginnings[language]
        self._counted[language].update(word for word in words if word[:_LEAST].lower() in beginnings)

    def found(self) -> tuple[Kin, ...]:
        """For each word of a line in each language that was counted."""
        return tuple(
            self._kin(word, language) for language in sorted(self._counted) for word in sorted(self._words(language))
        )

    def _words(self, language: str) -> set[str]:
        lines = (
            query
            for key, queries in self._topic.match.items()
            if key == ANY or primary(key) == language
            for query in queries
        )
        return {part for query in lines for word in words_in(query.expr) for part in self._analyser.parts(word.text)}

    def _kin(self, word: str, language: str) -> Kin:
        keys = self._analyser.vocabulary(language, shouted=False)
        own = self._analyser.wanted(word, language)
        all_of_them = frozenset().union(*(self._analyser.wanted(one, language) for one in self._words(language)))
        forms: Counter[str] = Counter()
        others: Counter[str] = Counter()
        for written, count in self._counted[language].items():
            if not own.isdisjoint(keys[written]):
                forms[written.lower()] += count
            elif all_of_them.isdisjoint(keys[written]) and fold(written).startswith(_beginning(word)):
                others[written.lower()] += count
        return Kin(word=word, language=language, forms=_ranked(forms), others=_ranked(others))


def _beginning(word: str) -> str:
    folded = fold(word)
    return folded[: max(_LEAST, round(_ALIKE * len(folded)))]


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST])
