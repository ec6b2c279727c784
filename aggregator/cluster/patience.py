"""Nobody waits for ever for a database that was frozen, or whose machine is gone without a word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Patience:
    """Calls `cut` from a thread of its own when nothing came for so many seconds while the context lasts. For once."""

    def __init__(self, cut: Callable[[], None], seconds: float) -> None:
        self._cut = cut
        self._seconds = seconds
        self._came = 0.0
        self._timer: threading.Timer | None = None
        self._over = False

    def came(self) -> None:
        """Something did: it is waited for as long again."""
        self._came = time.monotonic()

    def _due(self) -> None:
        left = self._came + self._seconds - time.monotonic()
        if self._over:
            return
        if left <= 0:
            self._cut()
        else:
            self._arm(left)

    def _arm(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._due)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> Self:
        self.came()
        self._arm(self._seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
