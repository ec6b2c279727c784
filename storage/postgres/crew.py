"""Who works, and who of them may be taken for dead: signs of life in the database, by its clock.

A worker has the name that its connections have there. So whoever holds the writer's lock can be told from its
connection to be a worker, and be ended when it gives no sign of life; a daemon, which gives none, is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from storage.postgres.lasting import Lasting
from storage.postgres.session import APPLICATION, Session
from storage.postgres.writer import HOLDERS

PATIENCE = 5000
"""Milliseconds for a connection to end; one that waits for nothing ends in a few."""
_BEAT = """
    INSERT INTO worker (name, beaten, judges, figures) VALUES (%b::text, clock_timestamp(), %b::boolean, %b::bytea)
    ON CONFLICT (name) DO UPDATE SET beaten = excluded.beaten, judges = excluded.judges, figures = excluded.figures"""
# One that was killed says for ever that it judges: the lock knows better.
_WORKERS = f"""
    SELECT name, beaten, clock_timestamp() - beaten, figures,
        judges AND EXISTS (SELECT FROM ({HOLDERS}) AS held WHERE held.application_name = '{APPLICATION} ' || name)
    FROM worker ORDER BY name"""  # noqa: S608 - texts of our own
_AT_WORK = f"""
    SELECT name FROM worker WHERE EXISTS (
        SELECT FROM pg_stat_activity WHERE application_name = '{APPLICATION} ' || name AND datname = current_database()
    ) ORDER BY name"""  # noqa: S608 - likewise
_FORGET = "DELETE FROM worker WHERE beaten < clock_timestamp() - %b::interval"
_LEAVE = "DELETE FROM worker WHERE name = %b::text"
# The name of a worker that ended may be another process's by now, as the only one of a container. That one began after
# the last beat, and all its connections with it; of the worker that is hung one at least is older, by which it beat.
_DISPLACE = f"""
    SELECT worker.name, pg_terminate_backend(held.pid, {PATIENCE})
    FROM ({HOLDERS}) AS held JOIN worker ON held.application_name = '{APPLICATION} ' || worker.name
    WHERE worker.beaten < clock_timestamp() - %b::interval AND EXISTS (
        SELECT FROM pg_stat_activity AS older
        WHERE older.application_name = held.application_name AND older.datname = current_database()
            AND older.backend_start <= worker.beaten
    )"""  # noqa: S608 - texts of our own
_OUTSIDER = f"""
    SELECT held.application_name FROM ({HOLDERS}) AS held JOIN pg_stat_activity AS known USING (pid)
    WHERE known.backend_start <= clock_timestamp() - %b::interval
        AND NOT EXISTS (SELECT FROM worker WHERE held.application_name = '{APPLICATION} ' || name)"""  # noqa: S608 - likewise


def at_work(session: Session) -> Sequence[str]:
    """The workers that are connected to the database, by name; none where no worker ever was."""
    if session.ask("SELECT to_regclass('worker') IS NULL") == [(True,)]:
        return ()
    return tuple(str(name) for (name,) in session.ask(_AT_WORK))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One that gave a sign of life."""

    name: str
    beaten: datetime
    silent: timedelta
    """Since then, by the database's clock."""
    judges: bool
    """It says so, and holds the writer's lock."""
    figures: bytes = field(repr=False)
    """As it gave them; what they mean, workers know."""


class Crew:
    """The workers on one database. For one caller at a time; raises `StoreError`, and then connects anew."""

    def __init__(self, url: str) -> None:
        self._lasting = Lasting(url)

    def beat(self, name: str, *, judges: bool, figures: bytes = b"") -> None:
        """`name` lives; that is `storage.postgres.session.process_name` of the process that has the connections."""
        self._lasting.ask(_BEAT, name, judges, figures)

    def now(self) -> datetime:
        """The database's clock, by which all go who work on it."""
        [(moment,)] = self._lasting.ask("SELECT clock_timestamp()")
        return cast("datetime", moment)

    def leave(self, name: str) -> None:
        """`name` ends, and says so."""
        self._lasting.ask(_LEAVE, name)

    def workers(self) -> Sequence[Worker]:
        """All that are not forgotten, by name."""
        return tuple(
            Worker(name=name, beaten=beaten, silent=silent, judges=judges, figures=figures)
            for name, beaten, silent, figures, judges in self._lasting.ask(_WORKERS)
        )

    def forget(self, older: timedelta) -> None:
        """Know no more of those that have been silent for longer."""
        self._lasting.ask(_FORGET, older)

    def somebody_writes(self) -> bool:
        """Whether the writer's lock is held, by a worker or by any other process."""
        return bool(self._lasting.ask(HOLDERS))

    def outsider(self, longer: timedelta) -> str:
        """Who has come to write so long ago and is no worker, as a daemon, which fetches by itself; empty: nobody."""
        return ", ".join(str(name) for (name,) in self._lasting.ask(_OUTSIDER, longer))

    def displace(self, silent: timedelta) -> str:
        """End the connection by which a worker writes that has been silent for longer; its name, or "": there is none.

        It learns that by its next commit, which the database refuses.
        """
        return ", ".join(name for name, ended in self._lasting.ask(_DISPLACE, silent) if ended)

    def cut(self) -> None:
        """Give up what is under way, from another thread, which gets a `StoreError`."""
        self._lasting.cut()

    def close(self) -> None:
        """Let go of the connection; closing twice is fine."""
        self._lasting.close()
