"""What a fetch leaves behind: the next state of its source, the time of the next fetch in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.model import (
    Failed,
    FailureKind,
    Fetched,
    Hint,
    Outcome,
    ReadFeed,
    Source,
    SourceState,
    Unchanged,
)
from feeds.polling.backoff import backoff, throttles
from feeds.polling.moves import give_up, watch
from feeds.polling.rhythm import Bounds, interval, learn

SPREAD = 0.1
"""Sources that were asked together drift apart by up to this share of their interval."""


def advance(  # noqa: PLR0913 - one argument for each thing that the next state depends on
    source: Source,
    state: SourceState | None,
    outcome: Outcome,
    *,
    now: datetime,
    new: int,
    feed: ReadFeed | None,
    bounds: Bounds,
    jitter: float,
    known: int | None = None,
) -> SourceState:
    """The state after a fetch that ended at `now` with `outcome` and brought `new` entries besides `known` ones.

    `feed` is what was read from a `Fetched` document; a document that could not be read comes as `Failed`, so that its
    validators are not remembered and it is asked for again in full. `known` None means that nobody counted. `jitter`
    is a number from -1 to 1, drawn by the caller.
    """
    before = state if state and state.url == source.url else SourceState(source=source.id, url=source.url)
    when = _When(source=source, now=now, bounds=bounds, jitter=jitter)
    match outcome:
        case Fetched():
            answered = replace(before, validators=outcome.validators, body_hash=outcome.body_hash)
            if feed:
                answered = replace(answered, title=feed.title, home=feed.home, hint=feed.hint, seen=feed.seen)
                answered = learn(answered, now=now, new=new, known=known, width=len(feed.entries) + len(feed.unread))
            return _well(answered, outcome, when)
        case Unchanged():
            if outcome.validators is not None:
                before = replace(before, validators=outcome.validators)
            return _well(before, outcome, when)
        case Failed(kind=FailureKind.HELD):  # nobody was asked, so nothing is known that was not known before
            wait = bounds.around(outcome.retry_after or source.every, source)
            return replace(before, next_fetch=when.after(wait, before.hint, asked=outcome.retry_after))
        case Failed():
            return _badly(before, outcome, when)


@dataclass(frozen=True, slots=True, kw_only=True)
class _When:
    """What the next fetch depends on besides the state."""

    source: Source
    now: datetime
    bounds: Bounds
    jitter: float

    def after(self, wait: timedelta, hint: Hint, *, asked: timedelta | None = None) -> datetime:
        """The time of the next fetch: after `wait`, or what the publisher asked for, whichever is longer.

        Jitter never makes it shorter than `fastest` or than what the publisher asked for.
        """
        ceiling = self.bounds.ceiling(self.source)
        least = min(max(asked or timedelta(), hint.every or timedelta()), ceiling)
        spread = max(wait, least) * (1 + SPREAD * self.jitter)
        return _out_of_skips(self.now + max(spread, least, self.bounds.fastest), hint, latest=self.now + ceiling)


def _well(before: SourceState, outcome: Fetched | Unchanged, when: _When) -> SourceState:
    now = when.now
    answered = before if before.first_ok else replace(before, first_ok=now)
    wait = interval(when.source, answered, now=now, bounds=when.bounds)
    answered = replace(
        answered,
        last_fetch=now,
        last_ok=now,
        next_fetch=when.after(wait, answered.hint, asked=outcome.fresh_for),
        failures=0,
        failing_since=None,
        throttles=0,
        asked_for=timedelta(),
        throttled_by="",
        missing_since=None,
        last_error="",
        last_status=outcome.status,
        gone=False,
    )
    return watch(when.source, answered, outcome, now=now)


def _badly(before: SourceState, outcome: Failed, when: _When) -> SourceState:
    now = when.now
    throttled = throttles(outcome)
    failed = replace(
        before,
        last_fetch=now,
        failures=before.failures + 1,
        failing_since=before.failing_since or now,
        throttles=before.throttles + 1 if throttled else 0,
        asked_for=outcome.retry_after or timedelta() if throttled else timedelta(),
        throttled_by=outcome.host if throttled else "",
        missing_since=_missing_since(before, outcome, now),
        last_error=outcome.reason,
        last_status=outcome.status,
        gone=outcome.kind is FailureKind.GONE and not before.moved_to,
    )
    wait = backoff(when.source, failed, now=now, bounds=when.bounds)
    return give_up(replace(failed, next_fetch=when.after(wait, before.hint, asked=outcome.retry_after)), outcome)


def _missing_since(before: SourceState, outcome: Failed, now: datetime) -> datetime | None:
    """A failure without an answer says nothing about whether the feed is still there."""
    if outcome.status is None:
        return before.missing_since
    if outcome.status != 404 or before.moved_to:
        return None
    return before.missing_since or now


def _out_of_skips(moment: datetime, hint: Hint, *, latest: datetime) -> datetime:
    """`moment`, moved by whole hours out of the hours and days that the publisher names, but not past `latest`.

    Whole hours keep the minute that jitter chose, so that not everybody comes when the last of the hours ends.
    """
    while (moment.hour in hint.skip_hours or moment.weekday() in hint.skip_days) and moment < latest:
        moment += timedelta(hours=1)
    return moment
