"""Somebody always answers readers: a process that does, and another one when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from aggregator.observing.events import Observer
from aggregator.observing.reader_events import FrontEnded
from aggregator.publishing.shelf import Stock
from aggregator.serving.front.process import Answers, Bounds, Process
from aggregator.serving.posts import NO_POSTS, Posts


class Stocks(Protocol):
    """Where it is known what is published: `aggregator.publishing.shelf.Shelf`, or what follows another one."""

    @property
    def stock(self) -> Stock:
        """What is published at this moment."""

    def follow(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told`, in whatever thread, when it is another one; the answer ends that."""


class Front:
    """Answers readers in a process of its own. Used on one event loop, from `prepare` to `stop`."""

    def __init__(
        self,
        stocks: Stocks,
        *,
        max_age: Callable[[], timedelta],
        observe: Observer,
        posts: Posts = NO_POSTS,
        answered: Answers = lambda _, __: None,
        bounds: Bounds | None = None,
    ) -> None:
        """`posts` are answered on the event loop of this process; everything else comes from the stock.

        `max_age` is for documents that do not say how long they are fresh. `answered` is told every few seconds how
        many more answers of a status went out, and before anything of `posts` is asked.
        """
        self._answered = answered
        self._stocks = stocks
        self._max_age = max_age
        self._observe = observe
        self._posts = posts
        self._bounds = bounds or Bounds()
        self._begun, self._up = asyncio.Event(), asyncio.Event()
        self._changed, self._stopped = asyncio.Event(), asyncio.Event()
        self._answers = False
        """Whether the process that there is has answered readers."""
        self._process: Process | None = None
        self._living: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that answers readers now; None: there is none."""
        return self._process.pid if self._process else None

    def prepare(self, listener: socket.socket) -> None:
        """Start a process that is to answer on `listener`, which stays its owner's and has to stay open.

        Done early, it imports what it needs while others prepare what is published.
        """
        self._living = asyncio.create_task(self._live(listener))

    async def start(self, listener: socket.socket) -> None:
        """Have readers answered with what is published; returns when they are.

        Returns also when that takes too long, as it is tried until `stop` in any case.
        """
        if self._living is None:
            self.prepare(listener)
        self._begun.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.swap.total_seconds()):
                await self._up.wait()

    async def stop(self, *, patience: float) -> None:
        """Accept no more, and wait up to `patience` seconds for answers that are being sent."""
        if self._living is None:
            return
        self._stopped.set()
        if self._process and self._up.is_set():
            self._process.leave(max(timedelta(seconds=patience) - self._bounds.leaving, timedelta()))
        elif self._process:  # it has answered nobody yet
            self._process.kill()
        _, late = await asyncio.wait([self._living], timeout=patience)
        if late and self._process:
            self._process.kill()
        await self._living

    async def _live(self, listener: socket.socket) -> None:
        loop, unlucky = asyncio.get_running_loop(), 0
        while not self._stopped.is_set():
            began, self._answers = loop.time(), False
            reason = await self._life(listener)
            if self._stopped.is_set():
                return
            if self._answers and loop.time() - began > self._bounds.again[-1].total_seconds():
                unlucky = 0
            pause = self._bounds.again[min(unlucky, len(self._bounds.again) - 1)]
            unlucky += 1
            self._observe(FrontEnded(reason=reason, again=pause))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), pause.total_seconds())

    async def _life(self, listener: socket.socket) -> str:
        try:
            self._process = Process(listener, posts=self._posts, answered=self._answered, bounds=self._bounds)
        except OSError as error:
            return str(error)
        try:
            return await self._process.live(lambda process: asyncio.create_task(self._follow(process)))
        finally:
            self._process = None

    async def _follow(self, process: Process) -> None:
        """What is published goes to `process`: all of it, then every change; many at a time while it is busy.

        One that hangs is found out by that, if not at the next change, then soon.
        """
        loop, shown = asyncio.get_running_loop(), Stock()

        def told() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it all that this is for
                loop.call_soon_threadsafe(self._changed.set)

        await self._begun.wait()
        unfollow = self._stocks.follow(told)
        try:
            while True:
                self._changed.clear()
                stock = self._stocks.stock
                await process.show(shown, stock, max_age=self._max_age())
                shown = stock
                self._answers = True
                self._up.set()
                with contextlib.suppress(TimeoutError):  # then it is asked whether it still answers, by what it has
                    async with asyncio.timeout(self._bounds.silence.total_seconds()):
                        await self._changed.wait()
        finally:
            unfollow()
