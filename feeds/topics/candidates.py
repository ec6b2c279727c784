"""What an entry must have for a line to hold, by which topics find entries and entries topics.

A line can hold only where certain words are: a phrase needs each of its words, alternatives need one of theirs. So an
entry that a line holds for has keys from each of certain sets, and one look at its words tells nearly all others.
What can be said of no word (`NOT`, `lang:`, `*` and the like) is tried on every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
)
from feeds.query.reading import Reading, lines_for
from feeds.text.analysed import AnalysedText
from feeds.text.forms import Analyser, beginning_of, primary
from feeds.text.tokens import fold
from feeds.text.vocabulary import signs

Keys = frozenset[str]
Texts = Sequence[AnalysedText]
Needs = tuple[Keys, ...]
"""Sets of keys, of each of which an entry has at least one; none: nothing can be told."""
Count = Callable[[Keys], float]
"""How many entries have at least one of these keys, about; only the order of the answers matters."""


def texts_of(entry: Entry, *, analyser: Analyser) -> Texts:
    """All texts that words of a line may stand in, each once."""
    reading = Reading(entry, None, analyser)
    return tuple(dict.fromkeys(text for field in TEXT_FIELDS for _, text in reading.texts(field)))


def keys_of(entry: Entry, texts: Texts) -> Keys:
    """All that `entry` can be found by: the keys of its words and its source."""
    words = chain.from_iterable(text.keys() for text in texts)
    return frozenset((source_key(entry.source),)).union(*words)


def signs_of(entry: Entry, texts: Texts) -> str:
    """The signs of all that `entry` can be found by."""
    return "".join((signs((source_key(entry.source),)), *(text.signs() for text in texts)))


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
