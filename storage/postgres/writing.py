"""A change of facts as SQL: a statement or two a table, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from feeds.model import Entry
from feeds.polling import due_by_state
from storage.changes import wanted_of
from storage.port import Change
from storage.postgres.rows import bytes_of, json_of, marks_of
from storage.postgres.session import Statement

T = TypeVar("T")

_ENTRIES = """
    INSERT INTO entry AS stored (id, source, guid, url, title, moment, first_seen)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::timestamptz[])
    ON CONFLICT (id) DO UPDATE SET
        source = excluded.source, guid = excluded.guid, url = excluded.url, title = excluded.title,
        moment = excluded.moment, first_seen = excluded.first_seen, tombstone = NULL, burial = NULL"""
_BODIES = """
    INSERT INTO body (id, first_seen, document) SELECT * FROM unnest(%b::text[], %b::timestamptz[], %b::bytea[])
    ON CONFLICT (id, first_seen) DO UPDATE SET document = excluded.document"""
_BURIED = """
    INSERT INTO entry AS stored (id, source, guid, url, title, moment, tombstone, burial)
    SELECT id, source, guid, url, title, moment, tombstone, nextval('burial')
    FROM (
        SELECT * FROM
        unnest(%b::text[], %b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])
            WITH ORDINALITY AS given (id, source, guid, url, title, moment, tombstone, place)
        ORDER BY place
    ) AS ordered
    ON CONFLICT (id) DO UPDATE SET
        source = excluded.source, guid = excluded.guid, url = excluded.url, title = excluded.title,
        moment = excluded.moment, first_seen = NULL, tombstone = excluded.tombstone, burial = excluded.burial"""
_REVISIONS = """
    INSERT INTO revision (entry, number, document) SELECT * FROM unnest(%b::text[], %b::integer[], %b::bytea[])
    ON CONFLICT (entry, number) DO UPDATE SET document = excluded.document"""
_PLACEMENTS = """
    INSERT INTO placement (entry, copy_of, story, held, document)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::boolean[], %b::bytea[])
    ON CONFLICT (entry) DO UPDATE SET
        copy_of = excluded.copy_of, story = excluded.story, held = excluded.held, document = excluded.document"""
_FACTS = """
    INSERT INTO fact (kind, key, document) SELECT * FROM unnest(%b::text[], %b::bytea[], %b::bytea[])
    ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document"""
_GONE = """
    DELETE FROM fact USING unnest(%b::text[], %b::bytea[]) AS gone (kind, key)
    WHERE (fact.kind, fact.key) = (gone.kind, gone.key)"""
_REVISIONS_OF = "DELETE FROM revision WHERE entry = ANY(%s)"
_OUTDATED = """
    DELETE FROM revision USING unnest(%b::text[], %b::integer[]) AS gone (entry, number)
    WHERE revision.entry = gone.entry AND revision.number = gone.number"""
_PLACEMENTS_OF = "DELETE FROM placement WHERE entry = ANY(%s)"
_FORGOTTEN = "DELETE FROM entry WHERE id = ANY(%s) AND tombstone IS NOT NULL"
_SETTLED = "SELECT settle(%b::text[], %b::timestamptz[])"
_APART = {"entries", "tombstones", "revisions", "placements"}
"""What has tables of its own."""


def statements_of(change: Change) -> Iterator[Statement]:
    """In this order: what is given replaces what has the same key, then some leave; what was brought is settled."""
    yield from _given(change)
    yield from _leaving(change)
    yield from _facts(change)
    if states := _last({one.source: one for one in change.states}):
        # Last, as workers wait for these hosts meanwhile (`storage.work`).
        yield _SETTLED, _columns((one.source, due_by_state(one)) for one in states)


def _given(change: Change) -> Iterator[Statement]:
    if entries := _last({one.id: one for one in change.entries}):
        yield _ENTRIES, (*_clues(entries), [one.first_seen for one in entries])
        yield _BODIES, _columns((one.id, one.first_seen, bytes_of(one)) for one in entries)
    if revisions := _last({(one.entry, one.number): one for one in change.revisions}):
        yield _REVISIONS, _columns((one.entry, one.number, bytes_of(one)) for one in revisions)
    if placements := _last({one.entry: one for one in change.placements}):
        yield (
            _PLACEMENTS,
            _columns((one.entry, one.copy_of, one.story, bool(one.held), bytes_of(one)) for one in placements),
        )


def _leaving(change: Change) -> Iterator[Statement]:
    if buried := _last({one.id: one for one in change.buried}):
        ids = [one.id for one in buried]
        yield _BURIED, (*_clues(buried), [bytes_of(one) for one in buried])
        yield _PLACEMENTS_OF, (ids,)
        yield _REVISIONS_OF, (ids,)
    if change.outdated:
        yield _OUTDATED, _columns(change.outdated)
    if change.forgotten:
        yield _FORGOTTEN, (list(change.forgotten),)


def _facts(change: Change) -> Iterator[Statement]:
    """What is looked up by its key only."""
    tables = {table: documents for table, documents in wanted_of(change).items() if table not in _APART}
    rows = [(table, json_of(key), one) for table, documents in tables.items() for key, one in documents.items()]
    if given := [(table, key, json_of(one)) for table, key, one in rows if one is not None]:
        yield _FACTS, _columns(given)
    if gone := [(table, key) for table, key, one in rows if one is None]:
        yield _GONE, _columns(gone)


def _clues(entries: list[Entry]) -> list[list[object]]:
    return _columns((one.id, one.source, *marks_of(one)) for one in entries)


def _last(by_key: Mapping[Hashable, T]) -> list[T]:
    """Of values with one key the last one, in the order of the keys' first ones, as a dictionary keeps them."""
    return list(by_key.values())


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
