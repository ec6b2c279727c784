"""A text made ready to be searched: its words by position, and which keys it has at all.

Most words of most queries are in few texts, so the question that must be fast is "not here?": one look at a set. Only
where a key is there are places worked out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from feeds.text.forms import Analyser
from feeds.text.tokens import spans, words

Place = tuple[int, int]
"""First and last position of a match, counted in words."""

_SHOUTING: Final = 0.6
"""Share of words in capitals from which capitals mean nothing; of real headlines, all or nearly all or few are."""
_ENOUGH: Final = 4
"""Words: three acronyms make a headline of their own."""


class AnalysedText:
    """A text's words under all their keys; a hyphenated word also as if it were written without hyphens."""

    __slots__ = ("_joined", "_known", "_places", "_spans", "_starts", "_words", "keys", "text")

    def __init__(self, text: str, language: str, analyser: Analyser) -> None:
        self.text = text
        self._words, hyphenated = words(text)
        self._joined = [((first, last), "".join(self._words[first : last + 1])) for first, last in hyphenated]
        self._known = analyser.vocabulary(language, shouted=_is_shouted(self._words))
        written = {*self._words, *(word for _, word in self._joined)}
        self.keys: frozenset[str] = frozenset().union(*map(self._known.__getitem__, written))
        self._places: dict[str, list[Place]] | None = None
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

    def places(self, wanted: AbstractSet[str]) -> set[Place]:
        """Where a word stands that has one of the wanted keys."""
        if self.keys.isdisjoint(wanted):
            return set()
        if self._places is None:
            self._places = self._placed()
        return {place for key in wanted & self.keys for place in self._places[key]}

    def _placed(self) -> dict[str, list[Place]]:
        """Where each key stands: the places of every word that has it. Made when first asked for."""
        words: dict[str, list[Place]] = {}
        for position, word in enumerate(self._words):
            words.setdefault(word, []).append((position, position))
        for place, word in self._joined:
            words.setdefault(word, []).append(place)
        placed: dict[str, list[Place]] = {}
        for word, places in words.items():
            for key in self._known[word]:
                placed[key] = placed[key] + places if key in placed else places
        return placed

    def starting_with(self, prefix: str) -> set[Place]:
        """Where a word stands whose folded form begins with `prefix` (folded)."""
        if self._starts is None:
            self._starts = sorted(key for key in self.keys if key[0] == "=")
        first = bisect_left(self._starts, f"={prefix}")
        last = bisect_left(self._starts, f"={prefix}\U0010ffff")
        return self.places(set(self._starts[first:last]))

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
