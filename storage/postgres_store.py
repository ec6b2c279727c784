"""The store for more than one machine: PostgreSQL keeps the facts; one process at a time writes, any number reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from feeds.errors import StoreError, StoreFailed, StoreLocked
from feeds.model import (
    Allowance,
    Archive,
    Boilerplate,
    Decision,
    Entry,
    Intake,
    Notice,
    Placement,
    Revision,
    Site,
    SourceState,
    Subscription,
    TopicSeen,
)
from storage.port import Change, Counts, Keys
from storage.postgres.clues import Clues
from storage.postgres.known_facts import KnownFacts
from storage.postgres.migrating import is_migrated, migrate
from storage.postgres.partitions import Partitions
from storage.postgres.rows import json_of, value_of
from storage.postgres.session import Lost, Row, Session, Statement
from storage.postgres.writer import leave, locked, new_term
from storage.postgres.writing import statements_of

T = TypeVar("T")

_ENTRY = "SELECT document FROM entry JOIN body USING (id, first_seen) "
_PLACED = "SELECT id FROM placement JOIN entry ON id = entry WHERE first_seen IS NOT NULL AND "
_OLDEST_FIRST = " ORDER BY first_seen, id"
_COUNTS = """
    SELECT (SELECT count(*) FROM entry WHERE first_seen IS NOT NULL),
        count(*) FILTER (WHERE copy_of IS NOT NULL), count(DISTINCT story) FILTER (WHERE story <> ''),
        count(*) FILTER (WHERE held), (SELECT count(*) FROM revision),
        (SELECT count(*) FROM fact WHERE kind = 'states'),
        (SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
            WHERE relnamespace = current_schema::regnamespace AND relkind = 'r')
    FROM placement"""


def open_postgres(url: str, *, writable: bool) -> PostgresStore:
    """The store in the database at `url`, which is migrated first where that is needed.

    For writing, a lock is taken that `close`, the end of the process or the loss of its connection releases.

    Raises `StoreLocked` when another process writes, `StoreError` when the database cannot be reached, refuses, or was
    migrated by a later version.
    """
    with contextlib.ExitStack() as opened:
        reading = opened.enter_context(contextlib.closing(Session(url)))
        if writable or not is_migrated(reading):
            migrate(reading)
        writing = opened.enter_context(contextlib.closing(locked(url))) if writable else None
        store = PostgresStore(url, reading, writing=writing)
        opened.pop_all()
        return store


class PostgresStore:
    """A `storage.port.Store`; made by `open_postgres`."""

    def __init__(self, url: str, reading: Session, *, writing: Session | None) -> None:
        self._url = url
        self._reading = reading
        self._writing = writing
        self._partitions = Partitions(writing) if writing else None
        self._term = new_term(writing) if writing else 0
        self._clues = Clues(self._ask)
        self._known = KnownFacts()
        """Of the one who writes, as long as it can."""
        self._failure = "" if writing else "the store was opened for reading only"
        """Why nothing more is remembered."""
        self._closed = False

    def commit(self, change: Change, *, also: Iterable[Statement] = ()) -> None:
        """Remember `change`, and run `also`, in one transaction.

        Raises `StoreFailed` when the database refuses, and from then on.
        """
        if self._failure or self._writing is None or self._partitions is None:
            raise StoreFailed(self._failure)
        self._clues.forget()
        moments = {entry.first_seen for entry in change.entries}
        try:
            self._writing.write((*self._partitions.missing(moments), *statements_of(change), *also))
        except StoreError as error:
            # Whether the database remembered it is not known if the connection went: `recover` looks.
            self._failure = f"{error}"
            self._known.forget()
            raise StoreFailed(self._failure) from error
        self._known.follow(change)
        self._partitions.made(moments)
        if change.buried:
            self._partitions.drop_empty()

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        return self._clues.known(keys, alone=not self._failure)

    def buried(self, keys: Keys) -> tuple[Entry, ...]:
        return self._clues.buried(keys)

    def aged(self, *, before: datetime, most: int) -> tuple[str, ...]:
        """Both are the oldest so and so many: the larger number counts."""
        [(many, old)] = self._ask(
            "SELECT count(*), count(*) FILTER (WHERE first_seen < %s) FROM entry WHERE first_seen IS NOT NULL", before
        )
        oldest = "SELECT id FROM entry WHERE first_seen IS NOT NULL ORDER BY first_seen, id LIMIT %s"
        return _firsts(self._ask(oldest, max(many - most, old, 0)))

    def tombstones_beyond(self, most: int) -> tuple[str, ...]:
        rows = self._ask(
            "SELECT id FROM entry WHERE burial IS NOT NULL ORDER BY burial"
            " LIMIT greatest(0, (SELECT count(*) FROM entry WHERE burial IS NOT NULL) - %s)",
            most,
        )
        return _firsts(rows)

    def entry(self, entry_id: str) -> Entry | None:
        return next(iter(_values(Entry, self._ask(_ENTRY + "WHERE id = %s", entry_id))), None)

    def beginning(self, prefix: str) -> tuple[str, ...]:
        """Ids of the entries whose id begins with `prefix`, in order."""
        rows = self._ask(
            "SELECT id FROM entry WHERE id >= %s AND starts_with(id, %s) AND first_seen IS NOT NULL ORDER BY id",
            prefix,
            prefix,
        )
        return _firsts(rows)

    def entries(self, since: datetime | None = None) -> Iterator[Entry]:
        """Entries first seen from `since` on, newest first, equal times by id; later commits do not show."""
        asked = "WHERE first_seen >= %s " if since else ""
        session = Session(self._url)  # of its own: a reader may stop anywhere, and others ask meanwhile
        rows = session.stream(_ENTRY + asked + "ORDER BY first_seen DESC, id", *([since] if since else []))
        return (value_of(Entry, document) for (document,) in rows)

    def placements(self, entry_ids: Iterable[str]) -> Mapping[str, Placement]:
        rows = self._ask("SELECT * FROM placed(%b::text[])", list(entry_ids))
        return {one.entry: one for one in _values(Placement, rows)}

    def story(self, story_id: str) -> tuple[str, ...]:
        return _firsts(self._ask(_PLACED + "story = %s AND story <> ''" + _OLDEST_FIRST, story_id))

    def copies(self, entry_id: str) -> tuple[str, ...]:
        return _firsts(self._ask(_PLACED + "copy_of = %s" + _OLDEST_FIRST, entry_id))

    def decisions(self) -> tuple[Decision, ...]:
        """Oldest first."""
        found = self._facts(Decision, "decisions")
        return tuple(sorted(found, key=lambda one: (one.made, one.kind, one.entry, one.other)))

    def boilerplate(self) -> Mapping[str, frozenset[str]]:
        """The learnt lines, by host."""
        learnt: dict[str, set[str]] = {}
        for one in self._facts(Boilerplate, "boilerplate"):
            learnt.setdefault(one.host, set()).add(one.line)
        return {host: frozenset(lines) for host, lines in learnt.items()}

    def revisions(self, entry_id: str) -> tuple[Revision, ...]:
        return _values(Revision, self._ask("SELECT document FROM revision WHERE entry = %s ORDER BY number", entry_id))

    def states(self) -> Mapping[str, SourceState]:
        return {one.source: one for one in self._facts(SourceState, "states")}

    def site(self) -> Site | None:
        return next(iter(self._facts(Site, "site")), None)

    def allowance(self) -> Allowance | None:
        return next(iter(self._facts(Allowance, "allowance")), None)

    def topics(self) -> frozenset[str]:
        return frozenset(one.id for one in self._facts(TopicSeen, "topics"))

    def archives(self) -> tuple[Archive, ...]:
        """By topic, then by number."""
        return tuple(sorted(self._facts(Archive, "archives"), key=lambda one: (one.topic, one.number)))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """By topic, then by callback."""
        return tuple(sorted(self._facts(Subscription, "subscriptions"), key=lambda one: (one.topic, one.callback)))

    def notices(self) -> tuple[Notice, ...]:
        """Oldest first."""
        return tuple(sorted(self._facts(Notice, "notices"), key=lambda one: (one.at, one.about, one.condition)))

    def intakes(self) -> Mapping[str, Intake]:
        """By source id."""
        return {one.source: one for one in self._facts(Intake, "intakes")}

    def intake(self, source: str) -> Intake | None:
        if not self._failure:
            return self._known.one("intakes", source, lambda: self._stored_facts(Intake, "intakes"))
        asked = self._ask("SELECT document FROM fact WHERE kind = 'intakes' AND key = %s", json_of(source))
        return next(iter(_values(Intake, asked)), None)

    def _facts(self, kind: type[T], table: str) -> tuple[T, ...]:
        if self._failure:  # a reader's as well: somebody else writes
            return self._stored_facts(kind, table)
        return self._known.values(table, lambda: self._stored_facts(kind, table))

    def _stored_facts(self, kind: type[T], table: str) -> tuple[T, ...]:
        return _values(kind, self._ask("SELECT document FROM fact WHERE kind = %s", table))

    def counts(self) -> Counts:
        [row] = self._ask(_COUNTS)
        entries, copies, stories, held, revisions, sources, size = row
        return Counts(
            entries=entries,
            copies=copies,
            stories=stories,
            held=held,
            revisions=revisions,
            sources=sources,
            size=size,
        )

    def per_source(self) -> Mapping[str, int]:
        return dict(self._ask("SELECT source, count(*) FROM entry WHERE first_seen IS NOT NULL GROUP BY source"))

    def entries_of(self, source: str) -> int:
        if not self._failure:
            return self._known.entries_of(source, self.per_source)
        [(count,)] = self._ask("SELECT count(*) FROM entry WHERE first_seen IS NOT NULL AND source = %s", source)
        return int(count)

    def recover(self) -> None:
        """After a refused commit: with the connection and the lock that are there, or with new ones.

        Raises `StoreError` as long as the database cannot be reached, and `StoreLocked` when another process took over;
        once also where it has ended by now: who goes on then has to begin with what is stored.
        """
        if self._closed or self._writing is None:
            raise StoreError("the store is closed" if self._closed else "the store was opened for reading only")
        if not self._writing.alive:
            self._writing.close()
            self._writing = locked(self._url)
            before, self._term = self._term, new_term(self._writing)
            if self._term != before + 1:
                raise StoreLocked("another process has written meanwhile")
        self._partitions = Partitions(self._writing)
        self._known.forget()
        self._clues.forget()
        self._failure = ""

    def close(self) -> None:
        if self._writing is not None and not self._closed:
            leave(self._writing, self._reading)
        self._reading.close()
        self._clues.forget()
        self._closed, self._failure = True, "the store is closed"

    def _ask(self, statement: str, *parameters: object) -> list[Row]:
        """Once more with a new connection where the old one is gone: a database that was restarted is there again."""
        if self._closed:
            raise StoreError("the store is closed")
        try:
            return self._reading.ask(statement, *parameters)
        except Lost:
            self._reading = Session(self._url)
            return self._reading.ask(statement, *parameters)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _values(kind: type[T], rows: Iterable[Row]) -> tuple[T, ...]:
    return tuple(value_of(kind, document) for (document,) in rows)


def _firsts(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(first for (first,) in rows)
