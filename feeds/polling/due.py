"""Which sources are to be fetched now, and since when each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from feeds.model import Source, SourceState
from feeds.polling.hosts import held_hosts, host_of

CLOCK_SLACK = timedelta(minutes=5)
"""How far the last fetch may lie in the future: corrected clocks step back by seconds, broken ones by years."""
AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""Since when what was never asked waits: longer than anything else."""


def due(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> tuple[Source, ...]:
    """The enabled sources that are to be fetched at `now`, the longest waiting first, then by id.

    A source without a state, or whose URL is not the one that its state belongs to, is due at once. `states` is by
    source id and survives restarts, so a restart alone makes nothing due. A source that answered 410 is not due, nor
    is one at a host that has repeatedly asked for fewer requests.
    """
    waiting = [(due_since(source, states.get(source.id), now), source.id, source) for source in sources]
    ready = [(since, id_, source) for since, id_, source in waiting if since is not None and since <= now]
    held = held_hosts(states.values(), now) if ready else {}
    ordered = (source for _, _, source in sorted(ready, key=lambda one: one[:2]))
    return tuple(source for source in ordered if not held or _host(source, states) not in held)


def due_since(source: Source, state: SourceState | None, now: datetime) -> datetime | None:
    """Since when the source is to be fetched, which may lie ahead of `now`; None: not at all."""
    if not source.enabled:
        return None
    if state is None or state.url != source.url:
        return AT_ONCE
    clock_jumped_back = state.last_fetch is not None and state.last_fetch > now + CLOCK_SLACK
    return AT_ONCE if clock_jumped_back and not state.gone else due_by_state(state)


def due_by_state(state: SourceState) -> datetime | None:
    """As `due_since`, of a source that was asked just now: by what that came to alone."""
    return None if state.gone else state.next_fetch or AT_ONCE


def _host(source: Source, states: Mapping[str, SourceState]) -> str:
    state = states.get(source.id)
    current = state if state and state.url == source.url else SourceState(source=source.id, url=source.url)
    return host_of(current)
