"""Room for bodies: what all of them may hold together while they arrive.

Any number of exchanges may be open, for most of them wait; what must be bounded is what they have brought so far.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.errors import TransportError
from feeds.model import FailureKind

ROOM = 64 << 20
"""Bytes: for as many exchanges as are at work, half a megabyte each; the usual feed has a tenth of that."""


class Room:
    """Keeps count; when it is full, the body that has held most for longest gives way to the others.

    That is one that drips, whatever it sent before it began to: those that come at once are gone before it matters.
    """

    def __init__(self, size: int = ROOM) -> None:
        self._left = size
        self._bodies: set[Body] = set()

    @contextmanager
    def body(self, deadline: asyncio.Timeout) -> Iterator[Body]:
        """Room for one body, until it is whole; `deadline` is its exchange's, and is brought forward if it must go.

        Raises TransportError, `TIMEOUT`, if it gave way.
        """
        body = Body(self, deadline)
        self._bodies.add(body)
        try:
            yield body
        except asyncio.CancelledError:
            if body.gave_way:
                raise _too_slow() from None
            raise
        finally:
            self._bodies.discard(body)
            self._left += body.size

    def take(self, body: Body, size: int) -> None:
        """Give `size` bytes to `body`. Raises TransportError if it is the one that has to give way."""
        body.size += size
        self._left -= size
        if self._left >= 0 or body.gave_way:  # the end of one that gave way is on its way to it
            return
        left = self._left + sum(each.size for each in self._bodies if each.gave_way)
        now = asyncio.get_running_loop().time()
        while left < 0:
            heaviest = max(
                (each for each in self._bodies if not each.gave_way), key=lambda each: each.size * (now - each.began)
            )
            heaviest.gave_way = True
            left += heaviest.size
            if heaviest is body:
                raise _too_slow()
            heaviest.deadline.reschedule(now)


class Body:
    """A body on its way."""

    def __init__(self, room: Room, deadline: asyncio.Timeout) -> None:
        self.deadline = deadline
        self.began = asyncio.get_running_loop().time()
        self.size = 0
        self.gave_way = False
        self._room = room

    def grow(self, size: int) -> None:
        """It has `size` bytes more. Raises TransportError when there is no room for them."""
        self._room.take(self, size)


def _too_slow() -> TransportError:
    reason = "too much was arriving at once, and this document came slowest; it will be asked for again"
    return TransportError(reason, kind=FailureKind.TIMEOUT)
