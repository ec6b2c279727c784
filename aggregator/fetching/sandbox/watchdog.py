"""Calls what is to be called when somebody takes too long: one thread for all who are watched.

A timer of its own for every document would be a thread for every document, which costs as much as reading a small one.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

_IDLE = 5.0
"""Seconds without anybody to watch after which the thread ends; the next one to be watched starts another."""


class Watchdog:
    """Any number of threads may be watched at once. Made once, it is never closed: its thread keeps nothing alive."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes: float | None = None
        """When the thread looks again by itself; None: there is no thread."""

    @contextlib.contextmanager
    def watching(self, patience: timedelta, give_up: Callable[[], None]) -> Iterator[None]:
        """Call `give_up`, in another thread, once what happens inside has taken longer than `patience`."""
        ticket = object()
        self._add(ticket, time.monotonic() + patience.total_seconds(), give_up)
        try:
            yield
        finally:
            with self._changed:  # from here on it is not called any more, and if it was, it has returned
                self._watched.pop(ticket, None)

    def _add(self, ticket: object, until: float, give_up: Callable[[], None]) -> None:
        with self._changed:
            if self._wakes is None:
                threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
                self._wakes = until
            elif until < self._wakes:
                self._changed.notify()
            self._watched[ticket] = until, give_up

    def _watch(self) -> None:
        with self._changed:
            while self._wakes is not None:
                now = time.monotonic()
                for ticket, (until, give_up) in list(self._watched.items()):
                    if until <= now:
                        del self._watched[ticket]
                        with contextlib.suppress(OSError):  # of a process that cannot be killed; the others go on
                            give_up()
                earliest = min((until for until, _ in self._watched.values()), default=now + _IDLE)
                self._wakes = earliest
                if not self._changed.wait(max(0.0, earliest - time.monotonic())) and not self._watched:
                    self._wakes = None
