"""Where in a text a word, a phrase or a NEAR stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final
from unicodedata import normalize

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
        case Phrase(words, 0):
            return _shown(_phrase(words, text, language, analyser))
        case Phrase(words, gaps):
            return _sloppy(words, gaps, text, language, analyser)
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


def stands(expr: Expr, text: AnalysedText, language: str, analyser: Analyser) -> bool:
    """Whether `expr` stands anywhere in `text`: whether it has `places`, which most texts tell without any."""
    match expr:
        case Word(written, prefix=False, exact=False) if len(parts := analyser.parts(written)) == 1:
            return text.has(analyser.wanted(parts[0], language))
        case Or(alternatives):
            return any(stands(part, text, language, analyser) for part in alternatives)
        case Phrase(words) if not all(stands(word, text, language, analyser) for word in words):
            return False
        case Near(left, right) if not (
            stands(left, text, language, analyser) and stands(right, text, language, analyser)
        ):
            return False
        case _:
            return bool(places(expr, text, language, analyser))


def _shown(found: Iterable[Place]) -> Places:
    return {place: (place,) for place in sorted(found)}


def _word(word: Word, text: AnalysedText, language: str, analyser: Analyser) -> AbstractSet[Place]:
    """A hyphenated word stands where its parts follow each other, and, if no form is asked for, where it is one."""
    written = analyser.parts(word.text)
    if word.exact:
        return _exact(word.text, written, text)
    if len(written) == 1:
        return _token(written[0], text, language, analyser, prefix=word.prefix)
    *firsts, last = written
    split = (*(Word(part) for part in firsts), Word(last, word.prefix))
    joined = _token("".join(written), text, language, analyser, prefix=word.prefix)
    return joined | _phrase(split, text, language, analyser)


def _token(word: str, text: AnalysedText, language: str, analyser: Analyser, *, prefix: bool) -> AbstractSet[Place]:
    if prefix:
        return text.starting_with(fold(word))
    return text.places(analyser.wanted(word, language))


def _exact(written: str, parts: tuple[str, ...], text: AnalysedText) -> AbstractSet[Place]:
    """Where the parts follow each other in this very form; capitals count where `written` has any."""
    found: AbstractSet[Place] = text.places(frozenset((f"={fold(parts[0])}",)))
    for part in parts[1:]:
        following = {first: last for first, last in text.places(frozenset((f"={fold(part)}",))) if first == last}
        found = {(first, last + 1) for first, last in found if last + 1 in following}
    if written != written.lower():
        found = {place for place in found if _capitals(text.surface(place)) == _capitals(written)}
    return found


def _capitals(written: str) -> list[bool]:
    return [letter.isupper() for letter in normalize("NFC", written) if letter.isalpha()]


def _phrase(words: tuple[Word, ...], text: AnalysedText, language: str, analyser: Analyser) -> AbstractSet[Place]:
    found = _word(words[0], text, language, analyser)
    for word in words[1:]:
        if not found:
            return found
        ends: dict[int, list[int]] = {}
        for first, last in _word(word, text, language, analyser):
            ends.setdefault(first, []).append(last)
        found = {(first, end) for first, last in found for end in ends.get(last + 1, ())}
    return found


def _sloppy(words: tuple[Word, ...], gaps: int, text: AnalysedText, language: str, analyser: Analyser) -> Places:
    """Where the words stand in their order with at most `gaps` others between them, all gaps counted together.

    Of several ways from one word on to another the one with the fewest words between counts.
    """
    reached: dict[Place, tuple[int, tuple[Place, ...]]]
    reached = {place: (0, (place,)) for place in sorted(_word(words[0], text, language, analyser))}
    for word in words[1:]:
        if not reached:
            return {}
        following = sorted(_word(word, text, language, analyser))
        firsts = [first for first, _ in following]
        further: dict[Place, tuple[int, tuple[Place, ...]]] = {}
        for (first, last), (used, marks) in reached.items():
            for other in following[bisect_right(firsts, last) : bisect_right(firsts, last + 1 + gaps - used)]:
                between = used + other[0] - last - 1
                known = further.get((first, other[1]))
                if known is None or between < known[0]:
                    further[first, other[1]] = (between, (*marks, other))
        reached = further
    return {place: _merged(marks) for place, (_, marks) in sorted(reached.items())}


def _merged(marks: tuple[Place, ...]) -> tuple[Place, ...]:
    """Neighbours as one."""
    found = [marks[0]]
    for first, last in marks[1:]:
        if first == found[-1][1] + 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


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
