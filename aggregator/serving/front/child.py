"""The process that answers readers.

Started by `aggregator.serving.front.process`; ends when its parent does, or tells it to.

It imports no more than it needs, opens no connection and starts no process, which an audit hook sees to.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
import traceback

from aggregator.serving.connections import Connections
from aggregator.serving.front.counting import Counting
from aggregator.serving.front.differences import Replica
from aggregator.serving.front.passing import Passing
from aggregator.serving.front.wire import (
    Answered,
    Begin,
    Fault,
    Stop,
    Swap,
    Swapped,
    WireError,
    frame,
    from_main,
    streams,
)
from aggregator.serving.server import application

_OUTSIDE = (
    *("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostby", "socket.bind"),
    *("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system"),
)
ORPHANED = 1.0
"""Seconds for the answers under way when the parent is gone without a word."""
_FILES = 4096
"""Open connections and the few files beside them are to fit, where the system's usual limit is 1,024."""


def main(channel: int, listener: int) -> None:
    """Answer readers on the socket `listener`, as the parent says on the socket `channel` (file descriptors).

    What goes wrong before is written to standard error; from then on nothing is, as it might name what is private.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # sent to all of a service at once; the parent says when it is time
    _allow_files()
    sys.addaudithook(_stay_inside)
    _say_no_more()
    gc.freeze()
    with socket.socket(fileno=listener) as door, socket.socket(fileno=channel) as wire:
        asyncio.run(_Front(door).run(wire))


class _Front:
    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._replica = Replica()
        self._connections: Connections | None = None
        self._patience = ORPHANED

    async def run(self, wire: socket.socket) -> None:
        reader, writer = await streams(wire)
        try:
            await self._follow(reader, writer)
        except Exception:  # noqa: BLE001 - the parent tells, and starts another one
            writer.write(frame(Fault(problem=traceback.format_exc()[-20_000:])))
        finally:
            self._door.close()
            if self._connections:
                await self._connections.stop(patience=self._patience)
            writer.close()

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun = await from_main(reader)
        if begun is None:
            return
        begin, _ = begun
        if not isinstance(begin, Begin):
            raise WireError("no beginning")
        replica = self._replica
        counting = Counting(application(replica.shelf, max_age=lambda: replica.max_age), writer.write)
        passing = Passing(writer.write, before=counting.tell, unsent=writer.transport.get_write_buffer_size)
        connections = Connections(counting, posts=passing.posts(begin))
        telling = asyncio.create_task(counting.tell_on())
        while found := await from_main(reader):
            message, body = found
            match message:
                case Swap(number=number):
                    replica.swap(message)
                    if self._connections is None:
                        await connections.start(self._door)
                        self._connections = connections
                    writer.write(frame(Swapped(number=number)))
                case Answered():
                    passing.answered(message, body)
                case Stop(patience=patience):
                    self._patience = patience.total_seconds()
                    telling.cancel()
                    await self._finish(reader, passing)
                    counting.tell()
                    return
                case _:
                    replica.take(message, body)

    async def _finish(self, reader: asyncio.StreamReader, passing: Passing) -> None:
        """Answers of the main process still come in meanwhile."""

        async def heed() -> None:
            while found := await from_main(reader):
                if isinstance(found[0], Answered):
                    passing.answered(found[0], found[1])

        heeding = asyncio.create_task(heed())
        self._door.close()
        if self._connections:
            await self._connections.stop(patience=self._patience)
            self._connections = None
        heeding.cancel()


def _stay_inside(event: str, _: object) -> None:
    if event.startswith(_OUTSIDE):
        raise PermissionError(f"whoever answers readers has no business with {event}")


def _say_no_more() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _allow_files() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not everywhere

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # fewer readers at once are better than none
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
