"""What subscribers are told of a source: each change of its state once, however often it goes back and forth.

The log tells every change as it happens (`feeds.polling.changes`). Somebody who reads of it in a feed reader wants to
know what lasts:

- A source that *fails* or is *throttled* is told of after `LASTING` fetches in a row that brought nothing; one that is
  *missing* (404 for ten days) or *parked* (410) at once, for that took its time already.
- One that cannot be reached at all is told of only once that was so twice in a row while other sources answered: until
  then it may be our own network that is down, and nobody wants to read that of a hundred sources. Twice, because those
  that are being asked when it comes back still fail, and the first others answer meanwhile.
- While one trouble stands, only a worse one is told: throttled, failing, missing, parked. So between two recoveries
  there are four notices at most.
- It has *recovered* after `LASTING` good answers in a row. One that answers every other time is told of neither way.
- A *gap* is told when it begins, and the next one after a day without any; its end is no news. A source that is *stale*
  is told of when it begins, which is after three days at the earliest, and when it ends; one that *moved* for each
  address, and when it is asked at its own again.

What was told and has not ended stands in the source's state, so that a restart repeats nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from feeds.model import Failed, FailureKind, Notice, Outcome, Source, SourceState
from feeds.polling.days import counted
from feeds.polling.health import Condition, Health, health

LASTING: Final = 3
"""Fetches in a row. One in three failing by chance is told of once in 27; a host that is down for an hour is not,
where its sources are asked every half hour."""
KEPT: Final = 100
"""Notices that are kept and published, the newest: a document of 120 kB, of 5 kB compressed."""

_WORSE: Final = (Condition.THROTTLED, Condition.FAILING, Condition.MISSING, Condition.PARKED)
"""From bad to worse."""
_LASTING_ALREADY: Final = (Condition.MISSING, Condition.PARKED)


def noted(  # noqa: PLR0913 - a pass, as `advance` has it
    source: Source,
    before: SourceState | None,
    after: SourceState,
    outcome: Outcome,
    *,
    now: datetime,
    new: int,
    reached: Callable[[datetime], bool] = lambda _since: True,
) -> tuple[SourceState, tuple[Notice, ...]]:
    """`after`, with what is counted and told of the source in it, and what is told now.

    `reached` says whether any other source gave a good answer since a moment; it is asked when that matters.

    `after` is what `advance` made of `before`. A source that was given another URL is the same source, so what was told
    of it holds until it ends.
    """
    before = before or SourceState(source=source.id, url=source.url)
    days, told, steady = before.days, before.told, before.steady
    if isinstance(outcome, Failed) and outcome.kind is FailureKind.HELD:
        return replace(after, days=days, told=told, steady=steady, alone=before.alone), ()
    steady = 0 if isinstance(outcome, Failed) else min(LASTING, steady + 1)
    found = health(source, after, now)
    alone = _without_answer(after) and (after.failing_since is None or reached(after.failing_since))
    doubtful = _without_answer(after) and not (alone and before.alone)
    trouble, of_trouble = _trouble(_standing(told), after, found, steady=steady, doubtful=doubtful)
    remarks, of_remarks = _remarks([one for one in told if one not in _WORSE], after, found)
    return (
        replace(
            after,
            days=counted(days, outcome, new=new, now=now),
            steady=steady,
            alone=alone,
            told=(*((str(trouble),) if trouble else ()), *remarks),
        ),
        tuple(
            Notice(at=now, about=source.id, condition=str(condition), ended=ended, reason=reason)
            for condition, ended, reason in (*of_trouble, *of_remarks)
        ),
    )


def beyond(notices: Sequence[Notice], more: Sequence[Notice], *, most: int = KEPT) -> tuple[Notice, ...]:
    """Those of `notices`, oldest first, that leave when `more` come, so that `most` stay."""
    return tuple(notices[: max(0, len(notices) + len(more) - most)])


_Told = tuple[Condition, bool, str]
"""Condition, whether it ended, reason."""


def _standing(told: Sequence[str]) -> Condition | None:
    return next((condition for condition in _WORSE if condition in told), None)


def _without_answer(after: SourceState) -> bool:
    """Whether it matters by now that nobody answered."""
    return after.failures >= LASTING - 1 and after.last_status is None


def _trouble(
    standing: Condition | None, after: SourceState, found: Health, *, steady: int, doubtful: bool
) -> tuple[Condition | None, list[_Told]]:
    condition = found.condition
    if condition is Condition.OK:
        if standing is None or steady < LASTING:
            return standing, []
        return None, [(Condition.OK, False, f"it has answered {LASTING} times in a row")]
    if condition not in _WORSE or (condition not in _LASTING_ALREADY and after.failures < LASTING):
        return standing, []
    if standing is not None and _WORSE.index(condition) <= _WORSE.index(standing):
        return standing, []
    if doubtful:
        return standing, []
    return condition, [(condition, False, found.reason)]


def _remarks(told: Sequence[str], after: SourceState, found: Health) -> tuple[list[str], list[_Told]]:
    """Remarks stand by their words, a move with its address."""
    now = {_word(condition, after): (condition, reason) for condition, reason in found.remarks}
    begun = [(condition, False, reason) for word, (condition, reason) in now.items() if word not in told]
    moved = any(condition is Condition.MOVED for condition, _ in now.values())
    ended: list[_Told] = []
    for word in told:
        condition = Condition(word.partition(" ")[0])
        if word in now or condition is Condition.GAP or (condition is Condition.MOVED and moved):
            continue
        ended.append((condition, True, ""))
    return list(now), [*begun, *ended]


def _word(condition: Condition, state: SourceState) -> str:
    return f"{condition} {state.moved_to}" if condition is Condition.MOVED else str(condition)
