"""The job engine's tables, brought up to date by its own scripts: under a lock, each whole or not at all, each once."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from feeds.errors import StoreError
from storage.postgres.session import Lost, Session

SCHEMA = "topicwire_jobs"
"""Of their own: the scripts are made elsewhere, and name their tables as they please."""
_LOCK = 0x746F7069_63310003
"""Of the advisory lock under which one process at a time migrates."""
_PATIENCE = "60s"
"""For another process that migrates: all scripts take 0.1 s on an empty database."""


def migrate(url: str, scripts: Mapping[str, str]) -> None:
    """Run those of `scripts`, SQL by name, that were not run before, in the order of their names.

    Raises `StoreError` when a later version of the engine was there before, and when the database refuses; `Lost` when
    it cannot be reached.
    """
    with contextlib.closing(Session(url)) as session:
        session.ask(
            "SELECT set_config('search_path', %s, false), set_config('lock_timeout', %s, false)", SCHEMA, _PATIENCE
        )
        session.ask("SELECT pg_advisory_lock(%s)", _LOCK)  # until the session ends
        # Asked for first: to make one takes a right to the whole database, also where it is there already.
        if session.ask("SELECT to_regnamespace(%s) IS NULL", SCHEMA) == [(True,)]:
            session.run(f"CREATE SCHEMA {SCHEMA}")
        session.run("CREATE TABLE IF NOT EXISTS migration (script text PRIMARY KEY, applied timestamptz NOT NULL)")
        done = {script for (script,) in session.ask("SELECT script FROM migration")}
        if later := done - scripts.keys():
            raise StoreError(
                f"the database's jobs were migrated by a later version of procrastinate (step {max(later)}; here it is"
                f" {max(scripts)}): update topicwire on this machine, too"
            )
        for name in sorted(scripts.keys() - done):
            _run(session, name, scripts[name])


def _run(session: Session, name: str, script: str) -> None:
    recorded = "'" + name.replace("'", "''") + "'"
    try:
        session.run(f"{script}\n;\nINSERT INTO migration VALUES ({recorded}, now())")
    except Lost:
        raise
    except StoreError as error:
        raise StoreError(f"the jobs in the database cannot be migrated (step {name}): {error}") from error
