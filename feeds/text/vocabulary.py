"""The words of a language with their keys, and the other way round: which of them has one of certain keys."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from itertools import filterfalse
from typing import Final, cast

LONGEST_WORD: Final = 80
"""Letters: German and Finnish stay below; what is longer is no word, has no forms, and is not worth remembering."""

Wanted = frozenset[str]
"""Keys of which a word shall have one."""

SIGNS: Final = 1 << 15
"""How many signs there are: twice as many would reach into the surrogates, which make pairs of characters one."""
_LOW: Final = bytes(byte & 0x7F for byte in range(256))
_WIDTH: Final = array("q").itemsize


def signs(keys: Collection[str]) -> str:
    """A character for each key: a sign that it may be there.

    Those of another process are others, so they are never kept.
    """
    hashes = array("q", map(hash, keys)).tobytes()
    taken = bytearray(2 * len(keys))
    taken[0::2] = hashes[0::_WIDTH]
    taken[1::2] = hashes[1::_WIDTH].translate(_LOW)
    return taken.decode("utf-16-le")


class Vocabulary(dict[str, tuple[str, ...]]):
    """Words with their keys, worked out when first asked for; forgets all when it has `most`.

    Topics ask the same of every text, so what is asked is answered once for the vocabulary and kept up as it grows: a
    text then has to look at none of its words that nobody asks for.
    """

    def __init__(self, keys: Callable[[str], tuple[str, ...]], most: int) -> None:
        super().__init__()
        self._keys = keys
        self._most = most
        self._signs: dict[str, str] = {}
        self._meeting: dict[Wanted, set[str]] = {}
        self._asked: dict[str, list[set[str]]] = {}
        """By key: the answers that a word belongs to which has it."""
        self.age = 0
        """How often all was forgotten: who counts on words to be known looks whether it is still the same."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(word) > LONGEST_WORD:
            return self._keys(word)
        if len(self) >= self._most:
            self._forget()
        return self._add(word)

    def learn(self, words: Collection[str]) -> None:
        """Know all of these at once, be they more than `most`, but for those that are too long."""
        unknown = [word for word in filterfalse(self.__contains__, words) if len(word) <= LONGEST_WORD]
        if self and len(self) + len(unknown) > self._most:
            self._forget()
            unknown = [word for word in words if len(word) <= LONGEST_WORD]
        for word in unknown:
            self._add(word)

    def signs(self, words: Collection[str]) -> str:
        """The signs of all keys of these words."""
        found = list(map(self._signs.get, words))
        if None in found:
            found = [self._signed(word) for word in words]
        return "".join(cast("list[str]", found))

    def _signed(self, word: str) -> str:
        made = self._signs.get(word) or signs(self[word])
        if word in self:
            self._signs[word] = made
        return made

    def meeting(self, wanted: Wanted) -> AbstractSet[str]:
        """The known words that have one of these keys: not to be changed, and growing with the vocabulary."""
        if wanted not in self._meeting:
            self.expect((wanted,))
        return self._meeting[wanted]

    def expect(self, all_wanted: Iterable[Wanted]) -> None:
        """Get ready to be asked for these: for all of them together costs what one does."""
        new = {wanted for wanted in all_wanted if wanted not in self._meeting}
        if len(self._meeting) + len(new) > self._most:
            self._meeting.clear()
            self._asked.clear()
        asked: dict[str, list[set[str]]] = {}
        for wanted in new:
            found = self._meeting[wanted] = set()
            for key in wanted:
                asked.setdefault(key, []).append(found)
        for word, keys in self.items():
            for key in keys:
                for found in asked.get(key, ()):
                    found.add(word)
        for key, answers in asked.items():
            self._asked.setdefault(key, []).extend(answers)

    def _add(self, word: str) -> tuple[str, ...]:
        keys = self[word] = self._keys(word)
        for key in keys:
            for found in self._asked.get(key, ()):
                found.add(word)
        return keys

    def _forget(self) -> None:
        self.clear()
        self._signs.clear()
        for found in self._meeting.values():
            found.clear()
        self.age += 1
