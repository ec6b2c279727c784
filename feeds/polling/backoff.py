"""How long to stay away from a source that failed.

- An ordinary failure: the interval (no longer than `every`, so that a stumble of a quiet source is soon made good),
  doubled with each further failure.
- A throttle (429, 503 with Retry-After, and 403, which many servers mean so): doubled from the first one on.
- A feed that has been missing (404) for ten days: once a day.

`Retry-After` counts where it is longer. All of it ends at `slowest`: nothing is ever given up in silence.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.model import Failed, Source, SourceState
from feeds.polling.rhythm import Bounds, interval

MISSING_AFTER = timedelta(days=10)
"""A 404 lasts minutes at a deployment and days at a clumsy move; after this long it has to be believed."""
MISSING_EVERY = timedelta(days=1)

_MOST_DOUBLINGS = 12
"""5 minutes become 14 days; any `slowest` is reached by then, and timedelta overflows only at 30 or so."""


def throttles(failed: Failed) -> bool:
    """True when the server may have meant: fewer requests."""
    return failed.status in {403, 429} or (failed.status == 503 and failed.retry_after is not None)


def is_missing(state: SourceState) -> bool:
    """True when the server has said for ten days, up to the last fetch, that there is no such feed."""
    since, last = state.missing_since, state.last_fetch
    return since is not None and last is not None and last - since >= MISSING_AFTER


def backoff(source: Source, state: SourceState, *, now: datetime, bounds: Bounds) -> timedelta:
    """How long to wait after the failure that `state` has counted already, `Retry-After` and jitter aside."""
    if is_missing(state):
        return max(MISSING_EVERY, source.every, bounds.fastest)
    usual = interval(source, state, now=now, bounds=bounds)
    base = max(usual, source.every) if state.throttles else min(usual, max(source.every, bounds.fastest))
    doublings = state.failures if state.throttles else state.failures - 1
    return bounds.around(base * (1 << min(max(doublings, 0), _MOST_DOUBLINGS)), source)
