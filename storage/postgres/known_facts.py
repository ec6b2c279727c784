"""What the one who writes need not ask for again: the small facts, as they were read once and as it changed them since.

Every pass asks for some of them, and a question costs what there is of their kind. Nobody else writes meanwhile, so
what was committed here is what the database has. What is kept is dropped whenever that is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

from storage.keys import KEYS
from storage.port import Change

T = TypeVar("T")

Key = Hashable
_KEY_OF: Mapping[str, Callable[[Any], Key]] = {
    table: attrgetter(*names) if names else lambda _: () for table, names in KEYS.items()
}


class KnownFacts:
    """The values of the tables that were asked for, by table, by key.

    An entry stays with its source, which its id is made of: one that is committed again counts as it did.
    """

    def __init__(self) -> None:
        self._tables: dict[str, dict[Key, Any]] = {}
        self._counted: Mapping[str, int] = {}
        """How many entries there were of each source when they were counted."""
        self._recount: set[str] | None = None
        """The sources of which entries came or went since; None: they were not counted."""

    def values(self, table: str, read: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        """All of a table, in no order; `read` gives what is stored when it was not asked for before."""
        return tuple(self._table(table, read).values())

    def one(self, table: str, key: Key, read: Callable[[], Iterable[T]]) -> T | None:
        """The value with this key: a text where there is one key field, else a tuple of all."""
        return self._table(table, read).get(key)

    def entries_of(self, source: str, count: Callable[[], Mapping[str, int]]) -> int:
        """How many a source has; `count` counts those of all sources, and is not asked again for one that stayed as it
        was. What a new source has is asked once, at its first pass, and there may be thousands of them at a start.
        """
        if self._recount is None or source in self._recount:
            self._counted, self._recount = count(), set()
        return self._counted.get(source, 0)

    def _table(self, table: str, read: Callable[[], Iterable[T]]) -> dict[Key, T]:
        if table not in self._tables:
            key_of = _KEY_OF[table]
            self._tables[table] = {key_of(value): value for value in read()}
        return self._tables[table]

    def follow(self, change: Change) -> None:
        """What was committed now: what is given replaces what has the same key, then some leave."""
        for table, known in self._tables.items():
            key_of = _KEY_OF[table]
            known.update({key_of(value): value for value in _given(change, table)})
            for key in _leaving(change, table):
                known.pop(key, None)
        if self._recount is not None:
            self._recount.update(entry.source for entry in (*change.entries, *change.buried))

    def forget(self) -> None:
        """What is stored may be something else."""
        self._tables.clear()
        self._counted, self._recount = {}, None


def _given(change: Change, table: str) -> Iterable[Any]:
    given = getattr(change, table)
    if isinstance(given, tuple):
        return given
    return () if given is None else (given,)


def _leaving(change: Change, table: str) -> Iterable[Key]:
    if table == "archives":
        return change.cleared
    gone: Mapping[str, tuple[Any, ...]] = {
        "decisions": change.undone,
        "boilerplate": change.unlearnt,
        "subscriptions": change.unsubscribed,
        "notices": change.dropped,
    }
    return map(_KEY_OF[table], gone.get(table, ()))
