"""Which article pages failed and are worth another try, and when."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

AGAIN = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""After each failure of a page, how long until it is asked for again; after as many more failures it is let be. Servers
that stumble are back within the hour, publishers that were down are the next day."""
WAITING = 1_000
"""Pages that are kept for another try, in memory alone, some 300 bytes each; the oldest go first."""

State = tuple[str, str, str]
"""Of an entry: its source, its address and the fingerprint of the feed's words (`feeds.read.fulltext`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failed:
    times: int
    again: datetime


class SecondTries:
    """The pages that are worth another try, while the process lives: after a restart nobody asks for them again."""

    def __init__(self) -> None:
        self._failed: OrderedDict[State, _Failed] = OrderedDict()

    def failed(self, state: State, *, now: datetime) -> None:
        """The page of the entry in this state brought nothing."""
        before = self._failed.pop(state, None)
        times = before.times if before else 0
        if times < len(AGAIN):
            self._failed[state] = _Failed(times=times + 1, again=now + AGAIN[times])
            if len(self._failed) > WAITING:
                self._failed.popitem(last=False)

    def settled(self, state: State) -> None:
        """Nobody needs to ask for that page again."""
        self._failed.pop(state, None)

    def due(self, source: str, *, now: datetime, most: int) -> tuple[State, ...]:
        """At most so many of the entries of `source` whose page may be asked for again, the longest waiting first."""
        waiting = [(one.again, state) for state, one in self._failed.items() if state[0] == source and one.again <= now]
        return tuple(state for _, state in sorted(waiting)[:most])
