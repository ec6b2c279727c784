"""Documents that have come and are not read yet: while they weigh too much, nobody new is asked.

Asking is quicker than reading, by ten to one, so that after a start with a thousand sources most documents wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Read = Callable[Concatenate[bytes, P], Coroutine[Any, Any, T]]

MOST = 64 << 20
"""Bytes: a thousand feeds of the usual size fit in without anybody waiting."""


class Backlog:
    """Keeps count of what waits. Whoever holds a part of it must not wait for it to become less."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._low = asyncio.Event()
        self._low.set()

    async def low(self) -> None:
        """Wait until no more waits than may."""
        await self._low.wait()

    @contextmanager
    def waits(self, size: int) -> Iterator[None]:
        """A document of `size` bytes waits to be read, until the block ends."""
        self._grow(size)
        try:
            yield
        finally:
            self._grow(-size)

    def counting(self, read: Read[P, T]) -> Read[P, T]:
        """The same reader, for documents that count as long as they wait for it and are read."""

        async def counted(body: bytes, /, *arguments: P.args, **named: P.kwargs) -> T:
            with self.waits(len(body)):
                return await read(body, *arguments, **named)

        return counted

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._most:
            self._low.clear()
        else:
            self._low.set()
