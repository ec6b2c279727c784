"""Hosts that a worker has for a while, and what it brings of them: `storage.work.Leases` in PostgreSQL.

What is done is in the functions of the migration `0002_work`; each is one message, so that a worker which is stopped
anywhere holds no lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from feeds.model import SourceState
from storage.postgres.lasting import Lasting
from storage.postgres.rows import value_of
from storage.postgres.session import Row
from storage.work import COUNTED, Brought, Due, Lease

_LEASE = "SELECT at_host, under, asked, state FROM lease(%b, %b::integer, %b::integer, %b, %b::text)"
_RENEW = "SELECT renew(%b::text[], %b::bigint[], %b)"
_BRING = "SELECT bring(%b::text[], %b::bigint[], %b::bytea[], %b::text)"
_PUT_OFF = "SELECT put_off(%b::text, %b::bigint, %b::text[], %b)"
_GIVE_BACK = "SELECT give_back(%b::text[], %b::bigint[], %b)"
_DUE = """
    SELECT count(*) FROM (
        SELECT FROM host JOIN watch ON watch.host = name AND watch.due <= %b
        WHERE host.due <= %b AND leased_until <= clock_timestamp() AND rests_until <= clock_timestamp()
        LIMIT %b::integer
    ) AS counted"""


class PostgresLeases:
    """`storage.work.Leases` for one worker. Connects when it is first asked, and anew where the connection was lost."""

    def __init__(self, url: str, *, worker: str) -> None:
        self._lasting = Lasting(url)
        self._worker = worker
        self._hosts: dict[int, str] = {}
        """Of the leases that are ours, by fence."""

    def lease(self, *, now: datetime, hosts: int, sources: int, term: timedelta) -> tuple[Lease, ...]:
        rows = self._lasting.ask(_LEASE, now, hosts, sources, term, self._worker)
        leases = tuple(
            Lease(host=host, fence=fence, due=tuple(map(_due, some)))
            for (host, fence), some in groupby(rows, key=lambda row: row[:2])
        )
        self._hosts.update((lease.fence, lease.host) for lease in leases)
        return leases

    def renew(self, fences: Iterable[int], *, term: timedelta) -> frozenset[int]:
        ours = self._ours(fences)
        if not ours:
            return frozenset()
        held = frozenset(fence for (fence,) in self._lasting.ask(_RENEW, list(ours.values()), list(ours), term))
        for fence in ours.keys() - held:
            del self._hosts[fence]
        return held

    def bring(self, brought: Sequence[Brought]) -> frozenset[str]:
        if not brought:
            return frozenset()
        sources, fences = [one.source for one in brought], [one.fence for one in brought]
        rows = self._lasting.ask(_BRING, sources, fences, [one.document for one in brought], self._worker)
        return frozenset(source for (source,) in rows)

    def put_off(self, fence: int, sources: Iterable[str], *, until: datetime) -> None:
        asked = list(sources)
        for one, host in self._ours([fence]).items():
            self._lasting.ask(_PUT_OFF, host, one, asked, until)

    def release(self, fences: Iterable[int], *, rest: timedelta) -> None:
        if ours := self._ours(fences):
            self._lasting.ask(_GIVE_BACK, list(ours.values()), list(ours), rest)
            for fence in ours:
                del self._hosts[fence]

    def due(self, now: datetime) -> int:
        [(count,)] = self._lasting.ask(_DUE, now, now, COUNTED)
        return int(count)

    def close(self) -> None:
        self._lasting.close()

    def _ours(self, fences: Iterable[int]) -> dict[int, str]:
        """The hosts of these leases; any other one was never ours, or is no more."""
        return {fence: self._hosts[fence] for fence in fences if fence in self._hosts}


def _due(row: Row) -> Due:
    _, _, source, state = row
    return Due(source=source, state=None if state is None else value_of(SourceState, state))
