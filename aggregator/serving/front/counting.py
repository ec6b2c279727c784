"""How many answers of each status went out: counted by the front, told to the main process now and then."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

from aggregator.serving.answering import Application, Asked, Reply
from aggregator.serving.front.wire import Counted, frame

EVERY: Final = 5.0
"""Seconds between two words of it; whoever looks in between is told first."""


class Counting:
    """An application that counts what another one answers."""

    def __init__(self, application: Application, send: Callable[[bytes], None]) -> None:
        self._application = application
        self._send = send
        self._counts: Counter[bytes] = Counter()

    def __call__(self, asked: Asked) -> Reply:
        found = self._application(asked)
        self._counts[found.head[9:12]] += 1
        return found

    def tell(self) -> None:
        """Tell what was counted since this was called last."""
        if self._counts:
            answers = tuple((status.decode("ascii"), number) for status, number in sorted(self._counts.items()))
            self._counts.clear()
            self._send(frame(Counted(answers=answers)))

    async def tell_on(self) -> None:
        """Tell it for ever."""
        while True:
            await asyncio.sleep(EVERY)
            self.tell()
