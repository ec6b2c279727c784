"""All connections of readers: how many there are at once, and an end for each that is overdue."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from aggregator.serving.answering import Application, Asked, Reply
from aggregator.serving.connection import Connection, Parsed
from aggregator.serving.posts import NO_POSTS, Answering, Posts

MOST: Final = 1024
"""Connections at once; the one whose deadline is nearest makes room for the next."""
_SWEEP: Final = 0.5
"""Seconds between two looks for connections that are overdue."""


class Connections:
    """Accepts readers on one socket and has `application` answer them, on the event loop that it is started on.

    What is sent to one of the paths in `posts` is answered there.
    """

    def __init__(self, application: Application, *, posts: Posts = NO_POSTS, most: int = MOST) -> None:
        self._application = application
        self._posts = posts
        self._most = most
        self._parsed = Parsed()
        self._open: dict[Connection, None] = {}
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._date = b""
        self._empty = asyncio.Event()

    async def start(self, listener: socket.socket) -> None:
        """Answer from now on; `listener` stays its owner's."""
        self._date = _date()
        self._sweeping = asyncio.create_task(self._sweep())
        self._server = await asyncio.get_running_loop().create_server(self._accept, sock=listener.dup(), backlog=512)

    async def stop(self, *, patience: float) -> None:
        """Accept no more, and wait up to `patience` seconds for answers that are being sent."""
        if self._server is None or self._sweeping is None:
            return
        self._server.close()
        self._empty.clear()
        for connection in tuple(self._open):
            connection.finish()
        if self._open:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._empty.wait()
        for connection in tuple(self._open):
            connection.cut()
        self._sweeping.cancel()

    def _accept(self) -> Connection:
        if len(self._open) >= self._most:
            nearest = min(self._open, key=lambda one: one.deadline)
            self._leave(nearest)
            nearest.cut()
        connection = Connection(
            self._application,
            parsed=self._parsed,
            clock=asyncio.get_running_loop().time,
            date=lambda: self._date,
            posts=self._posts,
        )
        connection.left = self._leave
        self._open[connection] = None
        return connection

    def _leave(self, connection: Connection) -> None:
        self._open.pop(connection, None)
        if not self._open:
            self._empty.set()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            self._date = _date()
            now = asyncio.get_running_loop().time()
            for connection in [one for one in self._open if one.overdue(now)]:
                connection.cut()


class ConnectionsApart:
    """The same on an event loop of its own, in a thread: a pass over many sources fills the other one for long moments.

    The application is called in that thread alone; what is sent is answered on the event loop that made this.
    """

    def __init__(self, application: Application, *, posts: Posts = NO_POSTS) -> None:
        home = asyncio.get_running_loop()
        self._connections = Connections(
            application, posts={path: replace(post, answer=_across(post.answer, home)) for path, post in posts.items()}
        )
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._patience = 0.0

    async def start(self, listener: socket.socket) -> None:
        """Answer from the moment when this returns."""
        ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._run, args=(listener, ready, self._loop), name="readers", daemon=True
        )
        self._thread.start()
        await asyncio.to_thread(ready.wait)

    async def stop(self, *, patience: float) -> None:
        """As that of `Connections`."""
        if self._thread and self._loop:
            self._patience = patience
            self._loop.call_soon_threadsafe(self._stop.set)
            await asyncio.to_thread(self._thread.join)

    def _run(self, listener: socket.socket, ready: threading.Event, loop: asyncio.AbstractEventLoop) -> None:
        async def serve() -> None:
            await self._connections.start(listener)
            ready.set()
            await self._stop.wait()
            await self._connections.stop(patience=self._patience)

        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(serve())
        finally:
            ready.set()


def _across(answer: Answering, home: asyncio.AbstractEventLoop) -> Answering:
    """`answer` for another event loop's requests, on its own one."""

    async def asked_there(asked: Asked) -> Reply:
        async def there() -> Reply:
            return await answer(asked)

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(there(), home))

    return asked_there


def _date() -> bytes:
    """RFC 9110 §6.6.1: a server with a clock says when it answered."""
    return f"date: {formatdate(usegmt=True)}\r\n".encode("ascii")
