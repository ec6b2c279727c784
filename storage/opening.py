"""A store is opened by where it is: a folder, or the URL of a database.

Libraries of a kind of store are imported when one of it is opened: psycopg is an extra, and whoever uses TinyDB neither
needs it nor waits for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.errors import MissingExtra
from storage.commands import Commands
from storage.port import Store
from storage.published import Documents, Followed
from storage.subscribing import Requests
from storage.tinydb_store import open_store

if TYPE_CHECKING:
    from storage.postgres.crew import Crew

EXTRA = "postgres"

Where = Path | str
"""The folder of a TinyDB store, or the URL of a PostgreSQL database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What a database server says of itself."""

    version: str
    writer: str
    """Who writes to this store now, for a person; empty: nobody does."""
    workers: tuple[str, ...] = ()
    """The names of those that work on it now, whoever judges included."""


def open_at(where: Where, *, writable: bool) -> Store:
    """The store there; one that is not there yet is made for whoever writes, and empty for whoever reads.

    Raises `StoreError` and its children, and `MissingExtra` when the library for a database is not installed.
    """
    if isinstance(where, Path):
        return open_store(where, writable=writable)
    with _extra():
        from storage.postgres_store import open_postgres  # noqa: PLC0415 - see above
    return open_postgres(where, writable=writable)


def commands_at(url: str) -> Commands:
    """What is handed on to the one who writes to the database there. Raises `MissingExtra`."""
    try:
        from storage.postgres.commands import PostgresCommands  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    return PostgresCommands(url)


def judge_of(url: str) -> str:
    """The worker that judges on the database there; empty: there is none. Raises as `open_at` does."""
    try:
        from storage.postgres.crew import Crew  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    crew = Crew(url)
    try:
        return next((one.name for one in crew.workers() if one.judges), "")
    finally:
        crew.close()


def server_of(where: Where) -> Server | None:
    """What there is to know about the server behind a store; None: there is none. Raises as `open_at` does."""
    if isinstance(where, Path):
        return None
    with _extra():
        from storage.postgres.crew import at_work  # noqa: PLC0415 - likewise
        from storage.postgres.session import Session  # noqa: PLC0415 - likewise
        from storage.postgres.writer import holder, version  # noqa: PLC0415 - likewise
    session = Session(where)
    try:
        return Server(version=version(session), writer=holder(session), workers=tuple(at_work(session)))
    finally:
        session.close()


def documents_beside(store: Store, where: Where) -> Documents | None:
    """Where servers on other machines find what is published from `store`, which is open for writing at `where`.

    None: files serve one machine only.
    """
    if isinstance(where, Path):
        return None
    from storage.postgres.documents import PostgresDocuments  # noqa: PLC0415 - likewise
    from storage.postgres_store import PostgresStore  # noqa: PLC0415 - likewise

    assert isinstance(store, PostgresStore)
    return PostgresDocuments(where, store)


def published_at(where: Where, paths: Sequence[str]) -> Mapping[str, bytes]:
    """What is published at these paths for everybody, where the store is a database; what is not there is left out.

    Raises as `open_at` does.
    """
    if isinstance(where, Path):
        return {}
    with _extra():
        from storage.postgres.documents import bodies  # noqa: PLC0415 - likewise
        from storage.postgres.session import Session  # noqa: PLC0415 - likewise
    session = Session(where)
    try:
        return bodies(session, paths)
    finally:
        session.close()


def followed_at(url: str) -> Followed:
    """A connection to what is published from there. Raises as `open_at` does."""
    with _extra():
        from storage.postgres.documents import PostgresFollowed  # noqa: PLC0415 - likewise
    return PostgresFollowed(url)


def requests_at(url: str, store: Store | None = None) -> Requests:
    """What subscribers ask servers for, in the database there; `store` is that of the one who judges.

    Raises `MissingExtra`; nothing is connected to yet.
    """
    with _extra():
        from storage.postgres.subscribing import PostgresRequests  # noqa: PLC0415 - likewise
        from storage.postgres_store import PostgresStore  # noqa: PLC0415 - likewise
    assert store is None or isinstance(store, PostgresStore)
    return PostgresRequests(url, store)


def crew_at(url: str) -> Crew:
    """The workers on the database there. Raises `MissingExtra`; nothing is connected to yet."""
    with _extra():
        from storage.postgres.crew import Crew  # noqa: PLC0415 - likewise
    return Crew(url)


@contextlib.contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ImportError as error:  # also where the library finds none of the system's that it needs
        raise MissingExtra(EXTRA) from error
