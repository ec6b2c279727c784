"""One process writes: who that is, and how one becomes it."""

from __future__ import annotations

import contextlib
from threading import Timer

from feeds.errors import StoreError, StoreLocked
from storage.postgres.session import Session

_LOCK = 0x746F7069_63310002
"""Of the advisory lock that the one who writes holds for as long as its connection lasts."""
HOLDERS = f"""
    SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = {_LOCK >> 32}::oid AND objid = {_LOCK & 0xFFFFFFFF}::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""  # noqa: S608 - numbers of our own
"""The connection that has the lock, and its name; none: nobody writes."""
_TRIES = 5
"""In half a second: of one who has just let go, the server's process may take a moment to end, and one follows another
in a script.
"""
_ENDING = 2.0
"""Seconds in which the server's process of a writer that leaves is expected to end; it takes some milliseconds."""
_LOOKS = 5
"""Connections that are made to find out whether they share one: poolers give the one first that was idle last."""
_TERM = """
    INSERT INTO writing (term) VALUES (1)
    ON CONFLICT (one) DO UPDATE SET term = writing.term + 1 RETURNING term"""


def locked(url: str) -> Session:
    """A session that holds the writer's lock.

    Raises `StoreLocked` when another process has it, and `StoreError` where no session could have it for itself.
    """
    session = Session(url)
    try:
        _refuse_lent(session, url)
        for _ in range(_TRIES):
            if session.ask("SELECT pg_try_advisory_lock(%s)", _LOCK) == [(True,)]:
                return session
            session.ask("SELECT pg_sleep(0.1)")
        held_by = holder(session)
    except BaseException:
        session.close()
        raise
    session.close()
    raise StoreLocked(
        f"the database is in use by {held_by or 'a process that just ended'}: "
        "one process writes at a time, so stop that one first, and all workers"
    )


def leave(writing: Session, aside: Session) -> None:
    """End the session that holds the writer's lock, and see by another one that it is free, where the server says so.

    The server frees it when its process notices the end of the connection, which may be after whoever comes next.
    """
    hurry = Timer(_ENDING, aside.cut)
    hurry.daemon = True
    with contextlib.suppress(StoreError, RuntimeError):  # the latter of a system that has no thread left
        process = writing.promised
        writing.close()
        hurry.start()
        while process in {number for number, _ in aside.ask(HOLDERS)}:
            aside.ask("SELECT pg_sleep(0.005)")
    hurry.cancel()
    writing.close()


def _refuse_lent(session: Session, url: str) -> None:
    """Raises `StoreError` where others get the server's connection that `session` has, as soon as it is idle."""
    own = _process(session)
    if own == session.promised:
        return
    for _ in range(_LOOKS):
        with contextlib.closing(Session(url)) as other:
            if _process(other) == own or _process(session) != own:
                raise StoreError(
                    "between here and PostgreSQL a pooler gives the same connection to several (transaction pooling),"
                    " and so one lock to several: have it keep one for each (session pooling), or go without it"
                )


def _process(session: Session) -> int:
    [(number,)] = session.ask("SELECT pg_backend_pid()")
    return int(number)


def new_term(session: Session) -> int:
    """Counts how often somebody came to write, this time included; for the session that just took the lock."""
    [(term,)] = session.ask(_TERM)
    return int(term)


def holder(session: Session) -> str:
    """Who writes now, for a person; empty: nobody does."""
    return ", ".join(str(name) for _, name in session.ask(HOLDERS))


def version(session: Session) -> str:
    """The server's, as it names it: `15.8 (Debian 15.8-0+deb12u1)`."""
    [(found,)] = session.ask("SHOW server_version")
    return str(found)
