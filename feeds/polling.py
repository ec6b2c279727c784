"""When to ask a source again: the politeness owed to publishers, as arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.model import (
    Failed,
    FailureKind,
    Fetched,
    Outcome,
    ReadFeed,
    Source,
    SourceState,
    Unchanged,
)

SPREAD = 0.1
"""Sources that were asked together drift apart by up to this share of their interval."""

CLOCK_SLACK = timedelta(minutes=5)
"""How far the last fetch may lie in the future: corrected clocks step back by seconds, broken ones by years."""

_MOST_DOUBLINGS = 12
"""5 minutes become 14 days; any `slowest` is reached by then, and timedelta overflows only at 30 or so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What hints and failures may make of a source's interval; a source's own `every` may be longer than `slowest`."""

    fastest: timedelta
    slowest: timedelta


def due(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> tuple[Source, ...]:
    """The enabled sources that are to be fetched at `now`, the longest waiting first, then by id.

    A source without a state, or whose URL is not the one that its state belongs to, is due at once. `states` is by
    source id and survives restarts, so a restart alone makes nothing due. A source that answered 410 is not due.
    """
    waiting = [
        (_asked_for(source, states.get(source.id), now), source.id, source) for source in sources if source.enabled
    ]
    ready = [(since, id_, source) for since, id_, source in waiting if since is not None and since <= now]
    return tuple(source for _, _, source in sorted(ready, key=lambda one: one[:2]))


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
) -> SourceState:
    """The state after a fetch that ended at `now` with `outcome` and brought `new` entries.

    `feed` is what was read from a `Fetched` document; a document that could not be read comes as `Failed`, so that its
    validators are not remembered and it is asked for again in full. `jitter` is a number from -1 to 1, drawn by
    the caller.
    """
    before = state if state and state.url == source.url else SourceState(source=source.id, url=source.url)
    match outcome:
        case Fetched():
            title, home = (feed.title, feed.home) if feed else (before.title, before.home)
            answered = replace(
                before, validators=outcome.validators, body_hash=outcome.body_hash, title=title, home=home
            )
            return _well(answered, outcome, now=now, new=new, wait=_wait(source, outcome.fresh_for, bounds, jitter))
        case Unchanged():
            answered = replace(before, validators=outcome.validators or before.validators)
            return _well(answered, outcome, now=now, new=new, wait=_wait(source, outcome.fresh_for, bounds, jitter))
        case Failed():
            return replace(
                before,
                last_fetch=now,
                next_fetch=now + _wait(source, outcome.retry_after, bounds, jitter, failures=before.failures + 1),
                failures=before.failures + 1,
                last_error=outcome.reason,
                last_status=outcome.status,
                gone=outcome.kind is FailureKind.GONE,
            )


def _asked_for(source: Source, state: SourceState | None, now: datetime) -> datetime | None:
    """Since when the source is to be fetched, which may lie ahead; None: not at all."""
    if state is None or state.url != source.url:
        return datetime.min.replace(tzinfo=now.tzinfo)
    if state.gone:
        return None
    clock_jumped_back = state.last_fetch is not None and state.last_fetch > now + CLOCK_SLACK
    if state.next_fetch is None or clock_jumped_back:
        return datetime.min.replace(tzinfo=now.tzinfo)
    return state.next_fetch


def _well(
    before: SourceState, outcome: Fetched | Unchanged, *, now: datetime, new: int, wait: timedelta
) -> SourceState:
    return replace(
        before,
        last_fetch=now,
        last_ok=now,
        last_new=now if new else before.last_new,
        next_fetch=now + wait,
        failures=0,
        last_error="",
        last_status=outcome.status,
        gone=False,
    )


def _wait(source: Source, hint: timedelta | None, bounds: Bounds, jitter: float, *, failures: int = 0) -> timedelta:
    """How long to stay away: the source's interval, doubled from the second failure on, or the hint if that is longer.

    Jitter never makes it shorter than `fastest` or than what the publisher asked for.
    """
    floor = max(source.every, bounds.fastest)
    cap = max(floor, bounds.slowest)
    asked = min(hint or timedelta(), cap)
    backed_off = floor * (1 << min(max(failures - 1, 0), _MOST_DOUBLINGS))
    wait = max(min(backed_off, cap), asked)
    return max(wait * (1 + SPREAD * jitter), bounds.fastest, asked)
