"""Which of many entries may have certain words: asked when a topic changes, so that not all that is stored is read.

A few hundred bytes for each entry tell "not here" or "perhaps": a sign for each of its keys, as a string, for nothing
else in Python is searched as fast. No entry is missed; some are named that do not have the words. Feed entries of 50
words have some 150 keys, articles of 400 words some 750: by one key 1 in 200 and 1 in 40 is named wrongly, of articles
by the two words of a phrase 1 in 500.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from feeds.text.vocabulary import signs


class Sieve:
    """Entries by id, each with its language and the keys that it has. For one caller at a time."""

    def __init__(self) -> None:
        self._signs: dict[str, dict[str, str]] = {}
        """By language, then by id."""

    def __len__(self) -> int:
        return sum(map(len, self._signs.values()))

    @property
    def languages(self) -> Collection[str]:
        """Those of which there may be entries."""
        return self._signs.keys()

    def put(self, entry_id: str, language: str, signs: str) -> None:
        """Remember that the entry is in `language` and has keys with these signs, and no others."""
        self.drop(entry_id)
        self._signs.setdefault(language, {})[entry_id] = signs

    def drop(self, entry_id: str) -> None:
        """Forget the entry, if it is known."""
        for entries in self._signs.values():
            entries.pop(entry_id, None)

    def having(self, language: str, needed: Sequence[Iterable[str]]) -> list[str]:
        """Ids of the entries in `language` that may have at least one key of each set in `needed`."""
        left: Collection[tuple[str, str]] = self._signs.get(language, {}).items()
        for keys in needed:
            wanted = signs(tuple(keys))
            left = [one for one in left if _has_any(one[1], wanted)]
        return [entry_id for entry_id, _ in left]


def _has_any(signs: str, wanted: str) -> bool:
    for sign in wanted:  # noqa: SIM110 - a generator takes three times as long
        if sign in signs:
            return True
    return False
