"""Forms that subscribers sent to servers, in a table."""

from __future__ import annotations

from collections.abc import Iterable

from feeds.errors import StoreError
from storage.port import Change
from storage.postgres.documents import Commits
from storage.postgres.lasting import Lasting
from storage.subscribing import Request

_HAND_IN = """
    INSERT INTO subscribing (body)
    SELECT %b WHERE (SELECT count(*) FROM subscribing) < %s
    RETURNING number"""
_WAITING = """
    SELECT number, body, at < clock_timestamp() - interval '10 minutes' FROM subscribing ORDER BY number LIMIT %s"""
_TAKEN = "DELETE FROM subscribing WHERE number = ANY(%s)"


class PostgresRequests:
    """`storage.subscribing.Requests`."""

    def __init__(self, url: str, store: Commits | None = None) -> None:
        """`store` is that of the one who judges; None: nothing can be let go of."""
        self._lasting = Lasting(url)  # what is handed in twice does no harm: the callback is asked once more
        self._store = store

    def hand_in(self, body: bytes, *, most: int) -> bool:
        return bool(self._lasting.ask(_HAND_IN, body, most))

    def waiting(self, most: int) -> tuple[Request, ...]:
        rows = self._lasting.ask(_WAITING, most)
        return tuple(Request(number=number, body=body, late=late) for number, body, late in rows)

    def taken(self, numbers: Iterable[int]) -> None:
        if self._store is None:
            raise StoreError("only the one who judges lets go of what subscribers asked for")
        self._store.commit(Change(), also=[(_TAKEN, (list(numbers),))])

    def cut(self) -> None:
        self._lasting.cut()

    def close(self) -> None:
        self._lasting.close()
