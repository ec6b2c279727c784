"""Which topics an entry may belong to, and which entries may belong to a topic, without trying each with each.

A line can hold only where certain words are: a phrase needs each of its words, alternatives need one of theirs. So an
entry that a line holds for has keys from each of certain sets, and one look at a set of keys tells nearly all others.
What can be said of no word (`NOT`, `lang:`, `*` and the like) is tried on every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from feeds.model import Entry
from feeds.query.expr import (
    TEXT_FIELDS,
    And,
    Boost,
    Expr,
    In,
    Near,
    Or,
    Phrase,
    Ref,
    Rules,
    Word,
    words_in,
)
from feeds.query.reading import Reading, lines_for
from feeds.text.forms import MOST_LANGUAGES, Analyser, beginning_of, primary
from feeds.text.tokens import fold
from feeds.topics.topic import Topic

Keys = frozenset[str]
Needs = tuple[Keys, ...]
"""Sets of keys, of each of which an entry has at least one; none: nothing can be told."""
Lines = Mapping[int, frozenset[int]]
"""Topics by their position, with the numbers of those of their lines that may hold, as they are tried."""
Count = Callable[[Keys], float]
"""How many entries have at least one of these keys, about; only the order of the answers matters."""


def entry_keys(entry: Entry, *, analyser: Analyser) -> Keys:
    """All that `entry` can be found by: its words' keys and its source."""
    reading = Reading(entry, None, analyser)
    texts = dict.fromkeys(text for field in TEXT_FIELDS for _, text in reading.texts(field))
    words = chain.from_iterable(text.keys for text in texts)
    return frozenset((source_key(entry.source),)).union(*words)


def source_key(source: str) -> str:
    """The key of all entries of a source, given by its id."""
    return f"@source:{source}"


def guess(keys: Keys) -> float:
    """A `Count` that knows no entries: long words are rarer, and all words are rarer than entries of a source."""
    return -max((len(key) for key in keys if key[0] != "@"), default=0)


def needs(rules: Rules, language: str, *, analyser: Analyser, count: Count = guess) -> list[Needs]:
    """What an entry in `language` needs for `rules` to take it: of one of these, a key from each set.

    One for each line, in the order in which they are tried; none where `where` leaves the language out. `language` is
    a primary subtag, empty for unknown.
    """
    where = rules.where
    if where.languages and language not in {primary(tag) for tag in where.languages}:
        return []
    around = (frozenset(map(source_key, where.sources)),) if where.sources else ()
    lines = (_needs(query.expr, language, analyser, count) for _, query in lines_for(rules.match, language))
    return [(*around, *line) for line in lines]


def _needs(expr: Expr, language: str, analyser: Analyser, count: Count) -> Needs:  # noqa: PLR0911 - one per kind of expression
    match expr:
        case Word():
            return _of_word(expr, language, analyser, count)
        case Phrase(parts) | And(parts):
            return tuple(keys for part in parts for keys in _needs(part, language, analyser, count))
        case Near(left, right):
            return (*_needs(left, language, analyser, count), *_needs(right, language, analyser, count))
        case Or(parts):
            return _either([_needs(part, language, analyser, count) for part in parts], count)
        case In(part=part) | Boost(part=part):
            return _needs(part, language, analyser, count)
        case Ref(rules=rules) if rules is not None:
            return _either(needs(rules, language, analyser=analyser, count=count), count)
        case _:
            return ()


def _of_word(word: Word, language: str, analyser: Analyser, count: Count) -> Needs:
    written = analyser.parts(word.text)
    if word.exact or not written:
        return tuple(frozenset((f"={fold(part)}",)) for part in written)
    *firsts, last = written
    ending = _of_token(last, language, analyser, prefix=word.prefix)
    if not firsts:
        return ending
    split = (*(analyser.wanted(part, language) for part in firsts), *ending)
    return _either([split, _of_token("".join(written), language, analyser, prefix=word.prefix)], count)


def _of_token(word: str, language: str, analyser: Analyser, *, prefix: bool) -> Needs:
    if not prefix:
        return (analyser.wanted(word, language),)
    beginning = beginning_of(fold(word))
    return (frozenset((beginning,)),) if beginning else ()


