"""A store is opened by where it is: a folder, or the URL of a database.

Libraries of a kind of store are imported when one of it is opened: psycopg is an extra, and whoever uses TinyDB neither
needs it nor waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from feeds.errors import MissingExtra
from storage.commands import Commands
from storage.port import Store
from storage.tinydb_store import open_store

EXTRA = "postgres"
ALIVE = timedelta(minutes=1)
"""A worker that has been silent for less may be busy, or be displaced by another one soon."""

Where = Path | str
"""The folder of a TinyDB store, or the URL of a PostgreSQL database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What a database server says of itself."""

    version: str
    writer: str
    """Who writes to this store now, for a person; empty: nobody does."""


def open_at(where: Where, *, writable: bool) -> Store:
    """The store there; one that is not there yet is made for whoever writes, and empty for whoever reads.

    Raises `StoreError` and its children, and `MissingExtra` when the library for a database is not installed.
    """
    if isinstance(where, Path):
        return open_store(where, writable=writable)
    try:
        from storage.postgres_store import open_postgres  # noqa: PLC0415 - see above
    except ImportError as error:  # also where the library finds none of the system's that it needs
        raise MissingExtra(EXTRA) from error
    return open_postgres(where, writable=writable)


def commands_at(url: str) -> Commands:
    """What is handed on to the one who writes to the database there. Raises `MissingExtra`."""
    try:
        from storage.postgres.commands import PostgresCommands  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    return PostgresCommands(url)


def judge_of(url: str) -> str:
    """The worker that judges on the database there, and lives; empty: there is none. Raises as `open_at` does."""
    try:
        from storage.postgres.crew import Crew  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    crew = Crew(url)
    try:
        return next((one.name for one in crew.workers() if one.judges and one.silent < ALIVE), "")
    finally:
        crew.close()


def server_of(where: Where) -> Server | None:
    """What there is to know about the server behind a store; None: there is none. Raises as `open_at` does."""
    if isinstance(where, Path):
        return None
    try:
        from storage.postgres.session import Session  # noqa: PLC0415 - likewise
        from storage.postgres.writer import holder, version  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    session = Session(where)
    try:
        return Server(version=version(session), writer=holder(session))
    finally:
        session.close()
