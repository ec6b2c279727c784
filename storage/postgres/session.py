"""The only importer of psycopg: a connection that answers with rows, or raises our own errors."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import socket
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen

from feeds.errors import StoreError
from storage.postgres.waiting import watched

T = TypeVar("T")

APPLICATION = "topicwire"
"""How our connections are named, each with the name of its process behind it."""
SCHEMA = "topicwire"
"""Where our tables are: a database may be shared with other programs."""
OLDEST = 14
"""Of the versions of PostgreSQL, the oldest that has all that is asked of it, as ending somebody else's connection and
waiting for that."""
CONNECTING = 10
"""Seconds: a database that does not answer is told of soon, and asked again by whoever waits for it."""
SILENCE = 20.0
"""Seconds without an answer after which, and again after each of which, it is looked whether the server is there: that
it takes another connection. A commit takes milliseconds, a question rarely seconds; looking costs one connection.
"""
LONGEST = 600
"""Seconds that one statement may take where the server is there: counting 20,000,000 entries takes some ten of them.
The server breaks off what takes longer, and whatever it still does for somebody who is gone.
"""
_LOST = 30_000
"""Milliseconds without an acknowledgement after which a connection counts as lost; the system's own limit is hours."""
_KEEPALIVE: dict[str, Any] = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Where nothing is under way: a machine that is gone is noticed within a minute, on both sides. The lock of a writer
whose machine lost its power is free again by then.
"""
FORMS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "default_transaction_isolation": "read committed",
    "synchronous_commit": "on",
    "lock_timeout": "0",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""Whatever a server, a database or a user has for defaults: in no other form can times be read, what is locked is seen
as it is by then, and what was acknowledged is on the server's disk. Who listens, or writes little, is not sent away.
"""
_HOST = 40
"""Bytes of a host's name."""
_MACHINE = 0xEFFFFFFC
"""What Linux calls the first space of process numbers (`PROC_PID_INIT_INO`); a container has one of its own."""
_TICK = 0.1
"""Seconds after which psycopg says that there is nothing yet; its own default."""
_FETCHED = 500
"""Rows of a long answer that are in memory at once: entries with their texts, a few megabytes."""

logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what it warns of is raised as well, and told by us

Statement = tuple[str, Sequence[object]]
"""SQL with `%s` for each parameter; nothing that came from outside is ever a part of it."""
Row = tuple[Any, ...]


def process_name() -> str:
    """Host and number of this process. PostgreSQL cuts names of more than 63 bytes: of a long host's name a part, and a
    mark of all of it, as machines of one kind may differ in their last letters only.
    """
    host = "~".join(filter(None, (platform.node(), _numbering())))
    if len(host.encode()) > _HOST:
        part = host.encode("ascii", "replace")[: _HOST - 9].decode()
        host = f"{part}~{blake2b(host.encode(), digest_size=4).hexdigest()}"
    return f"{host}:{os.getpid()}"


def _numbering() -> str:
    """What gives processes their numbers, where that is not the machine itself: two containers that have their
    machine's name may both have a process 1.
    """
    try:
        found = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return "" if found == _MACHINE else f"{found:x}"


class Lost(StoreError):  # noqa: N818 - reads as the state it reports
    """There is no connection any more; another one may be had."""


class _Watched(psycopg.Connection[Row]):
    """A connection that is not waited for any longer when its server is gone, however that keeps up appearances."""

    hurried = True
    _url = ""

    def at(self, url: str) -> Self:
        self._url = url
        return self

    # Older versions of psycopg wait without a timeout of their own.
    def wait(self, gen: PQGen[T], interval: float = _TICK, **more: Any) -> T:  # type: ignore[override] # noqa: ANN401
        """As psycopg waits: all that is sent and answered goes through here."""
        return super().wait(watched(gen, tick=interval, every=SILENCE, look=self._look), interval, **more)

    def _look(self, silent: float) -> None:
        if self.hurried and silent > LONGEST + SILENCE:
            gone = "breaks off nothing that takes so long, as it was told to"
        elif not _takes_connections(self._url):
            gone = "takes no other connection"
        else:
            return
        self.close()  # at once: what was under way is not to be waited for again when it is rolled back
        raise psycopg.OperationalError(f"the server has not answered for {silent:.0f} seconds, and {gone}")


def _takes_connections(url: str) -> bool:
    """Whether a server is there: one that refuses says something, one that hangs says nothing."""
    try:
        psycopg.connect(url, connect_timeout=CONNECTING).close()
    except psycopg.errors.ConnectionTimeout:
        return False
    except psycopg.Error:
        return True
    return True


class Session:
    """One connection, for one caller at a time. What it raises is `StoreError`; `Lost` where the connection is gone."""

    def __init__(self, url: str) -> None:
        try:
            self._connection = _Watched.connect(
                url,
                autocommit=True,
                connect_timeout=CONNECTING,
                application_name=f"{APPLICATION} {process_name()}",
                tcp_user_timeout=_LOST,
                client_encoding="UTF8",
                **_KEEPALIVE,
            ).at(url)
            self._refuse_old()
            self._set(
                **FORMS,
                search_path=SCHEMA,
                statement_timeout=f"{LONGEST}s",
                **{f"tcp_{name}": str(value) for name, value in _KEEPALIVE.items()},
            )
        except psycopg.Error as error:
            raise Lost(f"PostgreSQL cannot be reached: {_said(error)}") from error

    def _refuse_old(self) -> None:
        version = self._connection.info.server_version // 10_000
        if version < OLDEST:
            self.close()
            raise StoreError(f"PostgreSQL {OLDEST} or newer is needed; this server is {version}")

    def _set(self, **settings: str) -> None:
        calls = ", ".join(["set_config(%s, %s, false)"] * len(settings))
        self._connection.execute(f"SELECT {calls}".encode(), [text for pair in settings.items() for text in pair])

    @contextlib.contextmanager
    def unhurried(self) -> Iterator[None]:
        """What is asked meanwhile may take as long as it takes, where the server is there."""
        with self._ours():
            self._set(statement_timeout="0")
        self._connection.hurried = False
        try:
            yield
        finally:
            self._connection.hurried = True
            with contextlib.suppress(psycopg.Error):  # whoever asks next is told
                self._set(statement_timeout=f"{LONGEST}s")

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

    def rows(self, statement: str, *parameters: object) -> Iterator[Row]:
        """The rows of one answer, one in memory at a time; nothing else may be asked before the last of them came."""
        with self._ours(), self._connection.cursor() as cursor:
            yield from cursor.stream(statement.encode(), parameters or None, binary=True)

    def heard(self, seconds: float) -> bool:
        """Wait so long for a word on a channel that is listened to; whether there was one, also since the last call."""
        with self._ours():
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))

    def cut(self) -> None:
        """End the connection from another thread: whoever waits for an answer gets `Lost` at once."""
        with contextlib.suppress(psycopg.Error, OSError), self._dialled() as ours:
            ours.shutdown(socket.SHUT_RDWR)

    def _dialled(self) -> socket.socket:
        return socket.socket(fileno=os.dup(self._connection.fileno()))

    @property
    def promised(self) -> int:
        """Number of the server's process, as the connection was told when it was made; a pooler makes one up.

        Raises `Lost` where the connection was closed.
        """
        with self._ours():
            return self._connection.info.backend_pid

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
