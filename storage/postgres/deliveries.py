"""What workers brought, for the one who judges: `storage.work.Deliveries` in PostgreSQL.

That a delivery was judged is settled where the facts are committed (`storage.postgres.writing`). All else that is
changed here goes the same way, by the connection that holds the writer's lock: one who was displaced, and does not know
it yet, neither follows an older config nor gives up what another one judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from storage.port import Change
from storage.postgres.documents import Commits
from storage.postgres.lasting import Lasting
from storage.work import UNBOUNDED, Delivery, Watched

_FOLLOW = "SELECT follow(%b::text[], %b::text[], %b::timestamptz[])"
_WAITING = """
    SELECT number, source, worker, at, document, tried FROM (
        SELECT *, sum(octet_length(document)) OVER by_number AS size, row_number() OVER by_number AS place
        FROM (SELECT * FROM delivery ORDER BY number LIMIT %b::integer) AS oldest
        WINDOW by_number AS (ORDER BY number)
    ) AS counted
    WHERE place = 1 OR size <= %b::bigint
    ORDER BY number"""
# A server that crashes forgets it, which is as well: nobody died of a delivery then.
_NOT_WAITED_FOR = "SELECT set_config('synchronous_commit', 'off', true)"
_BEGIN = "UPDATE delivery SET tried = tried + 1 WHERE number = ANY(%b::bigint[])"
_SPARE = "UPDATE delivery SET tried = tried - 1 WHERE number = ANY(%b::bigint[]) AND tried > 0"
_GIVE_UP = "SELECT settle(ARRAY[source], ARRAY[%b::timestamptz]) FROM delivery WHERE number = %b::bigint"
_HOLD = "UPDATE host SET rests_until = greatest(rests_until, %b) WHERE name = %b::text"


class PostgresDeliveries:
    """`storage.work.Deliveries`. Connects when it is first asked, and anew where the connection was lost."""

    def __init__(self, url: str, store: Commits) -> None:
        """`store` is that of the one who judges; a refusal of what is changed here counts as that of a commit."""
        self._lasting = Lasting(url)
        self._store = store

    def follow(self, watched: Iterable[Watched]) -> None:
        last = {one.source: one for one in watched}.values()
        columns = [one.source for one in last], [one.host for one in last], [one.due for one in last]
        self._store.commit(Change(), also=[(_FOLLOW, columns)])

    def waiting(self, most: int, *, size: int = UNBOUNDED) -> tuple[Delivery, ...]:
        rows = self._lasting.ask(_WAITING, most, size)
        return tuple(
            Delivery(number=number, source=source, worker=worker, at=at, document=document, tried=tried)
            for number, source, worker, at, document, tried in rows
        )

    def begin(self, numbers: Sequence[int]) -> None:
        self._store.commit(Change(), also=[(_NOT_WAITED_FOR, ()), (_BEGIN, (list(numbers),))])

    def spare(self, numbers: Sequence[int]) -> None:
        self._store.commit(Change(), also=[(_NOT_WAITED_FOR, ()), (_SPARE, (list(numbers),))])

    def give_up(self, number: int, *, due: datetime) -> None:
        self._store.commit(Change(), also=[(_GIVE_UP, (due, number))])

    def hold(self, host: str, until: datetime) -> None:
        self._store.commit(Change(), also=[(_HOLD, (until, host))])

    def close(self) -> None:
        self._lasting.close()
