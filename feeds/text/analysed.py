"""A text made ready to be searched: its words, and which of them have the keys that somebody asks for.

Most words of most queries are in few texts, so the question that must be fast is "not here?". The vocabulary knows the
words that answer it (`feeds.text.vocabulary`), so that it is one look at two sets. Only where such a word is there are
places worked out, and of that word alone: a text of 400 words has 700 keys, of which a thousand topics ask for the
places of twenty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress, count
from typing import Final

from feeds.text.forms import Analyser, beginning_of
from feeds.text.tokens import spans, words
from feeds.text.vocabulary import LONGEST_WORD

Place = tuple[int, int]
"""First and last position of a match, counted in words."""

_NOWHERE: Final[frozenset[Place]] = frozenset()
_SHOUTING: Final = 0.6
"""Share of words in capitals from which capitals mean nothing; of real headlines, all or nearly all or few are."""
_ENOUGH: Final = 4
"""Words: three acronyms make a headline of their own."""


class AnalysedText:
    """A text's words under all their keys; a hyphenated word also as if it were written without hyphens."""

    __slots__ = (
        "_age",
        "_joined",
        "_known",
        "_long",
        "_places",
        "_spans",
        "_words",
        "shouted",
        "text",
        "written",
    )

    def __init__(self, text: str, language: str, analyser: Analyser) -> None:
        self.text = text
        self._words, hyphenated = words(text)
        self._joined = [((first, last), "".join(self._words[first : last + 1])) for first, last in hyphenated]
        self.shouted = _is_shouted(self._words)
        """Whether it is all capitals: then these tell nothing."""
        self._known = analyser.vocabulary(language, shouted=self.shouted)
        self.written = set(self._words)
        """All words that it is found by; not to be changed."""
        self.written.update(word for _, word in self._joined)
        self._age = -1
        """Of the vocabulary when it last knew all words, but the long ones, which it never remembers; -1: not asked."""
        longest = max(map(len, self.written), default=0)
        self._long = [word for word in self.written if len(word) > LONGEST_WORD] if longest > LONGEST_WORD else ()
        self._places: dict[frozenset[str], frozenset[Place]] = {}
        self._spans: list[tuple[int, int]] | None = None

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

    def keys(self) -> Iterator[tuple[str, ...]]:
        """All that it has, by words."""
        return map(self._known.__getitem__, self.written)

    def signs(self) -> str:
        """The signs of all keys (`feeds.text.vocabulary.signs`)."""
        return self._known.signs(self.written)

    def has(self, wanted: frozenset[str]) -> bool:
        """Whether any of its words has one of the wanted keys."""
        return not self._meeting(wanted).isdisjoint(self.written) or (bool(self._long) and bool(self._found(wanted)))

    def places(self, wanted: frozenset[str]) -> frozenset[Place]:
        """Where a word stands that has one of the wanted keys."""
        if wanted not in self._places:
            found = self._found(wanted)
            if not found:
                return _NOWHERE
            self._places[wanted] = self._placed(found)
        return self._places[wanted]

    def starting_with(self, prefix: str) -> frozenset[Place]:
        """Where a word stands whose folded form begins with `prefix` (folded)."""
        beginning, start = beginning_of(prefix), f"={prefix}"
        words = self._found(frozenset((beginning,))) if beginning else self.written
        found = {word for word in words if any(key.startswith(start) for key in self._known[word])}
        return self._placed(found) if found else _NOWHERE

    def _meeting(self, wanted: frozenset[str]) -> AbstractSet[str]:
        if self._age != self._known.age:
            self._known.learn(self.written)
            self._age = self._known.age
        return self._known.meeting(wanted)

    def _found(self, wanted: frozenset[str]) -> AbstractSet[str]:
        """Its words that have one of the wanted keys."""
        found = self._meeting(wanted) & self.written
        if self._long:
            return found | {word for word in self._long if not wanted.isdisjoint(self._known[word])}
        return found

    def _placed(self, found: AbstractSet[str]) -> frozenset[Place]:
        positions = list(compress(count(), map(found.__contains__, self._words)))
        joined = (place for place, word in self._joined if word in found)
        return frozenset(zip(positions, positions, strict=True)).union(joined)

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
