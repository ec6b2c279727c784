"""Serves the recorded sample from loopback, so that the real fetch path has something to ask."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from aggregator.demo.recording import Recorded
from feeds.conditional import Answer, answer
from feeds.model import Source

FRESH_FOR = timedelta(seconds=30)
"""What the sample tells its readers about when to come back."""

LONGEST_HEAD = 16 * 1024
"""Bytes of a request before its body: our own client sends a few hundred."""
PATIENCE = 10
"""Seconds for a whole exchange: a visitor that stops halfway must not stay for ever."""
MOST_AT_ONCE = 64
"""Visitors of one source; the demo has one, and a browser or two."""


@asynccontextmanager
async def serving(recording: Sequence[Recorded]) -> AsyncIterator[tuple[Source, ...]]:
    """Serve the recorded sources while the context lasts; gives them with the URLs at which they answer.

    Each has an address of its own in 127.0.0.0/8 and a port that the system chose, as sources in life have
    hosts of their own. A source that nobody listens for refuses connections.
    """
    async with AsyncExitStack() as stack:
        sources = []
        for number, recorded in enumerate(recording, start=2):
            door = _door(f"127.0.0.{number}")
            stack.callback(door.close)
            host, port = door.getsockname()
            if recorded.first is not None:
                server = await asyncio.start_server(_Visits(recorded).take, sock=door, limit=LONGEST_HEAD)
                await stack.enter_async_context(server)
            sources.append(replace(recorded.source, url=f"http://{host}:{port}{recorded.source.url}"))
        yield tuple(sources)


def _door(host: str) -> socket.socket:
    """A socket of its own for a source; bound but not listening, it refuses everyone and keeps the port taken."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        door.bind((host, 0))
    except OSError:
        # Not every system answers for all of 127.0.0.0/8 without being told to.
        door.bind(("127.0.0.1", 0))
    return door


class _Visits:
    """Counts the visits to one source, as its answer changes after the first."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._served = False
        self._seats = asyncio.Semaphore(MOST_AT_ONCE)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._seats.locked():
                return
            async with self._seats, asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_on_the_wire(self._answer(head.decode("latin-1"))))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a visitor that leaves early or talks too much gets nothing, and nobody else is disturbed
        finally:
            writer.close()

    def _answer(self, head: str) -> Answer:
        line, *lines = head.split("\r\n")
        method, _, rest = line.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        document = self._recorded.later if self._served else self._recorded.first
        if path != self._recorded.source.url or document is None:
            return Answer(status=404, headers=(("Content-Length", "0"),))
        headers = {name.strip(): value.strip() for name, _, value in (field.partition(":") for field in lines if field)}
        self._served = self._served or method == "GET"
        return answer(document, method=method, headers=headers, max_age=FRESH_FOR)


def _on_the_wire(given: Answer) -> bytes:
    lines = [f"HTTP/1.1 {given.status} {HTTPStatus(given.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in (*given.headers, ("Connection", "close"))]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + given.body
