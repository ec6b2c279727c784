"""A connection that is made anew where it was lost, for statements that do no harm when they are run twice."""

from __future__ import annotations

from storage.postgres.session import Lost, Row, Session


class Lasting:
    """Connects when it is first asked. Raises what `Session` does, and tries again at the next call."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: Session | None = None

    def ask(self, statement: str, *parameters: object) -> list[Row]:
        """All rows of one answer; once more with a new connection, where the old one is gone."""
        if self._session is not None:
            try:
                return self._session.ask(statement, *parameters)
            except Lost:
                self.close()
        self._session = Session(self._url)
        return self._session.ask(statement, *parameters)

    def close(self) -> None:
        """Let go of the connection; closing twice is fine."""
        if self._session is not None:
            self._session.close()
            self._session = None