def _either(alternatives: Sequence[Needs], count: Count) -> Needs:
    """What is needed where one of these is enough: a key of what each needs that is rarest."""
    if not all(alternatives):
        return ()
    return (frozenset().union(*(min(needed, key=count) for needed in alternatives)),)


class TopicIndex:
    """Topics by the words that they need; built anew when topics change."""

    def __init__(self, topics: Sequence[Topic], analyser: Analyser, *, count: Count = guess) -> None:
        self._topics = tuple(topics)
        self._analyser = analyser
        self._count = count
        self._by_language: dict[str, _Index] = {}

    def candidates(self, entry: Entry, keys: Keys) -> Lines:
        """The topics that may take `entry`, in order, and by which lines: never one too few.

        `keys` are `entry_keys` of it.
        """
        language = primary(entry.language)
        index = self._by_language.get(language)
        if index is None:
            if len(self._by_language) >= MOST_LANGUAGES:
                self._by_language.clear()
            index = self._by_language[language] = _Index()
            self._expect(language)
            for position, topic in enumerate(self._topics):
                asked = needs(topic, language, analyser=self._analyser, count=self._count)
                for number, needed in enumerate(asked):
                    index.add((position, number), needed, self._count)
        return index.candidates(keys)

    def _expect(self, language: str) -> None:
        """Have the vocabularies of a language ready for what all lines ask of its texts."""
        lines = (
            query
            for topic in self._topics
            for rules in (topic.match, topic.exclude)
            for _, query in lines_for(rules, language)
        )
        wanted = {
            self._analyser.wanted(part, language)
            for query in lines
            for word in words_in(query.expr)
            if not word.exact
            for part in self._analyser.parts(word.text)
        }
        for shouted in (False, True):
            self._analyser.vocabulary(language, shouted=shouted).expect(wanted)


_Line = tuple[int, int]
"""A topic's position and the number of one of its lines."""


@dataclass(slots=True)
class _Anchored:
    """The lines that are found by one key."""

    alone: list[_Line] = field(default_factory=list)
    """Those that need nothing else."""
    beside: dict[str, list[tuple[_Line, Needs]]] = field(default_factory=dict)
    """Those that need more: by each key of the rarest set of that, with the sets that are left."""
    seconds: Keys = frozenset()
    """The keys of `beside`."""


class _Index:
    """The lines of all topics, as entries in one language find them: each by the two rarest sets of keys it needs.

    An entry has the first of many lines and the second of few; which ones is a meeting of sets, without a look at each.
    """

    __slots__ = ("_always", "_anchored", "_keys")

    def __init__(self) -> None:
        self._always: list[_Line] = []
        self._anchored: dict[str, _Anchored] = {}
        self._keys: Keys | None = None

    def add(self, line: _Line, needed: Needs, count: Count) -> None:
        if not needed:
            self._always.append(line)
            return
        rarest, *others = sorted(needed, key=count)
        for key in rarest:
            anchored = self._anchored.setdefault(key, _Anchored())
            if not others:
                anchored.alone.append(line)
            for second in others[0] if others else ():
                anchored.beside.setdefault(second, []).append((line, tuple(others[1:])))

    def candidates(self, keys: Keys) -> Lines:
        found = set(self._always)
        for key in keys & self._ready():
            anchored = self._anchored[key]
            if anchored.alone:
                found.update(anchored.alone)
            for second in keys & anchored.seconds:
                for line, others in anchored.beside[second]:
                    if not any(keys.isdisjoint(other) for other in others):
                        found.add(line)
        by_topic: dict[int, list[int]] = {}
        for position, number in sorted(found):
            by_topic.setdefault(position, []).append(number)
        return {position: frozenset(numbers) for position, numbers in by_topic.items()}

    def _ready(self) -> Keys:
        """All keys by which lines are found, once all lines are there."""
        if self._keys is None:
            self._keys = frozenset(self._anchored)
            for anchored in self._anchored.values():
                anchored.seconds = frozenset(anchored.beside)
        return self._keys
