"""What workers brought, for the one who judges: `storage.work.Deliveries` in PostgreSQL.

That a delivery was judged is settled where the facts are committed (`storage.postgres.writing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from storage.postgres.lasting import Lasting
from storage.work import Delivery, Watched

_FOLLOW = "SELECT follow(%b::text[], %b::text[], %b::timestamptz[])"
_WAITING = "SELECT number, source, worker, at, document FROM delivery ORDER BY number LIMIT %b::integer"
_GIVE_UP = "SELECT settle(ARRAY[source], ARRAY[%b::timestamptz]) FROM delivery WHERE number = %b::bigint"
_HOLD = "UPDATE host SET rests_until = greatest(rests_until, %b) WHERE name = %b::text"


class PostgresDeliveries:
    """`storage.work.Deliveries`. Connects when it is first asked, and anew where the connection was lost."""

    def __init__(self, url: str) -> None:
        self._lasting = Lasting(url)

    def follow(self, watched: Iterable[Watched]) -> None:
        last = {one.source: one for one in watched}.values()
        columns = [one.source for one in last], [one.host for one in last], [one.due for one in last]
        self._lasting.ask(_FOLLOW, *columns)

    def waiting(self, most: int) -> tuple[Delivery, ...]:
        rows = self._lasting.ask(_WAITING, most)
        return tuple(
            Delivery(number=number, source=source, worker=worker, at=at, document=document)
            for number, source, worker, at, document in rows
        )

    def give_up(self, number: int, *, due: datetime) -> None:
        self._lasting.ask(_GIVE_UP, due, number)

    def hold(self, host: str, until: datetime) -> None:
        self._lasting.ask(_HOLD, until, host)

    def close(self) -> None:
        self._lasting.close()
