"""A change of facts as SQL: a statement or two a table, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from feeds.model import Entry
from storage.port import Change
from storage.postgres.rows import bytes_of, mark, marks_of
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
_DECISIONS = """
    INSERT INTO decision (kind, entry, other, document)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::bytea[])
    ON CONFLICT (kind, entry, other) DO UPDATE SET document = excluded.document"""
_BOILERPLATE = """
    INSERT INTO boilerplate (host, line, document) SELECT * FROM unnest(%b::text[], %b::bytea[], %b::bytea[])
    ON CONFLICT (host, line) DO UPDATE SET document = excluded.document"""
_STATES = """
    INSERT INTO source_state (source, document) SELECT * FROM unnest(%b::text[], %b::bytea[])
    ON CONFLICT (source) DO UPDATE SET document = excluded.document"""
_TOPICS = """
    INSERT INTO topic_seen (id, document) SELECT * FROM unnest(%b::text[], %b::bytea[])
    ON CONFLICT (id) DO UPDATE SET document = excluded.document"""
_SINGLE = """
    INSERT INTO single (name, document) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET document = excluded.document"""
_REVISIONS_OF = "DELETE FROM revision WHERE entry = ANY(%s)"
_OUTDATED = """
    DELETE FROM revision USING unnest(%b::text[], %b::integer[]) AS gone (entry, number)
    WHERE revision.entry = gone.entry AND revision.number = gone.number"""
_PLACEMENTS_OF = "DELETE FROM placement WHERE entry = ANY(%s)"
_FORGOTTEN = "DELETE FROM entry WHERE id = ANY(%s) AND tombstone IS NOT NULL"
_UNDONE = """
    DELETE FROM decision USING unnest(%b::text[], %b::text[], %b::text[]) AS gone (kind, entry, other)
    WHERE (decision.kind, decision.entry, decision.other) = (gone.kind, gone.entry, gone.other)"""
_UNLEARNT = """
    DELETE FROM boilerplate USING unnest(%b::text[], %b::bytea[]) AS gone (host, line)
    WHERE (boilerplate.host, boilerplate.line) = (gone.host, gone.line)"""


def statements_of(change: Change) -> Iterator[Statement]:
    """In this order: what is given replaces what has the same key, then some leave."""
    yield from _given(change)
    yield from _leaving(change)


def _given(change: Change) -> Iterator[Statement]:
    if entries := _last({one.id: one for one in change.entries}):
        yield _ENTRIES, (*_clues(entries), [one.first_seen for one in entries])
        yield _BODIES, _columns((one.id, one.first_seen, bytes_of(one)) for one in entries)
    rows: tuple[tuple[str, Mapping[object, tuple[object, ...]]], ...] = (
        (_REVISIONS, {(one.entry, one.number): (one.entry, one.number, bytes_of(one)) for one in change.revisions}),
        (
            _PLACEMENTS,
            {
                one.entry: (one.entry, one.copy_of, one.story, bool(one.held), bytes_of(one))
                for one in change.placements
            },
        ),
        (
            _DECISIONS,
            {
                (one.kind, one.entry, one.other): (one.kind.value, one.entry, one.other, bytes_of(one))
                for one in change.decisions
            },
        ),
        (_BOILERPLATE, {one: (one.host, mark(one.line), bytes_of(one)) for one in change.boilerplate}),
        (_STATES, {one.source: (one.source, bytes_of(one)) for one in change.states}),
        (_TOPICS, {one.id: (one.id, bytes_of(one)) for one in change.topics}),
    )
    for statement, by_key in rows:
        if by_key:
            yield statement, _columns(by_key.values())
    for name, single in (("site", change.site), ("allowance", change.allowance)):
        if single is not None:
            yield _SINGLE, (name, bytes_of(single))


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
    if change.undone:
        yield _UNDONE, _columns((one.kind.value, one.entry, one.other) for one in change.undone)
    if change.unlearnt:
        yield _UNLEARNT, _columns((one.host, mark(one.line)) for one in change.unlearnt)


def _clues(entries: list[Entry]) -> list[list[object]]:
    return _columns((one.id, one.source, *marks_of(one)) for one in entries)


def _last(by_key: Mapping[str, T]) -> list[T]:
    """Of values with one key the last one, in the order of the keys' first ones, as a dictionary keeps them."""
    return list(by_key.values())


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
