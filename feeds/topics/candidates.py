"""Which topics an entry may belong to, and which entries may belong to a topic, without trying each with each.

A line can hold only where certain words are: a phrase needs each of its words, alternatives need one of theirs. So an
entry that a line holds for has keys from each of certain sets, and one look at a set of keys tells nearly all others.
What can be said of no word (`NOT`, `lang:`, `*` and the like) is tried on every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
    words = (text.keys for field in TEXT_FIELDS for _, text in reading.texts(field))
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
            for position, topic in enumerate(self._topics):
                asked = needs(topic, language, analyser=self._analyser, count=self._count)
                for number, needed in enumerate(asked):
                    index.add((position, number), needed, self._count)
        return index.candidates(keys)


_Line = tuple[int, int]
"""A topic's position and the number of one of its lines."""


class _Index:
    """The lines of all topics, as entries in one language find them: each by the rarest set of keys that it needs."""

    __slots__ = ("_always", "_keys", "_lines")

    def __init__(self) -> None:
        self._always: list[_Line] = []
        self._lines: dict[str, list[tuple[_Line, Needs]]] = {}
        self._keys: Keys | None = None

    def add(self, line: _Line, needed: Needs, count: Count) -> None:
        if not needed:
            self._always.append(line)
            return
        rarest = min(needed, key=count)
        others = tuple(sorted((keys for keys in needed if keys is not rarest), key=count))
        for key in rarest:
            self._lines.setdefault(key, []).append((line, others))

    def candidates(self, keys: Keys) -> Lines:
        if self._keys is None:
            self._keys = frozenset(self._lines)
        found = set(self._always)
        for key in keys & self._keys:
            for line, others in self._lines[key]:
                for other in others:
                    if keys.isdisjoint(other):
                        break
                else:
                    found.add(line)
        by_topic: dict[int, list[int]] = {}
        for position, number in sorted(found):
            by_topic.setdefault(position, []).append(number)
        return {position: frozenset(numbers) for position, numbers in by_topic.items()}
