"""How long readers of a topic need not ask again: half of the time that usually lies between two of its entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

RECENT = 20
"""Entries whose gaps count: as many as a busy topic has in a day, and a quiet one in a season."""
ENOUGH = 4
"""Entries from which on there is a rhythm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Between what bounds a topic's rhythm may move its readers; sources are asked no more often, nor less."""

    fastest: timedelta = timedelta(minutes=5)
    every: timedelta = timedelta(minutes=30)
    """The usual interval of a source; readers of a topic without a rhythm wait half of it."""


def fresh_for(moments: Iterable[datetime], pace: Pace) -> timedelta:
    """For a topic whose entries came at `moments`, in any order: a function of these and of nothing else.

    The median of the gaps (the lower of two), so that neither a night nor a burst counts; half of it, so that news
    waits a quarter of the usual gap on average. In whole seconds, as RFC 9111 §5.2.2.1 has it.
    """
    newest = sorted(moments)[-RECENT:]
    usual = pace.every
    if len(newest) >= ENOUGH:
        usual = median_low(after - before for before, after in pairwise(newest))
    bounded = max(min(usual / 2, pace.every), pace.fastest)
    return timedelta(seconds=bounded // timedelta(seconds=1))
