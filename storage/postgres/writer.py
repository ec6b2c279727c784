"""One process writes: who that is, and how one becomes it."""

from __future__ import annotations

from feeds.errors import StoreLocked
from storage.postgres.session import Session

_LOCK = 0x746F7069_63310002
"""Of the advisory lock that the one who writes holds for as long as its connection lasts."""
HOLDERS = f"""
    SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = {_LOCK >> 32}::oid AND objid = {_LOCK & 0xFFFFFFFF}::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""  # noqa: S608 - numbers of our own
"""The connection that has the lock, and its name; none: nobody writes."""


def locked(url: str) -> Session:
    """A session that holds the writer's lock. Raises `StoreLocked` when another process has it."""
    session = Session(url)
    try:
        if session.ask("SELECT pg_try_advisory_lock(%s)", _LOCK) == [(True,)]:
            return session
        held_by = holder(session)
    except BaseException:
        session.close()
        raise
    session.close()
    raise StoreLocked(
        f"the database is in use by {held_by or 'a process that just ended'}: "
        "one process writes at a time, so stop that one first, and all workers"
    )


def holder(session: Session) -> str:
    """Who writes now, for a person; empty: nobody does."""
    return ", ".join(str(name) for _, name in session.ask(HOLDERS))


def version(session: Session) -> str:
    """The server's, as it names it: `15.8 (Debian 15.8-0+deb12u1)`."""
    [(found,)] = session.ask("SHOW server_version")
    return str(found)
