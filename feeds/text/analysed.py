"""A text made ready to be searched: its words by position, and which keys it has at all.

Most words of most queries are in few texts, so the question that must be fast is "not here?": one look at a set. Only
where a key is there are places worked out, and of that key alone: a text of 400 words has 700 keys, of which a thousand
topics ask for the places of twenty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress, count
from typing import Final

from feeds.text.forms import Analyser
from feeds.text.tokens import spans, words

Place = tuple[int, int]
"""First and last position of a match, counted in words."""

_NOWHERE: Final[frozenset[Place]] = frozenset()
_SHOUTING: Final = 0.6
"""Share of words in capitals from which capitals mean nothing; of real headlines, all or nearly all or few are."""
_ENOUGH: Final = 4
"""Words: three acronyms make a headline of their own."""


class AnalysedText:
    """A text's words under all their keys; a hyphenated word also as if it were written without hyphens."""

    __slots__ = ("_joined", "_known", "_places", "_spans", "_starts", "_words", "_written", "keys", "text")

    def __init__(self, text: str, language: str, analyser: Analyser) -> None:
        self.text = text
        self._words, hyphenated = words(text)
        self._joined = [((first, last), "".join(self._words[first : last + 1])) for first, last in hyphenated]
        self._known = analyser.vocabulary(language, shouted=_is_shouted(self._words))
        self._written = {*self._words, *(word for _, word in self._joined)}
        self.keys: frozenset[str] = frozenset().union(*map(self._known.__getitem__, self._written))
        self._places: dict[frozenset[str], frozenset[Place]] = {}
        self._spans: list[tuple[int, int]] | None = None
        self._starts: list[str] | None = None

    def __len__(self) -> int:
        """How many words it has."""
        return len(self._words)

    @property
    def words(self) -> Sequence[str]:
        """Its words in order, as it writes them; the parts of hyphenated ones on their own."""
        return self._words

    def form(self, word: str) -> str:
        """A key that the forms of a word of this text share: its first stem, or the word itself where it has none."""
        keys = self._known[word]
        return next((key for key in keys if "~" in key), keys[0])

    def places(self, wanted: frozenset[str]) -> frozenset[Place]:
        """Where a word stands that has one of the wanted keys."""
        if self.keys.isdisjoint(wanted):
            return _NOWHERE
        if wanted not in self._places:
            self._places[wanted] = self._placed(wanted)
        return self._places[wanted]

    def _placed(self, wanted: frozenset[str]) -> frozenset[Place]:
        known = self._known
        found = {word for word in self._written if not wanted.isdisjoint(known[word])}
        positions = compress(count(), map(found.__contains__, self._words))
        joined = (place for place, word in self._joined if word in found)
        return frozenset((*((position, position) for position in positions), *joined))

    def starting_with(self, prefix: str) -> frozenset[Place]:
        """Where a word stands whose folded form begins with `prefix` (folded)."""
        if self._starts is None:
            self._starts = sorted(key for key in self.keys if key[0] == "=")
        first = bisect_left(self._starts, f"={prefix}")
        last = bisect_left(self._starts, f"={prefix}\U0010ffff")
        return self.places(frozenset(self._starts[first:last]))

    def span(self, place: Place) -> tuple[int, int]:
        """The characters from the place's first word to its last."""
        if self._spans is None:
            self._spans = spans(self.text)
        return self._spans[place[0]][0], self._spans[place[1]][1]

    def surface(self, place: Place) -> str:
        """The characters at `place`, as the text writes them."""
        start, end = self.span(place)
        return self.text[start:end]


def _is_shouted(found: list[str]) -> bool:
    return len(found) >= _ENOUGH and sum(map(str.isupper, found)) > _SHOUTING * len(found)
