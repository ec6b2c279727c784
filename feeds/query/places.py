"""Where in a text a word, a phrase or a NEAR stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from feeds.query.expr import Expr, Near, Or, Phrase, Word
from feeds.text.analysed import AnalysedText, Place
from feeds.text.forms import Analyser
from feeds.text.tokens import fold

MOST_PLACES: Final = 1000
"""Places of a NEAR that are looked at in one field, from its beginning: a text of one word would have millions. In
honest texts two words do not stand near each other that often."""

Places = dict[Place, tuple[Place, ...]]
"""Each place with the parts of it that are to be shown: a NEAR shows both its sides, not what lies between."""


def places(expr: Expr, text: AnalysedText, language: str, analyser: Analyser) -> Places:
    """Every place of `expr` in `text`, in the order of the text; empty where it does not stand.

    `language` is the text's primary subtag. `expr` is made of Word, Phrase, Near and Or.
    """
    match expr:
        case Word():
            return _shown(_word(expr, text, language, analyser))
        case Phrase(words):
            return _shown(_phrase(words, text, language, analyser))
        case Or(alternatives):
            found: Places = {}
            for part in alternatives:
                found |= places(part, text, language, analyser)
            return found
        case Near(left, right, within):
            on_left = places(left, text, language, analyser)
            return _near(on_left, places(right, text, language, analyser), within) if on_left else {}
        case _:
            raise TypeError(f"{type(expr).__name__} stands at no place")


def _shown(found: Iterable[Place]) -> Places:
    return {place: (place,) for place in sorted(found)}


def _word(word: Word, text: AnalysedText, language: str, analyser: Analyser) -> set[Place]:
    """A hyphenated word stands where its parts follow each other, and where it is written as one."""
    written = analyser.parts(word.text)
    if len(written) == 1:
        return _token(written[0], text, language, analyser, prefix=word.prefix)
    *firsts, last = written
    split = (*(Word(part) for part in firsts), Word(last, word.prefix))
    joined = _token("".join(written), text, language, analyser, prefix=word.prefix)
    return joined | _phrase(split, text, language, analyser)


def _token(word: str, text: AnalysedText, language: str, analyser: Analyser, *, prefix: bool) -> set[Place]:
    if prefix:
        return text.starting_with(fold(word))
    return text.places(analyser.wanted(word, language))


def _phrase(words: tuple[Word, ...], text: AnalysedText, language: str, analyser: Analyser) -> set[Place]:
    found = _word(words[0], text, language, analyser)
    for word in words[1:]:
        if not found:
            return found
        ends: dict[int, list[int]] = {}
        for first, last in _word(word, text, language, analyser):
            ends.setdefault(first, []).append(last)
        found = {(first, end) for first, last in found for end in ends.get(last + 1, ())}
    return found


def _near(left: Places, right: Places, within: int) -> Places:
    """Pairs that do not overlap and have at most `within` words between them, in either order."""
    by_first = sorted(right)
    by_last = sorted(right, key=lambda place: place[1])
    firsts = [place[0] for place in by_first]
    lasts = [place[1] for place in by_last]
    found: Places = {}
    for place, marks in left.items():
        first, last = place
        after = by_first[bisect_right(firsts, last) : bisect_right(firsts, last + within + 1)]
        before = by_last[bisect_left(lasts, first - within - 1) : bisect_left(lasts, first)]
        for other in (*before, *after):
            found.setdefault((min(first, other[0]), max(last, other[1])), (*marks, *right[other]))
        if len(found) >= MOST_PLACES:
            break
    return dict(sorted(found.items()))
