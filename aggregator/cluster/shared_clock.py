"""The time of all who work on one database: its clock, whatever their machines' clocks say.

A worker whose own clock is fast would find every source due again as soon as it was judged, and ask it without end; a
judge whose clock is slow would date what comes before what readers have already.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

NEAR = timedelta(seconds=0.1)
"""By so much a look at the clock may be wrong for all that it took on its way, without being told from a right one."""
SLOW = timedelta(seconds=5)
"""A look that takes longer says too little."""


class SharedClock:
    """The database's clock as it was looked at last, and went on since then; before that, the machine's own."""

    def __init__(self, *, clock: Callable[[], datetime], uptime: Callable[[], timedelta]) -> None:
        """`clock` is the machine's; `uptime` grows evenly, whatever happens to that."""
        self._clock = clock
        self._uptime = uptime
        self._seen: tuple[datetime, timedelta] | None = None
        """What it showed, and when that was."""

    def __call__(self) -> datetime:
        """Aware, UTC. From any thread."""
        if self._seen is None:
            return self._clock()
        shown, at = self._seen
        return shown + (self._uptime() - at)

    def set(self, look: Callable[[], datetime]) -> None:
        """Look at it again. One that is near to what is shown here changes nothing. Raises what `look` raises."""
        began = self._uptime()
        shown = look()
        took = self._uptime() - began
        at = began + took / 2
        if self._seen is not None:
            before, since = self._seen
            if took > SLOW or abs(before + (at - since) - shown) <= max(NEAR, took / 2):
                return
        self._seen = shown, at
