"""Whom a 429 means: the URL that was asked, and, when it is repeated, everything at the host that answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feeds.addresses import host_key
from feeds.model import SourceState

REPEATED = 2
"""429s of one host that have not expired, be they of one URL or of several: no longer a matter of one URL."""
LONGEST_HOLD = timedelta(hours=1)
"""For the host of others' URLs, unless the server itself named a time; each URL's own backoff goes on beyond it."""


def host_of(state: SourceState) -> str:
    """The host that a source is asked at (`host_key`); "" for a URL without one."""
    try:
        return host_key(urlsplit(state.moved_to or state.url).hostname or "")
    except ValueError:
        return ""


def throttling_host(state: SourceState) -> str:
    """The host that turned the source away last: where a redirect led, else the one that it is asked at."""
    return state.throttled_by or host_of(state)


def held_hosts(states: Iterable[SourceState], now: datetime) -> Mapping[str, datetime]:
    """The hosts that are to be left alone at `now`, and until when.

    A host is held for as long as it asked by Retry-After, or else for an hour after its last 429.
    """
    counted: Counter[str] = Counter()
    until: dict[str, datetime] = {}
    for state in states:
        end = _end(state, now)
        if end is not None and (host := throttling_host(state)):
            counted[host] += state.throttles
            until[host] = max(until.get(host, end), end)
    return {host: end for host, end in until.items() if counted[host] >= REPEATED}


def _end(state: SourceState, now: datetime) -> datetime | None:
    """Until when a 429 counts for the host; None: there is none, or no longer, or it is dated in the future."""
    if state.last_status != 429 or state.last_fetch is None or state.next_fetch is None:
        return None
    # Compared as spans: what a server asked for may lead past the last year that there is.
    end = state.last_fetch + min(state.next_fetch - state.last_fetch, max(LONGEST_HOLD, state.asked_for))
    return end if state.last_fetch <= now < end else None
