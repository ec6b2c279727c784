"""Where visitors come in over TCP on loopback; when it closes, they are all shown out."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

Meet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_ROUNDS = 3
"""Of the event loop, until whom the system has let in has been met."""


class Door:
    """Has `meet` talk to each visitor, in a task of its own; the connection is closed behind it.

    `asyncio.start_server` would do so as well, but a task that is cancelled before its first step closes nothing.
    """

    def __init__(self, meet: Meet) -> None:
        self._meet = meet
        self._talks: list[asyncio.Task[None]] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self, host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None) -> int:
        """Let them in from now on; the port."""
        self._server = await asyncio.start_server(self._let_in, host, port, ssl=tls)
        return self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Let nobody in any more, and end all that is going on, at once."""
        self._server.close()
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # sockets are closed in the loop's next round

    def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._talks.append(asyncio.create_task(self._talk(reader, writer)))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._meet(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the other end gave up, or this one closes
        finally:
            writer.close()
