"""One process that answers readers, as the main process sees it: started, told what is published, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aggregator.publishing.shelf import Stock
from aggregator.serving.answering import Asked, Reply, plain
from aggregator.serving.front.differences import differences
from aggregator.serving.front.passing import LATE, unavailable
from aggregator.serving.front.wire import (
    Answered,
    Begin,
    Counted,
    Fault,
    Inside,
    Passed,
    Stop,
    Swapped,
    WireError,
    frame,
    from_front,
    streams,
)
from aggregator.serving.posts import Post, Posts

# The child sees the modules that its parent sees; -P: and none from the folder that it happens to be started in.
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from aggregator.serving.front.child import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)
# The environment may hold passwords. Of it, the child gets what an interpreter needs in order to start.
_NEEDED = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
)


Answers = Callable[[str, int], None]
"""Told a status and how many more readers got it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long who waits for whom."""

    answer: timedelta = timedelta(seconds=5)
    """A reader, for what the main process answers."""
    swap: timedelta = timedelta(seconds=60)
    """The main process, for word that readers get what it published; a start takes 0.2 s on a quiet machine."""
    silence: timedelta = timedelta(seconds=30)
    """The main process, without news, until it asks for such word all the same."""
    leaving: timedelta = timedelta(seconds=0.7)
    """The same, for the end of a process that has nobody left to answer."""
    again: tuple[timedelta, ...] = tuple(timedelta(seconds=one) for one in (0, 0.5, 2, 5, 15, 30))
    """Before another start, one after the other; the last one for ever, the first one again when a process has answered
    readers for longer than that."""


class Process:
    """Made and used on one event loop. `live` returns when it has ended, with the reason."""

    def __init__(self, listener: socket.socket, *, posts: Posts, answered: Answers, bounds: Bounds) -> None:
        """Start it; raises OSError when the system refuses."""
        self._posts = posts
        self._answered = answered
        self._bounds = bounds
        self._swapped = asyncio.Event()
        self._number = 0
        self._fault = self._said = ""
        self._writer: asyncio.StreamWriter | None = None
        self._answering: set[asyncio.Task[None]] = set()
        path = [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100 - "" means the current folder
        self._wire, theirs = socket.socketpair()
        handed = (theirs.fileno(), listener.fileno())
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-P", "-c", _BOOT, json.dumps(path), *map(str, handed)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,  # until it has begun: why it could not
                env={name: os.environ[name] for name in _NEEDED if name in os.environ},
                close_fds=True,  # else the store's lock would be the child's as well
                pass_fds=handed,
                start_new_session=True,  # Ctrl-C is the parent's to take
            )
        except OSError:
            self._wire.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The system's number for it."""
        return self._process.pid

    async def live(self, follow: Callable[[Process], asyncio.Task[None]]) -> str:
        """Be of use until its end; `follow` starts what tells it of stocks by `show`. The answer is why it ended."""
        reader, self._writer = await streams(self._wire)
        inside = tuple(
            Inside(path=path, takes=one.takes, most=one.most) if isinstance(one, Post) else Inside(path=path)
            for path, one in self._posts.items()
        )
        self._send(frame(Begin(inside=inside, within=self._bounds.answer)))
        following = follow(self)
        following.add_done_callback(self._give_up_on)
        try:
            await self._listen(reader)
        except WireError as error:
            self._fault = str(error)
        finally:
            following.cancel()
            for task in self._answering:
                task.cancel()
            self._writer.transport.abort()
            code = await asyncio.to_thread(self._ended)
        return self._fault or self._said or _ending(code)

    async def show(self, before: Stock, after: Stock, *, max_age: timedelta) -> None:
        """Have it publish `after` in place of `before`, which it has. Raises TimeoutError."""
        assert self._writer is not None
        self._number += 1
        self._swapped.clear()
        async with asyncio.timeout(self._bounds.swap.total_seconds()):
            for message, bodies in differences(before, after, number=self._number, max_age=max_age):
                self._send(frame(message, b"".join(bodies)))
                await self._writer.drain()
            await self._swapped.wait()

    def leave(self, patience: timedelta) -> None:
        """Ask it to accept nobody any more, finish what it answers, and end."""
        self._send(frame(Stop(patience=patience)))

    def kill(self) -> None:
        """End it at once: readers lose the answers that are on their way."""
        self._process.kill()

    def _send(self, said: bytes) -> None:
        if self._writer and not self._writer.is_closing():
            self._writer.write(said)

    def _give_up_on(self, following: asyncio.Task[None]) -> None:
        """It is of no use if it cannot be told what is published; a broken pipe says that it is gone anyway."""
        if not following.cancelled() and (error := following.exception()) and not isinstance(error, ConnectionError):
            self._fault = self._fault or f"it did not take what is published ({type(error).__name__})"
            self.kill()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while found := await from_front(reader):
            message, body = found
            match message:
                case Swapped(number=number):
                    if number == self._number:
                        self._swapped.set()
                case Passed():
                    task = asyncio.create_task(self._answer(message, body))
                    self._answering.add(task)
                    task.add_done_callback(self._answering.discard)
                case Counted(answers=answers):
                    self._count(answers)
                case Fault(problem=problem):
                    self._fault = problem

    def _count(self, answers: tuple[tuple[str, int], ...]) -> None:
        for status, number in answers:
            if not (status.isascii() and status.isdecimal() and len(status) == 3 and number > 0):
                raise WireError("a count of what is no answer")
            self._answered(status, number)

    async def _answer(self, passed: Passed, body: bytes) -> None:
        asked = Asked(method=passed.method, target=passed.target, headers=dict(passed.headers), body=body)
        found = await self._found(asked)
        self._send(frame(Answered(number=passed.number, head=len(found.head)), found.head + found.body))

    async def _found(self, asked: Asked) -> Reply:
        post = self._posts.get(asked.target.partition("?")[0])
        if post is None:
            return plain(404, "Not found")
        try:
            async with asyncio.timeout(self._bounds.answer.total_seconds()):
                return await post.answer(asked)
        except TimeoutError:
            return unavailable(LATE)
        except Exception:  # noqa: BLE001 - one request that cannot be answered costs itself only
            return plain(500, "This cannot be answered.")

    def _ended(self) -> int:
        """It ends by itself when nobody talks to it; killed when it takes long. Blocks."""
        try:
            code = self._process.wait(self._bounds.leaving.total_seconds())
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            self._said = stream.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        return code


def _ending(code: int) -> str:
    """An exit code in words; negative ones are signals."""
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"signal {-code}"
