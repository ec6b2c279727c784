"""What asking a source came to, day by day: how much it brings, and how often it can say that nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from feeds.model import Day, Failed, FailureKind, Outcome, Unchanged

KEPT = 8
"""Days: today, which is not over, and a week, in which no day of the week counts twice. Some 50 bytes each."""
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What the last days say of a source; None: too little is known."""

    new_per_day: float | None = None
    unchanged_share: float | None = None
    """Of all fetches those that were answered with 304, from 0 to 1."""


def counted(days: Sequence[Day], outcome: Outcome, *, new: int, now: datetime) -> tuple[Day, ...]:
    """`days` after one more fetch, which ended at `now` and brought `new` entries; those that are too old are left out.

    What was held back asked nobody, so it does not count.
    """
    if isinstance(outcome, Failed) and outcome.kind is FailureKind.HELD:
        return tuple(days)
    today = _day(now)
    others = [day for day in days if day.day != today]
    before = next((day for day in days if day.day == today), Day(day=today))
    after = replace(
        before,
        asked=before.asked + 1,
        unchanged=before.unchanged + (isinstance(outcome, Unchanged) and outcome.status == NOT_MODIFIED),
        failed=before.failed + isinstance(outcome, Failed),
        new=before.new + new,
    )
    # A clock that was ahead for a while must not keep its days for ever, nor push out all others.
    return tuple(sorted((*(day for day in others if abs(day.day - today) < KEPT), after), key=lambda day: day.day))


def pulse(days: Sequence[Day], *, now: datetime) -> Pulse:
    """What `days`, oldest first, say at `now`: of those behind the present one, from the first that is known on.

    A day in which the source was not asked counts like any other. Before the first day is over, what there is of it
    does.
    """
    today = _day(now)
    week = [day for day in days if today - KEPT < day.day < today]
    length = today - week[0].day if week else 1
    counting = week or [day for day in days if day.day == today]
    if not counting:
        return Pulse()
    asked = sum(day.asked for day in counting)
    return Pulse(
        new_per_day=sum(day.new for day in counting) / length,
        unchanged_share=sum(day.unchanged for day in counting) / asked if asked else None,
    )


def _day(moment: datetime) -> int:
    return moment.astimezone(UTC).toordinal()
