"""Whatever a publisher says, and however often it fails, the wait stays within its bounds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Failed, FailureKind, Source, SourceState, Unchanged
from feeds.polling import SPREAD, Bounds, advance, due

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DURATIONS = st.timedeltas(timedelta(seconds=1), timedelta(days=40))
HINTS = st.none() | st.timedeltas(timedelta(), timedelta(seconds=2**31))


@given(DURATIONS, DURATIONS, DURATIONS, HINTS, st.integers(0, 10_000), st.floats(-1, 1), st.booleans())
def test_the_wait_stays_between_the_fastest_and_the_slowest(every, one, other, hint, failures, jitter, fails):
    bounds = Bounds(fastest=min(one, other), slowest=max(one, other))
    source = Source(id="daily", url="https://daily.example/rss", every=every)
    outcome = (
        Failed(kind=FailureKind.HTTP, reason="no", status=503, retry_after=hint) if fails else Unchanged(fresh_for=hint)
    )
    before = SourceState(source="daily", url=source.url, failures=failures)
    state = advance(source, before, outcome, now=NOW, new=0, feed=None, bounds=bounds, jitter=jitter)
    wait = state.next_fetch - NOW
    assert bounds.fastest <= wait <= max(bounds.slowest, every) * (1 + SPREAD)
    assert due([source], {"daily": state}, NOW) == ()
    assert due([source], {"daily": state}, NOW + wait) == (source,)
