"""Whether the scheduler is alive: it beats, and who looks can tell when it last did."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

MISSED = 6
"""Beats that may be missing before it counts as dead: a busy machine is late by one or two."""


class Pulse:
    """Takes a beat now and then; dead when it has had none for `MISSED` times `every`."""

    def __init__(self, every: timedelta, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells seconds that nobody sets, and that stand still while the machine sleeps."""
        self._clock = clock
        self._patience = MISSED * every.total_seconds()
        self._last = clock()

    def beat(self) -> None:
        """Say that the scheduler has come round."""
        self._last = self._clock()

    def alive(self) -> bool:
        """True while beats come, and at first, until one could have come."""
        return self._clock() - self._last <= self._patience
