"""`storage.commands.Commands` in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from storage.postgres.lasting import Lasting

KEPT = timedelta(hours=1)
"""Of what nobody forgot: whoever asked has ended long since."""
_HAND_ON = """
    INSERT INTO command (name, asked, until) VALUES (%b::text, %b::bytea, clock_timestamp() + %b::interval)
    ON CONFLICT (name) DO NOTHING"""
_IS_BEGUN = "SELECT begun_by IS NOT NULL FROM command WHERE name = %b::text"
_ANSWER = "SELECT answer FROM command WHERE name = %b::text"
_TAKE_BACK = "DELETE FROM command WHERE name = %b::text AND begun_by IS NULL"
_FORGET = "DELETE FROM command WHERE name = %b::text AND answer IS NOT NULL"
_TIDY = """
    DELETE FROM command
    WHERE until < clock_timestamp() - CASE WHEN begun_by IS NULL THEN interval '0' ELSE %b::interval END"""
_WAITING = """
    SELECT name, asked FROM command WHERE begun_by IS NULL AND until >= clock_timestamp() ORDER BY number LIMIT 1"""
_BEGIN = """
    UPDATE command SET begun_by = %b::text
    WHERE name = %b::text AND (begun_by IS NULL AND until >= clock_timestamp() OR begun_by = %b::text) RETURNING name"""
_ANSWERED = "UPDATE command SET answer = %b::bytea WHERE name = %b::text AND answer IS NULL"
_ABANDON = "UPDATE command SET answer = %b::bytea WHERE begun_by IS NOT NULL AND answer IS NULL"


class PostgresCommands:
    """Connects when it is first asked, and anew where the connection was lost."""

    def __init__(self, url: str) -> None:
        self._lasting = Lasting(url)

    def hand_on(self, name: str, asked: bytes, *, within: timedelta) -> None:
        self._lasting.ask(_HAND_ON, name, asked, within)

    def is_begun(self, name: str) -> bool:
        return self._lasting.ask(_IS_BEGUN, name) == [(True,)]

    def answer(self, name: str) -> bytes | None:
        return next((answer for (answer,) in self._lasting.ask(_ANSWER, name)), None)

    def take_back(self, name: str) -> bool:
        self._lasting.ask(_TAKE_BACK, name)
        return not self._lasting.ask(_IS_BEGUN, name)

    def forget(self, name: str) -> None:
        self._lasting.ask(_FORGET, name)

    def waiting(self) -> tuple[str, bytes] | None:
        self._lasting.ask(_TIDY, KEPT)
        return next(((name, asked) for name, asked in self._lasting.ask(_WAITING)), None)

    def begin(self, name: str, *, worker: str) -> bool:
        return bool(self._lasting.ask(_BEGIN, worker, name, worker))

    def answered(self, name: str, answer: bytes) -> None:
        self._lasting.ask(_ANSWERED, answer, name)

    def abandon(self, answer: bytes) -> None:
        self._lasting.ask(_ABANDON, answer)

    def close(self) -> None:
        """Let go of the connection; closing twice is fine."""
        self._lasting.close()
