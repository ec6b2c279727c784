"""Documents for servers: written by the one who judges, read by those who follow.

Whoever writes does so on the session that also commits facts, so that one who was displaced writes nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from gzip import decompress
from itertools import islice
from typing import Any, Final, Protocol

from feeds.errors import StoreError
from feeds.model import Document
from storage.port import Change
from storage.postgres.session import Lost, Row, Session, Statement
from storage.published import ABOUT, Key, Known, NothingPublished, Swapped, sign_of

CHANNEL: Final = "topicwire_shelf"
_FOLLOWED: Final = 4096
"""Swaps that are remembered: more than an hour of them where there is one every second."""
_AT_ONCE: Final = 100
"""Documents in one statement: some megabytes."""
_TYPES: Final = {"last_modified": "timestamptz", "fresh_for": "interval"}
"""Of the columns that are no text. A field that a document gets stops every writing until it has a column."""

_COLUMNS: Final = ("place", "path", *ABOUT, "unpacked", "gzip")
_ARRAYS: Final = ", ".join(
    f"%b::{kind}[]" for kind in ("integer", "text", *(_TYPES.get(name, "text") for name in ABOUT), "boolean", "bytea")
)
_SWAP: Final = """
    INSERT INTO shelf (version, rest) VALUES ((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, %b)
    ON CONFLICT (one) DO UPDATE SET version = greatest(shelf.version + 1, excluded.version), rest = excluded.rest"""
_PUT: Final = f"""
    INSERT INTO published (version, {", ".join(_COLUMNS)}) SELECT (SELECT version FROM shelf), * FROM unnest({_ARRAYS})
    ON CONFLICT (place, path) DO UPDATE SET version = excluded.version,
        {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])}"""  # noqa: S608 - names of this module
_DROP: Final = """
    UPDATE published SET version = (SELECT version FROM shelf), gzip = NULL
    FROM unnest(%b::integer[], %b::text[]) AS gone (place, path)
    WHERE published.place = gone.place AND published.path = gone.path"""
_LET_GO: Final = (
    "DELETE FROM swap WHERE version <= (SELECT version FROM swap ORDER BY version DESC OFFSET %s LIMIT 1)",
    "DELETE FROM published WHERE gzip IS NULL AND version < (SELECT min(version) FROM swap)",
)
_KNOWN: Final = f"SELECT place, path, {', '.join(ABOUT)}, unpacked FROM published WHERE gzip IS NOT NULL"  # noqa: S608 - likewise
_BODIES: Final = "SELECT path, gzip FROM published WHERE place = 0 AND gzip IS NOT NULL AND path = ANY(%b::text[])"
# One statement sees one moment. Its first part is the swap itself, which may come behind documents.
_NEWER: Final = f"""
    WITH since AS (SELECT coalesce((SELECT version FROM swap WHERE version = %b::bigint), -1) AS version)
    SELECT shelf.version, rest, since.version < 0, NULL::integer, NULL::text,
        {", ".join(f"NULL::{_TYPES.get(name, 'text')}" for name in ABOUT)}, NULL::boolean, NULL::bytea
    FROM shelf, since
    UNION ALL
    SELECT NULL, NULL, NULL, {", ".join(_COLUMNS)} FROM published
    WHERE version > (SELECT version FROM since) AND (gzip IS NOT NULL OR (SELECT version FROM since) >= 0)"""  # noqa: S608


class Commits(Protocol):
    """The part of `storage.postgres_store.PostgresStore` that is used here."""

    def commit(self, change: Change, *, also: Iterable[Statement]) -> None: ...


class PostgresDocuments:
    """`storage.published.Documents`."""

    def __init__(self, url: str, store: Commits) -> None:
        self._url = url
        self._store = store

    def known(self) -> Known:
        session = Session(self._url)
        try:
            rest = session.ask("SELECT rest FROM shelf")
            signs = {(place, path): tuple(sign) for place, path, *sign in session.rows(_KNOWN)}
        finally:
            session.close()
        return Known(signs=signs, rest=rest[0][0] if rest else b"")

    def swap(self, changed: Mapping[Key, Document], gone: Iterable[Key], *, rest: bytes) -> None:
        self._store.commit(Change(), also=_statements(changed, sorted(gone), rest))


def bodies(session: Session, paths: Sequence[str]) -> Mapping[str, bytes]:
    """What is published for everybody at these paths, unpacked; what is not there is left out. Raises StoreError."""
    if session.ask("SELECT to_regclass('published') IS NULL") == [(True,)]:
        return {}
    return {path: _unpacked(gzip) for path, gzip in session.ask(_BODIES, list(paths))}


def _statements(changed: Mapping[Key, Document], gone: Sequence[Key], rest: bytes) -> Iterator[Statement]:
    yield _SWAP, (rest,)
    yield "INSERT INTO swap SELECT version FROM shelf", ()
    rest_of = iter(changed.items())
    while some := list(islice(rest_of, _AT_ONCE)):
        rows = [(*key, *sign_of(one), one.gzip) for key, one in some]
        yield _PUT, [list(column) for column in zip(*rows, strict=True)]
    if gone:
        yield _DROP, [list(column) for column in zip(*gone, strict=True)]
    yield _LET_GO[0], (_FOLLOWED,)
    yield _LET_GO[1], ()
    yield "SELECT pg_notify(%s, version::text) FROM shelf", (CHANNEL,)


def _document(about: Iterable[object], gzip: bytes, *, unpacked: bool) -> Document:
    facts: dict[str, Any] = dict(zip(ABOUT, about, strict=True))
    facts["last_modified"] = facts["last_modified"].astimezone(UTC)
    return Document(body=_unpacked(gzip) if unpacked else b"", gzip=gzip, **facts)


def _unpacked(gzip: bytes) -> bytes:
    try:
        return decompress(gzip)
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"a published document cannot be read ({error})") from error


class PostgresFollowed:
    """`storage.published.Followed`."""

    def __init__(self, url: str) -> None:
        self._session = Session(url)

    def listen(self) -> None:
        try:
            self._session.ask(f"LISTEN {CHANNEL}")
        except Lost:
            raise
        except StoreError:  # a replica has no channels: it is looked at all the same
            return

    def newer(self, version: int) -> Swapped | None:
        if self._session.ask("SELECT to_regclass('shelf') IS NOT NULL") == [(False,)]:
            raise NothingPublished
        found = self._session.ask("SELECT version FROM shelf")
        if not found:
            raise NothingPublished
        return None if found == [(version,)] else self._read(version)

    def _read(self, version: int) -> Swapped:
        swap: Row = ()
        documents: dict[Key, Document | None] = {}
        for row in self._session.rows(_NEWER, version):
            place, path, *about, unpacked, gzip = row[3:]
            if place is None:
                swap = row[:3]
            else:
                documents[place, path] = None if gzip is None else _document(about, gzip, unpacked=unpacked)
        if not swap:
            raise NothingPublished
        version, rest, whole = swap
        return Swapped(version=version, rest=rest, whole=whole, documents=documents)

    def heard(self, seconds: float) -> bool:
        return self._session.heard(seconds)

    def cut(self) -> None:
        self._session.cut()

    def close(self) -> None:
        self._session.close()
