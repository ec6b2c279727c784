"""How often a source has something new, and the interval that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.model import Source, SourceState

WEIGHT = 0.2
"""Of one new entry in the smoothed gap: one night does not undo a day, and after a change of pace three entries do."""
LONGEST_GAP = timedelta(days=30)
"""No silence teaches more than this: a source that wakes up after a year is soon back in its rhythm."""
GAP_FACTOR = 2
"""After a gap the true pace is unknown; it was at least what was seen, and is taken to be twice that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What rhythm, hints and failures may make of a source's interval; its own `every` may be longer than `slowest`."""

    fastest: timedelta
    slowest: timedelta

    def ceiling(self, source: Source) -> timedelta:
        """The longest wait that this source can get, jitter aside."""
        return max(source.every, self.fastest, self.slowest)

    def around(self, wait: timedelta, source: Source) -> timedelta:
        """`wait`, moved between the bounds."""
        return min(max(wait, self.fastest), self.ceiling(source))


def interval(source: Source, state: SourceState, *, now: datetime, bounds: Bounds) -> timedelta:
    """How long to wait after a fetch at `now` that ended well; see `feeds.polling` for the formula."""
    usual = state.rhythm or source.every
    gap = max(usual, silence(state, now))
    wait = source.every * (gap / source.every) ** 0.5 if source.every else timedelta()
    if state.rhythm and state.width:
        wait = min(wait, gap * state.width / 2)
    return bounds.around(wait, source)


def silence(state: SourceState, now: datetime) -> timedelta:
    """How long the source has brought nothing new while it answered; zero before it ever did."""
    since = state.last_new or state.first_ok
    return max(now - since, timedelta()) if since else timedelta()


def learn(state: SourceState, *, now: datetime, new: int, known: int | None, width: int) -> SourceState:
    """The state with what a document of `width` entries teaches: `new` of them were not seen before, `known` were.

    A first document teaches no rhythm, as nobody knows how long it took to fill. One that has nothing in common with
    the document before is a gap; one of a single entry always looks so, and says nothing. `known` None: not counted.
    """
    gap = known == 0 and new > 1 and state.width > 1
    learnt = replace(state, width=width, last_gap=now if gap else state.last_gap)
    if not new:
        return learnt
    learnt = replace(learnt, last_new=now)
    if state.last_new is None or now <= state.last_new:
        return learnt
    seen = min(now - state.last_new, LONGEST_GAP) / (new * GAP_FACTOR if gap else new)
    usual = state.rhythm or seen
    share = 1.0 if gap and seen < usual else 1 - (1 - WEIGHT) ** new
    return replace(learnt, rhythm=usual + (seen - usual) * share)
