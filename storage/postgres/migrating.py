"""The schema, brought up to date by numbered scripts: under a lock, each whole or not at all, each once."""

from __future__ import annotations

import contextlib
from importlib import resources

from feeds.errors import StoreError
from storage.postgres.session import SCHEMA, Lost, Session

_LOCK = 0x746F7069_63310001
"""Of the advisory lock under which one process at a time migrates."""


def migrate(session: Session) -> None:
    """Bring the database to what this version of the program needs.

    Raises `StoreError` when a later version was there before, and when the database refuses.
    """
    with session.unhurried():  # another process may migrate a large database, and so may we
        session.ask("SELECT pg_advisory_lock(%s)", _LOCK)
        try:
            _migrate(session)
        finally:
            with contextlib.suppress(Lost):  # and the lock with it
                session.ask("SELECT pg_advisory_unlock(%s)", _LOCK)


def _migrate(session: Session) -> None:
    # Asked for first: to make one takes a right to the whole database, also where it is there already.
    if session.ask("SELECT to_regnamespace(%s) IS NULL", SCHEMA) == [(True,)]:
        session.run(f"CREATE SCHEMA {SCHEMA}")
    session.run("CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, applied timestamptz NOT NULL)")
    done = {number for (number,) in session.ask("SELECT number FROM migration")}
    scripts = _scripts()
    if later := done - scripts.keys():
        raise StoreError(
            f"the database was migrated by a later version (step {max(later)}; this one knows {max(scripts)}):"
            " update topicwire on this machine, too"
        )
    for number in sorted(scripts.keys() - done):
        session.run(f"{scripts[number]};\nINSERT INTO migration VALUES ({number}, now())")


def is_migrated(session: Session) -> bool:
    """Whether the database has exactly what this version needs; False also where it never held anything."""
    if session.ask("SELECT to_regclass('migration') IS NULL") == [(True,)]:
        return False
    return {number for (number,) in session.ask("SELECT number FROM migration")} == set(_scripts())


def _scripts() -> dict[int, str]:
    """By number: `0001_facts.sql` is number 1."""
    folder = resources.files("storage.postgres") / "migrations"
    return {int(file.name[:4]): file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".sql")}
