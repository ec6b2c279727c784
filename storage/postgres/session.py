"""The only importer of psycopg: a connection that answers with rows, or raises our own errors."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from feeds.errors import StoreError

APPLICATION = "topicwire"
"""How our connections are named, each with the name of its process behind it."""
SCHEMA = "topicwire"
"""Where our tables are: a database may be shared with other programs."""
CONNECTING = 10
"""Seconds: a database that does not answer is told of soon, and asked again by whoever waits for it."""
_LOST = 30_000
"""Milliseconds without an acknowledgement after which a connection counts as lost; the system's own limit is hours."""
_FETCHED = 500
"""Rows of a long answer that are in memory at once: entries with their texts, a few megabytes."""

logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what it warns of is raised as well, and told by us

Statement = tuple[str, Sequence[object]]
"""SQL with `%s` for each parameter; nothing that came from outside is ever a part of it."""
Row = tuple[Any, ...]


def process_name() -> str:
    """Host and number of this process. Of a host's name a part, as PostgreSQL cuts names of more than 63 bytes."""
    return f"{platform.node()[:40]}:{os.getpid()}"


class Lost(StoreError):  # noqa: N818 - reads as the state it reports
    """There is no connection any more; another one may be had."""


class Session:
    """One connection, for one caller at a time. What it raises is `StoreError`; `Lost` where the connection is gone."""

    def __init__(self, url: str) -> None:
        try:
            self._connection = psycopg.connect(
                url,
                autocommit=True,
                connect_timeout=CONNECTING,
                application_name=f"{APPLICATION} {process_name()}",
                keepalives_idle=30,
                tcp_user_timeout=_LOST,
            )
            # Whatever the server's default is: what was acknowledged is on its disk.
            self._connection.execute("SELECT set_config('synchronous_commit', 'on', false)")
            self._connection.execute("SELECT set_config('search_path', %s, false)", [SCHEMA])
        except psycopg.Error as error:
            raise Lost(f"PostgreSQL cannot be reached: {_said(error)}") from error

    def ask(self, statement: str, *parameters: object) -> list[Row]:
        """All rows of one answer."""
        with self._ours():
            cursor = self._connection.execute(statement.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def write(self, statements: Iterable[Statement]) -> None:
        """All of them or none, on the server's disk when this returns."""
        with self._ours(), self._connection.pipeline(), self._connection.transaction():
            for statement, parameters in statements:
                self._connection.execute(statement.encode(), parameters or None)

    def run(self, script: str) -> None:
        """A script of our own, whole or not at all."""
        with self._ours(), self._connection.transaction():
            self._connection.execute(script.encode())

    def stream(self, statement: str, *parameters: object) -> Iterator[Row]:
        """The rows of an answer as it stands at this call, few in memory at once. Ends the session."""
        rows = self._streamed(statement, parameters)
        next(rows)
        return rows

    def _streamed(self, statement: str, parameters: Sequence[object]) -> Iterator[Row]:
        """An empty row first: by then the answer is settled, and whoever lets go of the rest closes the session."""
        with contextlib.closing(self), self._ours():
            self._connection.read_only = True
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.autocommit = False
            with self._connection.cursor(name="streamed") as cursor:
                cursor.itersize = _FETCHED
                cursor.execute(statement.encode(), parameters)
                yield ()
                yield from cursor

    @property
    def alive(self) -> bool:
        """Whether the server answers."""
        try:
            self.ask("SELECT 1")
        except StoreError:
            return False
        return True

    def close(self) -> None:
        """Let go of the connection and of every lock held through it; closing twice is fine."""
        self._connection.close()

    @contextlib.contextmanager
    def _ours(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            kind = Lost if self._connection.closed else StoreError
            raise kind(f"PostgreSQL: {_said(error)}") from error


def _said(error: psycopg.Error) -> str:
    """In one line, and never with the password: psycopg names host, port and user only."""
    return " ".join(str(error).split()) or type(error).__name__
