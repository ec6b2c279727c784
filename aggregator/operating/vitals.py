"""Whether the daemon does what it is there for: it ticks, it fetches, it remembers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aggregator.running.schedule import TICK
from feeds.model import Source, SourceState
from feeds.polling import Bounds, interval

LATE: Final = 1.8
"""Ticks without one: less than two, and four seconds more than a loop is late in a pass that fills it for a moment."""
INTERVALS: Final = 3
"""Of the source that is asked most often, without anything fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a tick found; seconds are of a clock that nobody sets."""

    at: float
    lag: float
    """How much later it came than it was due."""
    passes: int
    """That run."""
    interval: timedelta | None
    """Between two fetches of the source that is asked most often; None: there is none to ask."""
    stopped: bool
    """Whether the store refuses, so that nothing is fetched."""


def shortest(sources: Iterable[Source], states: Mapping[str, SourceState], bounds: Bounds) -> timedelta | None:
    """How long the source that is asked most often is left alone; None where none is asked.

    Those that fail count as if they did not: what is asked less often for that is what is to be noticed.
    """
    waits = []
    for source in sources:
        state = states.get(source.id)
        if not source.enabled or (state and state.url == source.url and state.gone):
            continue
        wait = bounds.around(source.every, source)
        if state and state.url == source.url and state.last_ok:
            wait = max(interval(source, state, now=state.last_ok, bounds=bounds), state.hint.every or timedelta())
            if not state.failures and state.next_fetch:
                wait = max(wait, state.next_fetch - state.last_ok)
        waits.append(min(wait, bounds.ceiling(source)))
    return min(waits, default=None)


class Vitals:
    """Keeps the last beat and the last fetch; any thread may ask."""

    def __init__(self, *, tick: timedelta = TICK, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that nobody sets."""
        self._tick = tick.total_seconds()
        self._clock = clock
        self._fetched = clock()
        self.last: Beat | None = None
        """None: there was no tick yet."""

    def fetched(self) -> None:
        """A source gave a good answer."""
        self._fetched = self._clock()

    def beat(self, *, passes: int, interval: timedelta | None, stopped: bool) -> None:
        """A tick ended."""
        now, before = self._clock(), self.last
        lag = max(0.0, now - before.at - self._tick) if before else 0.0
        self.last = Beat(at=now, lag=lag, passes=passes, interval=interval, stopped=stopped)

    def trouble(self) -> str:
        """Why the daemon does not do what it is there for, in a sentence; empty: it does."""
        now, last = self._clock(), self.last
        if last is None:
            return "it has not begun to fetch yet"
        if now - last.at >= LATE * self._tick:
            ago = f"its last tick was {now - last.at:.0f} s ago"
            return f"the scheduler stalls: {ago}, and one is due every {self._tick:g} s"
        if last.stopped:
            return "nothing can be stored, so nothing is fetched: the log says why"
        if last.interval is not None and now - self._fetched > INTERVALS * last.interval.total_seconds():
            return (
                f"nothing was fetched for {now - self._fetched:.0f} s, and the source that is asked most often "
                f"is due every {last.interval.total_seconds():.0f} s"
            )
        return ""
