"""Forms that subscribers sent to servers, in a table."""

from __future__ import annotations

from collections.abc import Iterable

from feeds.errors import StoreError
from storage.port import Change
from storage.postgres.documents import Commits
from storage.postgres.session import Lost, Row, Session
from storage.subscribing import Request

_HAND_IN = """
    INSERT INTO subscribing (body)
    SELECT %b WHERE (SELECT count(*) FROM subscribing) < %s
    RETURNING number"""
_WAITING = """
    SELECT number, body, at < clock_timestamp() - interval '10 minutes' FROM subscribing ORDER BY number LIMIT %s"""
_TAKEN = "DELETE FROM subscribing WHERE number = ANY(%s)"


class PostgresRequests:
    """`storage.subscribing.Requests`. Connects when it is first asked, and once more when the connection is gone."""

    def __init__(self, url: str, store: Commits | None = None) -> None:
        """`store` is that of the one who judges; None: nothing can be let go of."""
        self._url = url
        self._store = store
        self._session: Session | None = None

    def hand_in(self, body: bytes, *, most: int) -> bool:
        return bool(self._ask(_HAND_IN, body, most))

    def waiting(self, most: int) -> tuple[Request, ...]:
        return tuple(Request(number=number, body=body, late=late) for number, body, late in self._ask(_WAITING, most))

    def taken(self, numbers: Iterable[int]) -> None:
        if self._store is None:
            raise StoreError("only the one who judges lets go of what subscribers asked for")
        self._store.commit(Change(), also=[(_TAKEN, (list(numbers),))])

    def cut(self) -> None:
        if session := self._session:
            session.cut()

    def close(self) -> None:
        if session := self._session:
            session.close()
        self._session = None

    def _ask(self, statement: str, *parameters: object) -> list[Row]:
        """Handing something in twice does no harm: whoever is subscribed is asked once more."""
        if self._session is None:
            self._session = Session(self._url)
            return self._session.ask(statement, *parameters)
        try:
            return self._session.ask(statement, *parameters)
        except Lost:
            self.close()
            self._session = Session(self._url)
            return self._session.ask(statement, *parameters)
