"""Which entries share a clue with others: one question, for those that are stored and for what is left of others."""

from __future__ import annotations

from collections.abc import Callable

from feeds.model import Entry
from storage.port import Keys
from storage.postgres.rows import asked_marks, value_of
from storage.postgres.session import Row

Sharing = tuple[tuple[Entry, ...], tuple[Entry, ...]]
"""Entries, and tombstones; each by id."""

_SHARING = "SELECT * FROM sharing(%b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])"


class Clues:
    """Asks for what shares a clue. Whoever judges wants both, one after the other: that is asked once."""

    def __init__(self, ask: Callable[..., list[Row]]) -> None:
        self._ask = ask
        self._last: tuple[Keys, tuple[Entry, ...]] | None = None
        """What `known` was asked for, and the tombstones that came with it."""

    def known(self, keys: Keys, *, alone: bool) -> tuple[Entry, ...]:
        """The entries. With `alone` nobody else writes: the tombstones are kept until they are asked for."""
        known, buried = self._sharing(keys)
        self._last = (keys, buried) if alone else None
        return known

    def buried(self, keys: Keys) -> tuple[Entry, ...]:
        """The tombstones."""
        last, self._last = self._last, None
        return last[1] if last and last[0] is keys else self._sharing(keys)[1]

    def forget(self) -> None:
        """Something was committed, or may have been."""
        self._last = None

    def _sharing(self, keys: Keys) -> Sharing:
        rows = self._ask(_SHARING, sorted(keys.ids), *asked_marks(keys))
        return (
            tuple(value_of(Entry, document) for tombstone, document in rows if tombstone is None),
            tuple(value_of(Entry, tombstone) for tombstone, _ in rows if tombstone is not None),
        )
