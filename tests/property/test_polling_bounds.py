"""Whatever a publisher says and does, and however often it fails: the next fetch is neither too soon nor never."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Failed, FailureKind, Fetched, Hint, ReadFeed, Source, SourceState, Unchanged
from feeds.polling import SPREAD, Bounds, Condition, advance, changes, due, health, held_hosts
from storage.codec import decode, encode

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SKIPPED_HOUR = timedelta(hours=1)
SOURCE = Source(id="daily", url="https://daily.example/rss")

spans = st.timedeltas(timedelta(seconds=1), timedelta(days=40))
said = st.none() | st.timedeltas(timedelta(), timedelta(seconds=2**31))
moments = st.none() | st.timedeltas(timedelta(days=-400), timedelta(days=400)).map(lambda span: NOW + span)
hints = st.builds(
    Hint,
    every=st.none() | spans,
    skip_hours=st.sets(st.integers(0, 23)).map(sorted).map(tuple),
    skip_days=st.sets(st.integers(0, 6)).map(sorted).map(tuple),
)
targets = st.sampled_from(["", "https://a.example/", "https://b.example/", SOURCE.url])
states = st.builds(
    SourceState,
    source=st.just(SOURCE.id),
    url=st.sampled_from([SOURCE.url, "https://daily.example/old"]),
    hint=hints,
    width=st.integers(0, 1000),
    last_fetch=moments,
    first_ok=moments,
    last_ok=moments,
    last_new=moments,
    next_fetch=moments,
    rhythm=st.none() | spans,
    last_gap=moments,
    failures=st.integers(0, 10_000),
    failing_since=moments,
    throttles=st.integers(0, 5),
    asked_for=spans,
    missing_since=moments,
    last_status=st.sampled_from([None, 200, 304, 403, 404, 410, 429, 503]),
    gone=st.booleans(),
    moved_to=targets,
)
feeds = st.builds(ReadFeed, title=st.just(""), home=st.just(""), language=st.just(""), entries=st.just(()), hint=hints)
failures = st.builds(
    Failed,
    kind=st.sampled_from([FailureKind.HTTP, FailureKind.HELD, FailureKind.CONNECT, FailureKind.NOT_A_FEED]),
    reason=st.just("no"),
    status=st.sampled_from([None, 200, 403, 404, 429, 500, 503]),
    retry_after=said,
)
outcomes = st.one_of(
    st.builds(Fetched, url=st.just(SOURCE.url), body=st.just(b""), fresh_for=said, moved_to=targets),
    st.builds(Unchanged, fresh_for=said, moved_to=targets),
    failures,
)


def bounded(one: timedelta, other: timedelta) -> Bounds:
    return Bounds(fastest=min(one, other), slowest=max(one, other))


@given(
    state=st.none() | states,
    outcome=outcomes,
    feed=feeds,
    every=spans,
    bounds=st.builds(bounded, spans, spans),
    new=st.integers(0, 1000),
    known=st.none() | st.integers(0, 1000),
    jitter=st.floats(-1, 1),
)
def test_the_wait_stays_within_its_bounds(*, state, outcome, feed, every, bounds, new, known, jitter):
    source = replace(SOURCE, every=every)
    after = advance(source, state, outcome, now=NOW, new=new, known=known, feed=feed, bounds=bounds, jitter=jitter)
    wait = after.next_fetch - NOW
    longest = max(bounds.slowest, every, timedelta(days=1)) * (1 + SPREAD) + SKIPPED_HOUR
    assert bounds.fastest <= wait <= longest

    assert decode(SourceState, encode(after)) == after
    if not after.gone and after.last_fetch == NOW:
        assert due([source], {"daily": after}, NOW) == ()
        held = held_hosts([after], NOW + wait)
        assert held == {}, "a hold never outlives the wait of who caused it"
        assert due([source], {"daily": after}, NOW + wait) == (source,)


@given(st.none() | states, outcomes, feeds, st.integers(0, 30), st.integers(0, 30))
def test_what_changes_is_told_and_what_does_not_is_not(state, outcome, feed, new, known):
    bounds = Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1))
    after = advance(SOURCE, state, outcome, now=NOW, new=new, known=known, feed=feed, bounds=bounds, jitter=0)
    told = changes(SOURCE, state, after)
    assert len({change.condition for change in told}) == len(told)
    assert changes(SOURCE, after, after) == ()
    now = health(SOURCE, after, NOW)
    if after.last_fetch == NOW:
        assert (now.condition is Condition.OK) is not isinstance(outcome, Failed)
        assert {change.condition for change in told if not change.ended} <= {now.condition, *dict(now.remarks)}


@given(st.lists(st.tuples(outcomes, st.integers(0, 3), spans), max_size=25))
def test_over_any_history_every_condition_is_told_exactly_when_it_begins(history):
    """Restarts included: each state goes through the store's form."""
    bounds = Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1))
    feed = ReadFeed(title="", home="", language="", entries=())
    state, now, told_last = None, NOW, Condition.NEW
    for outcome, new, pause in history:
        now += pause
        after = advance(SOURCE, state, outcome, now=now, new=new, known=1, feed=feed, bounds=bounds, jitter=0)
        for change in changes(SOURCE, state, after):
            if change.condition in (Condition.STALE, Condition.GAP, Condition.MOVED):
                continue
            assert change.condition is not told_last
            told_last = change.condition
        state = decode(SourceState, encode(after))
        expected = health(SOURCE, state, now).condition
        assert told_last is expected or (told_last, expected) == (Condition.NEW, Condition.OK)
