"""An event loop whose time passes only when nobody has anything to do: a month of waiting takes no time at all."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps by moving its clock; work for threads is done on the spot, so that every run is the same."""

    def __init__(self) -> None:
        self._seconds = 0.0
        super().__init__(_Leaping(self._leap))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._seconds

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _leap(self, seconds: float | None) -> None:
        if seconds is None:
            raise RuntimeError("everybody waits for somebody else")
        self._seconds += max(seconds, 0.0)


class _Leaping(selectors.DefaultSelector):
    def __init__(self, leap: Callable[[float | None], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            self._leap(timeout)
        return ready
