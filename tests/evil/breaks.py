"""Behaviours that break off: an end or a reset at every stage."""

from __future__ import annotations

import asyncio
import socket

from feeds.model import FailureKind
from tests.evil.server import CHUNKED, FEED, NO_HTTP, RSS, SLOW, Evil, Fails, Resets, Sends, good, reset
from tests.fakes.web import Asked, head

RESET = Fails(FailureKind.CONNECT, "the connection was reset")
BROKEN = Fails(FailureKind.CONNECT, NO_HTTP)
LONG = head(200, [RSS, ("Content-Length", "900")])


class ResetsAtOnce(Evil):
    """RST before the request is read."""

    expected = RESET

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reset(writer)


class ResetsInsteadOfAnswering(Resets):
    """RST after the request."""

    expected = RESET


class ResetsInItsHeaders(Resets):
    """RST within the headers."""

    expected = RESET
    wire = b"HTTP/1.1 200 OK\r\nContent-"


class ResetsInItsBody(Resets):
    """RST within a body of known length."""

    expected = RESET
    wire = LONG + FEED


class ResetsInAChunk(Resets):
    """RST within a chunk."""

    expected = RESET
    wire = CHUNKED + b"fff\r\n" + FEED


class ResetsInAnOpenBody(Resets):
    """RST where an end of the connection would be the end of the body: half a document is not taken for a whole."""

    expected = RESET
    wire = head(200, [RSS]) + FEED


class HangsUpAtOnce(Evil):
    """The end before the request is read."""

    expected = Fails(FailureKind.CONNECT, "the ")  # broken off or reset, by who is faster

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()


class HangsUpInItsHeaders(Sends):
    """The end within the headers."""

    expected = BROKEN
    wire = b"HTTP/1.1 200 OK\r\nContent-"


class HangsUpInItsBody(Sends):
    """The end within a body of known length."""

    expected = BROKEN
    wire = LONG + FEED


class HalfOpen(Evil):
    """Says that it will send no more in the middle of its answer, and keeps the connection."""

    expected = BROKEN

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(LONG + FEED)
        writer.write_eof()
        await asyncio.sleep(3600)


class HalfOpenBeforeAnswering(Evil):
    """Says that it will send nothing, and keeps the connection."""

    expected = BROKEN

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write_eof()
        await asyncio.sleep(3600)


class AnswersWithoutReading(Evil):
    """Answers before it was asked, which is an answer nonetheless, then resets."""

    expected = Fails(FailureKind.CONNECT, "the ")

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(good()[:40])
        await writer.drain()
        reset(writer)


class NeverAccepts(Evil):
    """A port that listens, and nobody behind it: the system itself takes the connection."""

    expected = Fails(FailureKind.TIMEOUT, SLOW)

    def url(self, path: str = "/feed") -> str:
        if not hasattr(self, "listening"):
            self.listening = socket.create_server(("127.0.0.1", 0), backlog=1)
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}{path}"

    def check(self, asked: list[Asked]) -> None:
        self.listening.close()


class ClosedPort(Evil):
    """Nobody listens."""

    expected = Fails(FailureKind.CONNECT, "the connection was refused")

    def url(self, path: str = "/feed") -> str:
        with socket.create_server(("127.0.0.1", 0)) as free:
            return f"http://127.0.0.1:{free.getsockname()[1]}{path}"
