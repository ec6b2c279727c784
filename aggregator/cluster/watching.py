"""Which sources workers are to ask, at which host and when: what follows from the config and from their states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from feeds.addresses import registrable
from feeds.model import Source, SourceState
from feeds.polling import due_since, held_hosts
from storage.work import Watched


def watched(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> Iterator[Watched]:
    """The enabled ones, each since when it is to be asked."""
    for source in sources:
        if source.enabled:
            state = states.get(source.id)
            yield Watched(source=source.id, host=asked_at(source, state), due=due_since(source, state, now))


def asked_at(source: Source, state: SourceState | None) -> str:
    """The host whose turn it is when the source is asked: where it moved to for good, or where the config says."""
    moved = state.moved_to if state and state.url == source.url else None
    return registrable(moved or source.url)


def holds(states: Iterable[SourceState], now: datetime) -> Mapping[str, datetime]:
    """The hosts that asked for fewer requests, and until when they are to be left alone."""
    found: dict[str, datetime] = {}
    for name, until in held_hosts(states, now).items():
        host = registrable(name)
        found[host] = max(until, found.get(host, until))
    return found
