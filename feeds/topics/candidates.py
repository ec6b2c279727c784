"""Which topics an entry may belong to, and which entries may belong to a topic, without trying each with each.

A line can hold only where certain words are: a phrase needs each of its words, alternatives need one of theirs. So a
topic has, in a language, a set of keys of which every entry that it takes has at least one: it is found by them. What
can be said of no word (`NOT`, `lang:`, `*` and the like) is tried on every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from feeds.model import Entry
from feeds.query.expr import TEXT_FIELDS, And, Expr, In, Near, Or, Phrase, Query, Word
from feeds.query.match import keys_of
from feeds.text.forms import MOST_LANGUAGES, Analyser, primary
from feeds.text.tokens import fold
from feeds.topics.topic import ANY, Lines, Topic

Keys = frozenset[str]
Count = Callable[[Keys], float]
"""How many entries have at least one of these keys, about; only the order of the answers matters."""

_BEGINNING: Final = 3
"""Letters by which words that begin so are found; a query's `word*` has at least as many."""


def entry_keys(entry: Entry, *, analyser: Analyser) -> Keys:
    """All that `entry` can be found by: its words' keys, their beginnings, its language and its source."""
    keys = set().union(*(keys_of(entry, field, analyser=analyser) for field in TEXT_FIELDS))
    keys.update([f"*{key[1 : 1 + _BEGINNING]}" for key in keys if key[0] == "="])
    keys.update((language_key(primary(entry.language)), _source_key(entry.source)))
    return frozenset(keys)


def language_key(language: str) -> str:
    """The key of every entry whose language has this primary subtag."""
    return f"@lang:{language}"


def _source_key(source: str) -> str:
    return f"@source:{source}"


def guess(keys: Keys) -> float:
    """A `Count` that knows no entries: long words are rarer, and all words are rarer than entries of a source."""
    return -max((len(key) for key in keys if key[0] != "@"), default=0)


def anchors(topic: Topic, language: str, *, analyser: Analyser, count: Count = guess) -> Keys | None:
    """Keys of which each entry in `language` that `topic` takes has at least one; None: they cannot be told.

    `language` is a primary subtag, empty for unknown. Of several sets that would do, the one with the least `count`.
    """
    languages = topic.where.languages
    if languages and language not in {primary(tag) for tag in languages}:
        return frozenset()
    lines = [_anchors(query.expr, language, analyser, count) for query in _lines_for(topic.match, language)]
    sources = frozenset(map(_source_key, topic.where.sources)) or None
    return _rarest([_union(lines), sources], count)


def _lines_for(lines: Lines, language: str) -> Iterable[Query]:
    for key, queries in lines.items():
        if key == ANY or (language and primary(key) == language):
            yield from queries


def _anchors(expr: Expr, language: str, analyser: Analyser, count: Count) -> Keys | None:
    match expr:
        case Word():
            return _of_word(expr, language, analyser, count)
        case Phrase(parts) | And(parts):
            return _rarest([_anchors(part, language, analyser, count) for part in parts], count)
        case Near(left, right):
            return _rarest([_anchors(part, language, analyser, count) for part in (left, right)], count)
        case Or(parts):
            return _union([_anchors(part, language, analyser, count) for part in parts])
        case In(part=part):
            return _anchors(part, language, analyser, count)
        case _:
            return None


def _of_word(word: Word, language: str, analyser: Analyser, count: Count) -> Keys | None:
    *firsts, last = written = analyser.parts(word.text)
    split: list[Keys | None] = [analyser.wanted(part, language) for part in firsts]
    split.append(_of_token(last, language, analyser, prefix=word.prefix))
    if not firsts:
        return split[0]
    joined = _of_token("".join(written), language, analyser, prefix=word.prefix)
    return _union([_rarest(split, count), joined])


def _of_token(word: str, language: str, analyser: Analyser, *, prefix: bool) -> Keys | None:
    if not prefix:
        return analyser.wanted(word, language)
    beginning = fold(word)[:_BEGINNING]
    return frozenset((f"*{beginning}",)) if len(beginning) == _BEGINNING else None


def _union(sets: Sequence[Keys | None]) -> Keys | None:
    known = [keys for keys in sets if keys is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None


def _rarest(sets: Sequence[Keys | None], count: Count) -> Keys | None:
    known = [keys for keys in sets if keys is not None]
    return min(known, key=lambda keys: (count(keys), sorted(keys)), default=None)


class TopicIndex:
    """Topics by the words that they need; built anew when topics change."""

    def __init__(self, topics: Sequence[Topic], analyser: Analyser, *, count: Count = guess) -> None:
        self._topics = tuple(topics)
        self._analyser = analyser
        self._count = count
        self._by_language: dict[str, _Anchored] = {}

    def candidates(self, entry: Entry, keys: Keys) -> list[int]:
        """Positions of the topics that may take `entry`, in order: never one too few. `keys` are `entry_keys` of it."""
        language = primary(entry.language)
        anchored = self._by_language.get(language)
        if anchored is None:
            if len(self._by_language) >= MOST_LANGUAGES:
                self._by_language.clear()
            anchored = self._by_language[language] = self._anchored(language)
        found = set(anchored.always)
        for key in keys & anchored.keys:
            found.update(anchored.topics[key])
        return sorted(found)

    def _anchored(self, language: str) -> _Anchored:
        anchored = _Anchored()
        for position, topic in enumerate(self._topics):
            keys = anchors(topic, language, analyser=self._analyser, count=self._count)
            if keys is None:
                anchored.always.append(position)
            for key in keys or ():
                anchored.topics.setdefault(key, []).append(position)
        anchored.keys = frozenset(anchored.topics)
        return anchored


class _Anchored:
    """The topics as entries in one language find them."""

    __slots__ = ("always", "keys", "topics")

    def __init__(self) -> None:
        self.always: list[int] = []
        self.topics: dict[str, list[int]] = {}
        self.keys: Keys = frozenset()
