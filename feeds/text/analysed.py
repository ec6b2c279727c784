"""A text made ready to be searched: words by position, and positions by key."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from feeds.text.forms import Analyser
from feeds.text.tokens import Token, fold, tokens

Place = tuple[int, int]
"""First and last position of a match, counted in words."""

_SHOUTING: Final = 0.6
"""Share of words in capitals from which capitals mean nothing; of real headlines, all or nearly all or few are."""
_ENOUGH: Final = 4
"""Words: three acronyms make a headline of their own."""


class AnalysedText:
    """A text's words under all their keys; a hyphenated word also as if it were written without hyphens."""

    __slots__ = ("_sorted", "ends", "places", "starts", "words")

    def __init__(self, text: str, language: str, analyser: Analyser) -> None:
        found = list(tokens(text))
        self.words = len(found)
        self.starts = [token.start for token in found]
        self.ends = [token.end for token in found]
        self.places: dict[str, list[Place]] = {}
        """By key, in the order of the text."""
        self._sorted: list[str] | None = None
        shouted = _is_shouted(found)
        places, keys = self.places, analyser.keys
        for position, token in enumerate(found):
            place = (position, position)
            for key in keys(token.text, language, shouted):
                places.setdefault(key, []).append(place)
        for first, last in _compounds(found):
            joined = "".join(token.text for token in found[first : last + 1])
            for key in keys(joined, language, shouted):
                places.setdefault(key, []).append((first, last))

    def starting_with(self, prefix: str) -> list[Place]:
        """Where a word stands whose folded form begins with `prefix` (folded)."""
        if self._sorted is None:
            self._sorted = sorted(key for key in self.places if key[0] == "=")
        wanted = f"={prefix}"
        found: list[Place] = []
        for key in self._sorted[bisect_left(self._sorted, wanted) :]:
            if not key.startswith(wanted):
                break
            found += self.places[key]
        return found

    def span(self, place: Place) -> tuple[int, int]:
        """The characters from the place's first word to its last."""
        return self.starts[place[0]], self.ends[place[1]]


def _is_shouted(found: list[Token]) -> bool:
    if len(found) < _ENOUGH:
        return False
    return sum(token.text.isupper() for token in found) > _SHOUTING * len(found)


def _compounds(found: list[Token]) -> Iterator[Place]:
    """First and last position of each hyphenated word."""
    first = 0
    for position in range(1, len(found) + 1):
        if position == len(found) or found[position].compound != found[first].compound:
            if position - first > 1:
                yield first, position - 1
            first = position


def parts(word: str) -> tuple[str, ...]:
    """The words that a query's word is made of: `e-mail` is two."""
    return tuple(token.text for token in tokens(word))


def folded_parts(word: str) -> tuple[str, ...]:
    """The same, folded."""
    return tuple(fold(part) for part in parts(word))
