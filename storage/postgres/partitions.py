"""The weeks in which bodies lie: made before they are needed, dropped when all that they held has left.

A reader may look at bodies for minutes. A new partition is therefore attached, which waits for no reader, and an old
one is dropped only if nobody reads at that moment; else with one of the next retentions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from feeds.errors import StoreError
from storage.postgres.rows import week_of
from storage.postgres.session import Session, Statement

_WAIT = "100ms"
"""For readers who stand in the way of a drop: the judge waits meanwhile."""


class Partitions:
    """The weeks that a session knows to be there; for the one that writes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        rows = session.ask(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
            " WHERE inhparent = 'body'::regclass"
        )
        self._names = {name for (name,) in rows}

    def missing(self, moments: Iterable[datetime]) -> Iterator[Statement]:
        """What to run, with the rows themselves, so that bodies of these moments find room."""
        weeks = {_name(week_of(moment)[0]): week_of(moment) for moment in moments}
        for name in sorted(weeks.keys() - self._names):
            begin, end = weeks[name]
            span = f"FROM ('{_written(begin)}') TO ('{_written(end)}')"
            yield f"CREATE TABLE {name} (LIKE body INCLUDING ALL)", ()
            yield f"ALTER TABLE body ATTACH PARTITION {name} FOR VALUES {span}", ()

    def made(self, moments: Iterable[datetime]) -> None:
        """They are there now."""
        self._names |= {_name(week_of(moment)[0]) for moment in moments}

    def drop_empty(self) -> None:
        """Let go of weeks before the oldest entry that is left; what cannot be dropped now is dropped later."""
        [(oldest,)] = self._session.ask("SELECT min(first_seen) FROM entry WHERE first_seen IS NOT NULL")
        if oldest is None:
            return
        kept = _name(week_of(oldest)[0])
        for name in sorted(name for name in self._names if name < kept):
            with contextlib.suppress(StoreError):
                self._session.run(f"SET LOCAL lock_timeout = '{_WAIT}'; DROP TABLE {name}")
                self._names.discard(name)


def _name(begin: datetime) -> str:
    return f"body_{begin.year:04}{begin:%m%d}"


def _written(moment: datetime) -> str:
    return f"{moment.year:04}-{moment:%m-%d} 00:00:00+00"
