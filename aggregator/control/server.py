"""The daemon's end: a Unix socket in the store's folder, for its user alone.

Whoever starts it holds the store's lock, so a socket that is there already is what a dead daemon left.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from aggregator.control.commands import LONGEST, Answer, Command, Refused, answer_line, read_request
from aggregator.observing.events import ControlClosed, Observer
from feeds.errors import ControlError, TopicwireError

SOCKET = "control"
"""The socket's name in a store's folder."""
LONGEST_PATH = 107
"""Bytes of a socket's path (unix(7): 108 with the zero at its end)."""
PATIENCE = 5.0
"""Seconds for a client to say what it wants, and to take its answer."""
MOST = 16
"""Clients at once."""


class ControlServer:
    """Takes commands, one after the other as `answer` lets them, until it is stopped."""

    def __init__(self, path: Path, answer: Callable[[Command], Awaitable[Answer]], *, observe: Observer) -> None:
        self._path = path
        self._answer = answer
        self._observe = observe
        self._server: asyncio.Server | None = None
        self._waiting: set[asyncio.Task[None]] = set()
        """Connections that have asked for nothing yet; a stop ends them."""
        self._working: set[asyncio.Task[None]] = set()
        """Connections whose command is under way; a stop waits for them."""

    async def start(self) -> None:
        """Listen. Where that cannot be done, it is told, and the daemon does without."""
        try:
            listener = bind(self._path)
            self._server = await asyncio.start_unix_server(self._connected, sock=listener, limit=LONGEST)
        except (OSError, ControlError) as error:
            self._observe(ControlClosed(reason=str(error)))

    async def stop(self) -> None:
        """Take no more commands, and see those through that are under way."""
        if self._server is None:
            return
        self._server.close()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        for one in self._waiting:
            one.cancel()
        if both := self._waiting | self._working:
            await asyncio.wait(both)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._waiting) + len(self._working) >= MOST:
                await _line(reader)
                await _tell(writer, Refused(reason="too many commands at once: try again"))
                return
            self._waiting.add(task)
            while line := await _line(reader):
                self._waiting.discard(task)
                self._working.add(task)
                await _tell(writer, await self._carried_out(line))
                self._working.discard(task)
                self._waiting.add(task)
        except asyncio.LimitOverrunError:
            with contextlib.suppress(OSError, TimeoutError):
                await _tell(writer, Refused(reason=f"a command is at most {LONGEST} bytes long"))
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the client went, or said nothing, or the daemon stops
        finally:
            self._waiting.discard(task)
            self._working.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _carried_out(self, line: bytes) -> Answer:
        try:
            return await self._answer(read_request(line))
        except TopicwireError as error:
            return Refused(reason=str(error))
        except Exception as error:  # noqa: BLE001 - a fault in a command costs that command, and is told
            return Refused(
                reason=f"topicwire itself failed on this ({type(error).__name__}: {error}); please report it"
            )


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line; empty when there is none. Raises LimitOverrunError for one that is too long."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError:
        return b""


async def _tell(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(answer_line(answer))
    async with asyncio.timeout(PATIENCE):
        await writer.drain()


def bind(path: Path) -> socket.socket:
    """A socket at `path` that nobody but this user can connect to, in place of one that a dead daemon left.

    Raises OSError, and ControlError where no socket can be.
    """
    if is_too_long(path):
        raise ControlError(
            f"{path} is longer than the {LONGEST_PATH} bytes that a socket's path may have: commands cannot reach a "
            "daemon there; give the store a shorter path (url under [store])"
        )
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ControlError(f"{path} is in the way: it is no socket")
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(os.fspath(path))
        path.chmod(0o600)  # nobody can connect before `listen`
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def is_too_long(path: Path) -> bool:
    """Whether no socket can be at `path`, as it has too many bytes."""
    return len(os.fsencode(path)) > LONGEST_PATH
