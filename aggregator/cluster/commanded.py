"""The judge's end of commands that come by way of the database: looked for every second, carried out one by one."""

from __future__ import annotations

import asyncio
import traceback
from datetime import timedelta

from aggregator.control import Answer, Refused
from aggregator.control.commands import answer_line, read_request
from aggregator.observing.events import ControlClosed, Observer
from aggregator.running.working import CarryOut
from feeds.errors import StoreError, TopicwireError
from storage.commands import Commands

LOOK = timedelta(seconds=1)
UNABLE = 10
"""Looks that fail, one after the other, before it is told. Where the database is away, judging ends before that."""
_ABANDONED = Refused(reason="whoever judged ended before it answered: the command may have taken effect")


class Commanded:
    """A `aggregator.running.working.Door`. A database that cannot be asked is asked again; what lasts is told once."""

    def __init__(
        self, commands: Commands, carry_out: CarryOut, *, worker: str, observe: Observer, every: timedelta = LOOK
    ) -> None:
        self._commands = commands
        self._carry_out = carry_out
        self._worker = worker
        self._observe = observe
        self._every = every.total_seconds()
        self._stopping = asyncio.Event()
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer for what others have begun and never ended, then look for commands."""
        self._task = asyncio.create_task(self._run(), name="commands of the database")

    async def stop(self) -> None:
        """Begin with no more; one that is under way is answered."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        abandoned = False
        while not self._stopping.is_set():
            try:
                if not abandoned:
                    await asyncio.to_thread(self._commands.abandon, answer_line(_ABANDONED))
                    abandoned = True
                while not self._stopping.is_set() and await self._one():
                    pass
                self._failures = 0
            except StoreError as error:
                self._tell(str(error))
            except Exception:  # noqa: BLE001 - whoever judges goes on, and so do commands
                self._tell(traceback.format_exc())
            try:
                async with asyncio.timeout(self._every):
                    await self._stopping.wait()
            except TimeoutError:
                pass

    async def _one(self) -> bool:
        """Carry out the oldest; True: there may be another one. Raises StoreError."""
        waiting = await asyncio.to_thread(self._commands.waiting)
        if waiting is None:
            return False
        name, asked = waiting
        if await asyncio.to_thread(lambda: self._commands.begin(name, worker=self._worker)):
            answer = await self._answer(asked)
            await asyncio.to_thread(self._commands.answered, name, answer_line(answer))
        return True

    async def _answer(self, asked: bytes) -> Answer:
        try:
            return await self._carry_out(read_request(asked))
        except TopicwireError as error:
            return Refused(reason=str(error))
        except Exception as error:  # noqa: BLE001 - a fault in a command costs that command, and is told
            return Refused(
                reason=f"topicwire itself failed on this ({type(error).__name__}: {error}); please report it"
            )

    def _tell(self, reason: str) -> None:
        self._failures += 1
        if self._failures == UNABLE:
            self._observe(ControlClosed(reason=reason))
