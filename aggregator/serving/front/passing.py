"""Requests that only the main process can answer: passed on to it, and not waited for too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from aggregator.serving.answering import Asked, Reply, plain
from aggregator.serving.front.wire import Answered, Begin, Passed, WireError, frame
from aggregator.serving.posts import Look, Post, Posts

AT_ONCE: Final = 64
"""Requests that wait for the main process; who asks while so many do is told to come again."""
MOST_UNSENT: Final = 4 * 1024 * 1024
"""Bytes on their way to a main process that does not take them; nobody is passed on while there are so many."""
LATE: Final = "The main process does not answer in time"
_LEFT_OUT: Final = ("host", "forwarded", "x-forwarded-", "x-real-ip", "cookie", "connection")
"""How names of headers begin that do not cross: no answer may depend on them. All others do, as an answer may
be a refusal because of one."""


class Passing:
    """The front's side: each request has a number, by which its answer finds back."""

    def __init__(
        self, send: Callable[[bytes], None], *, before: Callable[[], None], unsent: Callable[[], int] = lambda: 0
    ) -> None:
        """`before` each of them is called what the main process is to know when it answers.

        `unsent` tells how many bytes were sent that have not left yet.
        """
        self._send = send
        self._before = before
        self._unsent = unsent
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Reply]] = {}

    def posts(self, begin: Begin) -> Posts:
        """What connections are to know of the paths that the main process answers."""

        async def answer(asked: Asked) -> Reply:
            return await self._passed(asked, begin.within)

        return {
            one.path: Post(answer=answer, takes=one.takes, most=one.most) if one.takes else Look(answer=answer)
            for one in begin.inside
        }

    def answered(self, message: Answered, body: bytes) -> None:
        """The main process's word; one that comes too late is dropped."""
        if message.head > len(body):
            raise WireError("half an answer")
        waiting = self._waiting.get(message.number)
        if waiting and not waiting.done():
            waiting.set_result(Reply(head=body[: message.head], body=body[message.head :]))

    async def _passed(self, asked: Asked, within: timedelta) -> Reply:
        if len(self._waiting) >= AT_ONCE or self._unsent() > MOST_UNSENT:
            return unavailable("Too many ask for this at once")
        self._number += 1
        number = self._number
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            self._before()
            headers = tuple((name, said) for name, said in asked.headers.items() if not name.startswith(_LEFT_OUT))
            self._send(
                frame(Passed(number=number, method=asked.method, target=asked.target, headers=headers), asked.body)
            )
            async with asyncio.timeout(within.total_seconds()):
                return await waiting
        except TimeoutError:
            return unavailable(LATE)
        finally:
            del self._waiting[number]


def unavailable(reason: str) -> Reply:
    """A 503 (RFC 9110 §15.6.4) that says why."""
    return plain(503, f"{reason}; try again soon.", ("Retry-After", "5"))
