"""A few children that read for everybody: started when needed, replaced when they end, gone when closed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Self

from aggregator.fetching.sandbox.limits import MEGABYTE, Limits
from aggregator.fetching.sandbox.process import Child, GivenUp
from aggregator.fetching.sandbox.wire import (
    Answer,
    DocumentRequest,
    Extracted,
    Fault,
    Missing,
    PageRequest,
    Preparation,
    Read,
    Refused,
    Request,
    TooLong,
)
from feeds.errors import MissingExtra, ParseError
from feeds.model import FailureKind, Outlet, ReadFeed, Source
from feeds.read.article.value import Article

MOST = 2
"""Children at once: a second one makes reading 1.6 times as fast, and 1,000 sources are read in 20 seconds by two."""


class SandboxError(Exception):
    """A document was not read for a reason that lies with us; notes of it hold what happened in the child."""


class Sandbox:
    """Reads documents in processes that can be killed.

    Each child is served by a thread over plain pipes, so that a sandbox belongs to no event loop, and none of its
    children waits for another. Close it when no more is to be read: children that are reading then are killed.
    """

    def __init__(
        self, *, limits: Limits | None = None, size: int | None = None, outlets: tuple[Outlet, ...] = ()
    ) -> None:
        """`size` is how many documents are read at once, by default as many as there are cores, up to `MOST`.

        `outlets` are those that entries may credit beside the shipped ones; a child is told them once, as it starts.
        Nothing is started yet.
        """
        self._limits = limits or Limits()
        self._preparation = Preparation(outlets=outlets)
        self._threads = ThreadPoolExecutor(size or min(MOST, _cores()), thread_name_prefix="reading")
        self._lock = threading.Lock()
        self._children: set[Child] = set()
        self._idle: list[Child] = []
        self._closed = False
        self.lost = 0
        """Children that ended, or were ended, before the sandbox was closed: another one took the place of each."""

    async def read(
        self, body: bytes, *, source: Source, url: str, content_type: str, now: datetime, seen: Collection[str] = ()
    ) -> ReadFeed:
        """What `feeds.read.read` gives, or raises, for the same arguments.

        Raises ParseError, of kind `BROKEN`, also for a document that exceeds a limit or ends the process that reads
        it; and SandboxError for what is our fault: an exception that nobody foresaw, a process that does not start.
        A caller that is cancelled does not stop the reading, which goes on, unheeded, within its limits.
        """
        answer = await self._asked(
            DocumentRequest(source=source, url=url, content_type=content_type, now=now, seen=tuple(seen)), body
        )
        match answer:
            case Read(feed=feed):
                return feed
            case Refused(message=message, kind=kind, feeds_found=found):
                raise ParseError(message, kind=kind, feeds_found=found)
            case _:
                raise self._failure(answer)

    async def extract(self, body: bytes, *, url: str, content_type: str, language: str) -> Article | None:
        """What `feeds.read.article.extract` gives, or raises, for the same arguments.

        Raises ParseError and SandboxError as `read` does.
        """
        answer = await self._asked(PageRequest(url=url, content_type=content_type, language=language), body)
        match answer:
            case Extracted(article=article):
                return article
            case Missing(extra=extra):
                raise MissingExtra(extra)
            case _:
                raise self._failure(answer)

    def close(self) -> None:
        """End all children and wait until they are gone; blocks for some milliseconds."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.kill()
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()
        self._children.clear()
        self._idle.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _asked(self, request: Request, body: bytes) -> Answer | GivenUp:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, request, body)

    def _failure(self, instead: Answer | GivenUp) -> ParseError | SandboxError:
        match instead:
            case GivenUp(reason=reason):
                return ParseError(f"the document was given up: {reason}", kind=FailureKind.BROKEN)
            case TooLong():
                size = self._limits.answer / MEGABYTE
                return ParseError(f"what the document holds comes to more than {size:g} MB", kind=FailureKind.BROKEN)
            case Fault(error=error, traceback=trace):
                fault = SandboxError(error)
                fault.add_note(trace)
                return fault
            case _:
                return SandboxError(f"a child gave an answer out of turn: {type(instead).__name__}")

    def _ask(self, request: Request, body: bytes) -> Answer | GivenUp:
        try:
            child = self._take()
        except OSError as error:
            return Fault(error=f"the process that reads documents could not be started: {error}", traceback="")
        answer = child.ask(request, body)
        self._give_back(child)
        return answer

    def _take(self) -> Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.usable:
                    return child
                self._children.discard(child)
                self.lost += 1
                child.close()
            if self._closed:
                raise OSError("it is closed")
            child = Child(self._limits, self._preparation)
            self._children.add(child)
            return child

    def _give_back(self, child: Child) -> None:
        with self._lock:
            if child.usable and not self._closed:
                self._idle.append(child)
                return
            self._children.discard(child)
            self.lost += not self._closed
        child.close()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
