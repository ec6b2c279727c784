"""What else a topic might ask for: what sets apart the entries that it caught, what it just missed, kin of its words.

How much a word sets texts apart is its log-likelihood ratio (Dunning, "Accurate Methods for the Statistics of Surprise
and Coincidence", 1993) by the number of entries that have it, inside and outside, in one language.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from feeds.model import Entry, Source
from feeds.query.expr import SEARCHED
from feeds.query.reading import Reading
from feeds.text.analysed import AnalysedText
from feeds.text.forms import Analyser, primary
from feeds.topics.candidates import needs
from feeds.topics.kin import Kin, KinCounter
from feeds.topics.topic import Topic

_LETTERS: Final = 3
"""Shorter words are particles, nearly all."""
_COMMON: Final = 0.2
"""A word that more of all entries have than this is one of the language, not of a subject."""
_SURE: Final = 6.63
"""Of a ratio: chance alone gives as much once in a hundred words (chi-squared, one degree of freedom)."""
_NEAR: Final = 3
"""Words on either side of a clause that held alone, in which its synonyms are looked for."""
_MOST_UNITS: Final = 300_000
"""Of a group and language, some 150 bytes each: beyond that those that were met once are forgotten."""

Unit = tuple[str, ...]
"""One word or two that follow each other, by the key that their forms share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or a phrase, and how many entries in its language have it."""

    text: str
    """As it is written most often, in small letters."""
    language: str
    inside: int
    outside: int
    score: float
    """The log-likelihood ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What was found for a topic, the most telling first."""

    topic: str
    seen: int
    """Entries that were looked at."""
    caught: int
    missed: int
    """Those that have a part of a line, and not all of it."""
    terms: tuple[Term, ...]
    """What caught entries have more often than others."""
    near: tuple[Term, ...]
    """What stands in missed entries near the part that they have, more often than elsewhere."""
    kin: tuple[Kin, ...]
    """The words of the lines: which of their forms there are, and which words begin like them and are not met."""


def suggest(
    topic: Topic,
    entries: Callable[[], Iterable[Entry]],
    *,
    sources: Mapping[str, Source],
    analyser: Analyser,
    most: int = 20,
) -> Suggestions:
    """What might be added to `topic`, going twice through `entries`; `most` terms of a kind and language."""
    survey = _Survey(topic, sources, analyser)
    for entry in entries():
        survey.sort(entry)
    survey.keep(most=50 * most)
    for entry in entries():
        survey.count(entry)
    return Suggestions(
        topic=topic.id,
        seen=sum(survey.sizes.values()),
        caught=sum(survey.caught.sizes.values()),
        missed=sum(survey.missed.sizes.values()),
        terms=tuple(survey.terms(survey.caught, most)),
        near=tuple(survey.terms(survey.missed, most)),
        kin=survey.kin.found(),
    )


class _Group:
    """Entries of a kind: how many in each language, and how many of these have which units."""

    def __init__(self) -> None:
        self.sizes: Counter[str] = Counter()
        self.units: defaultdict[str, Counter[Unit]] = defaultdict(Counter)

    def add(self, language: str, units: Iterable[Unit]) -> None:
        self.sizes[language] += 1
        counted = self.units[language]
        counted.update(units)
        if len(counted) > _MOST_UNITS:
            self.units[language] = Counter({unit: count for unit, count in counted.items() if count > 1})


class _Survey:
    """First `sort` all entries, then `keep` what is worth counting, then `count` all of them."""

    def __init__(self, topic: Topic, sources: Mapping[str, Source], analyser: Analyser) -> None:
        self.caught, self.missed = _Group(), _Group()
        self.sizes: Counter[str] = Counter()
        self.kin = KinCounter(topic, analyser)
        self._topic = topic
        self._sources = sources
        self._analyser = analyser
        self._everywhere: defaultdict[str, Counter[Unit]] = defaultdict(Counter)
        self._wanted: dict[str, set[Unit]] = {}
        self._written: defaultdict[Unit, Counter[str]] = defaultdict(Counter)

    def sort(self, entry: Entry) -> None:
        reading = Reading(entry, self._sources.get(entry.source), self._analyser)
        if reading.takes(self._topic):
            self.caught.add(reading.language, {unit for text in _texts(reading) for unit, _ in self._units(text)})
        elif near := {unit for text in _texts(reading) for unit in self._near(text, reading.language)}:
            self.missed.add(reading.language, near)

    def keep(self, *, most: int) -> None:
        """Count only what the groups have more than once, and of that the most frequent: memory stays bounded."""
        for group in (self.caught, self.missed):
            for language, units in group.units.items():
                kept = (unit for unit, count in units.most_common(most) if count > 1)
                self._wanted.setdefault(language, set()).update(kept)

    def count(self, entry: Entry) -> None:
        language = primary(entry.language)
        self.sizes[language] += 1
        wanted = self._wanted.get(language, set())
        found: set[Unit] = set()
        for text in _texts(Reading(entry, None, self._analyser)):
            self.kin.count(text.words, language)
            for unit, written in self._units(text):
                # The words of a phrase are counted too, for it is no phrase of a subject if one of them is common.
                if unit in wanted:
                    found.add(unit)
                    self._written[unit][written] += 1
        self._everywhere[language].update(found)

    def terms(self, group: _Group, most: int) -> Iterator[Term]:
        """The most telling of a group, language by language."""
        for language, units in sorted(group.units.items()):
            terms = (self._term(unit, language, group) for unit in units if unit in self._wanted[language])
            telling = sorted(filter(None, terms), key=lambda term: (-term.score, term.text))
            yield from telling[:most]

    def _term(self, unit: Unit, language: str, group: _Group) -> Term | None:
        everywhere, size, all_of_them = self._everywhere[language], group.sizes[language], self.sizes[language]
        if any(everywhere[(key,)] > _COMMON * all_of_them and all_of_them > 1 / _COMMON**2 for key in unit):
            return None
        inside = group.units[language][unit]
        outside = max(0, everywhere[unit] - inside)
        score = likelihood_ratio(inside, size, outside, all_of_them - size)
        if score < _SURE:
            return None
        text = min(self._written[unit].items(), key=lambda one: (-one[1], one[0]))[0]
        return Term(text=text, language=language, inside=inside, outside=outside, score=round(score, 1))

    def _units(self, text: AnalysedText) -> Iterator[tuple[Unit, str]]:
        """Words and pairs of words, each with how it is written."""
        before = ("", "")
        for word in text.words:
            key = _key(text, word)
            if key:
                yield (key,), word.lower()
                if before[0]:
                    yield (before[0], key), f"{before[1]} {word.lower()}"
            before = (key, word)

    def _near(self, text: AnalysedText, language: str) -> Iterator[Unit]:
        """The words around each clause of a line of several that holds, and their pairs with it."""
        for needed in needs(self._topic, language, analyser=self._analyser):
            for wanted in needed if len(needed) > 1 else ():
                for first, last in text.places(wanted):
                    around = (*text.words[max(0, first - _NEAR) : first], *text.words[last + 1 : last + 1 + _NEAR])
                    yield from ((key,) for word in around if (key := _key(text, word)))
                    yield from self._pairs_with(text, first, last)

    def _pairs_with(self, text: AnalysedText, first: int, last: int) -> Iterator[Unit]:
        words = text.words
        for one, other in ((first - 1, first), (last, last + 1)):
            if one >= 0 and other < len(words):
                pair = (_key(text, words[one]), _key(text, words[other]))
                if all(pair):
                    yield pair


def _key(text: AnalysedText, word: str) -> str:
    """What the forms of a word of the text share; empty for one that is no word of a subject."""
    return text.form(word) if len(word) >= _LETTERS and word.isalpha() else ""


def _texts(reading: Reading) -> Sequence[AnalysedText]:
    """Each text once: many feeds give the same as summary and as content."""
    return list(dict.fromkeys(text for field in SEARCHED for _, text in reading.texts(field)))


def likelihood_ratio(inside: int, insiders: int, outside: int, outsiders: int) -> float:
    """How much it says that `inside` of `insiders` have something and `outside` of `outsiders`; 0 unless more do.

    Entries are what is counted: `inside <= insiders` and so on. The same share gives 0, more evidence gives more.
    """
    if not insiders or inside * outsiders <= outside * insiders:
        return 0.0
    share = (inside + outside) / (insiders + outsiders)
    return 2 * sum(
        _weight(count, size * expected)
        for count, size, expected in (
            (inside, insiders, share),
            (insiders - inside, insiders, 1 - share),
            (outside, outsiders, share),
            (outsiders - outside, outsiders, 1 - share),
        )
    )


def _weight(count: int, expected: float) -> float:
    return count * log(count / expected) if count else 0.0
