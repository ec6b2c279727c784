from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Failed, FailureKind, Fetched, ReadFeed, Source, SourceState, Unchanged, Validators
from feeds.polling import CLOCK_SLACK, Bounds, advance, due

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BOUNDS = Bounds(fastest=5 * MINUTE, slowest=24 * HOUR)
SOURCE = Source(id="daily", url="https://daily.example/rss", every=30 * MINUTE)
STATE = SourceState(
    source="daily",
    url=SOURCE.url,
    validators=Validators(etag='"1"'),
    body_hash="hash 1",
    title="The Daily",
    home="https://daily.example/",
    last_fetch=NOW - HOUR,
    last_ok=NOW - HOUR,
    last_new=NOW - 3 * HOUR,
    next_fetch=NOW - MINUTE,
    last_status=200,
)
FEED = ReadFeed(title="The New Daily", home="https://daily.example/new", language="en", entries=())
FETCHED = Fetched(
    url=SOURCE.url, body=b"<rss/>", body_hash="hash 2", validators=Validators(etag='"2"', last_modified="today")
)
BROKEN = Failed(kind=FailureKind.HTTP, reason="the server is in trouble (500)", status=500)
GONE = Failed(kind=FailureKind.GONE, reason="gone", status=410)


def after(outcome, state=STATE, *, source=SOURCE, new=0, feed=None, jitter=0.0, bounds=BOUNDS):
    return advance(source, state, outcome, now=NOW, new=new, feed=feed, bounds=bounds, jitter=jitter)


def wait(outcome, state=STATE, **circumstances):
    return after(outcome, state, **circumstances).next_fetch - NOW


def is_due(state, source=SOURCE, now=NOW):
    return due([source], {"daily": state} if state else {}, now) == (source,)


def test_a_source_that_nobody_fetched_is_due():
    assert is_due(None)
    assert is_due(SourceState(source="daily", url=SOURCE.url))


def test_a_source_is_due_when_its_time_has_come_and_not_before():
    assert is_due(replace(STATE, next_fetch=NOW))
    assert not is_due(replace(STATE, next_fetch=NOW + MINUTE))


def test_a_restart_does_not_reset_the_clock():
    remembered = after(FETCHED, feed=FEED)
    assert not is_due(remembered, now=NOW + 29 * MINUTE)
    assert is_due(remembered, now=NOW + 30 * MINUTE)


def test_a_disabled_source_is_never_due():
    assert not is_due(None, replace(SOURCE, enabled=False))
    assert not is_due(STATE, replace(SOURCE, enabled=False))


def test_a_source_whose_url_changed_is_due_at_once():
    assert is_due(replace(STATE, next_fetch=NOW + HOUR), replace(SOURCE, url="https://daily.example/atom"))


def test_a_gone_source_is_parked_until_its_url_changes():
    parked = after(GONE)
    assert parked.gone
    assert not is_due(parked, now=NOW + timedelta(days=365))
    assert is_due(parked, replace(SOURCE, url="https://daily.example/atom"))


def test_a_clock_that_jumped_back_by_years_is_not_waited_for():
    in_the_future = replace(
        STATE, last_fetch=NOW + timedelta(days=900), next_fetch=NOW + timedelta(days=900, minutes=30)
    )
    assert is_due(in_the_future)


def test_a_clock_that_stepped_back_a_little_changes_nothing():
    stepped = replace(STATE, last_fetch=NOW + CLOCK_SLACK, next_fetch=NOW + CLOCK_SLACK + HOUR)
    assert not is_due(stepped)


def test_the_longest_waiting_comes_first():
    sources = [replace(SOURCE, id=name) for name in ("b", "a", "late", "new", "not yet")]
    times = {"b": -2, "a": -2, "late": -9, "not yet": 1}
    states = {name: replace(STATE, source=name, next_fetch=NOW + n * MINUTE) for name, n in times.items()}
    assert [source.id for source in due(sources, states, NOW)] == ["new", "late", "a", "b"]


def test_a_read_document_is_remembered_whole():
    assert after(
        FETCHED, replace(STATE, failures=3, last_error="the server is in trouble"), new=2, feed=FEED
    ) == SourceState(
        source="daily",
        url=SOURCE.url,
        validators=Validators(etag='"2"', last_modified="today"),
        body_hash="hash 2",
        title="The New Daily",
        home="https://daily.example/new",
        last_fetch=NOW,
        last_ok=NOW,
        last_new=NOW,
        next_fetch=NOW + 30 * MINUTE,
        failures=0,
        last_error="",
        last_status=200,
        gone=False,
    )


def test_a_document_without_new_entries_leaves_the_time_of_the_last_ones():
    assert after(FETCHED, feed=FEED).last_new == STATE.last_new


def test_unchanged_keeps_what_is_known():
    assert after(Unchanged()) == replace(
        STATE, last_fetch=NOW, last_ok=NOW, next_fetch=NOW + 30 * MINUTE, last_status=304
    )


def test_unchanged_takes_the_validators_that_it_brought():
    assert after(Unchanged(status=200, validators=Validators())).validators == Validators()
    assert after(Unchanged(validators=Validators(etag='"3"'))).validators == Validators(etag='"3"')


def test_a_failure_counts_and_says_why_and_keeps_the_document():
    assert after(BROKEN) == replace(
        STATE,
        last_fetch=NOW,
        next_fetch=NOW + 30 * MINUTE,
        failures=1,
        last_error="the server is in trouble (500)",
        last_status=500,
    )


def test_a_state_of_another_url_starts_afresh():
    moved = replace(SOURCE, url="https://daily.example/atom")
    assert after(BROKEN, replace(STATE, failures=7), source=moved) == SourceState(
        source="daily",
        url="https://daily.example/atom",
        last_fetch=NOW,
        next_fetch=NOW + 30 * MINUTE,
        failures=1,
        last_error="the server is in trouble (500)",
        last_status=500,
    )


@pytest.mark.parametrize("outcome", [FETCHED, Unchanged()])
def test_a_parked_source_that_answers_again_is_unparked(outcome):
    assert not after(outcome, replace(STATE, gone=True), feed=FEED).gone


def test_failures_in_a_row_double_the_wait_up_to_the_slowest():
    waits = [wait(BROKEN, replace(STATE, failures=n)) for n in range(8)]
    assert waits == [30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR]
    assert wait(BROKEN, replace(STATE, failures=10**9)) == 24 * HOUR


@pytest.mark.parametrize(
    ("hint", "expected"),
    [(None, 30 * MINUTE), (MINUTE, 30 * MINUTE), (2 * HOUR, 2 * HOUR), (timedelta(days=68 * 365), 24 * HOUR)],
)
def test_a_publishers_hint_lengthens_the_wait_and_never_shortens_it(hint, expected):
    assert wait(Unchanged(fresh_for=hint)) == expected
    assert wait(replace(FETCHED, fresh_for=hint), feed=FEED) == expected
    assert wait(replace(BROKEN, retry_after=hint)) == expected


def test_a_sources_own_interval_may_be_longer_than_the_slowest():
    assert wait(Unchanged(), source=replace(SOURCE, every=timedelta(days=7))) == timedelta(days=7)


def test_no_source_is_asked_more_often_than_the_fastest():
    eager = replace(SOURCE, every=timedelta(seconds=1))
    assert wait(Unchanged(), source=eager, jitter=-1) == 5 * MINUTE


def test_jitter_spreads_by_a_tenth_either_way():
    assert [wait(Unchanged(), jitter=jitter) for jitter in (-1, 0, 0.5, 1)] == [
        27 * MINUTE,
        30 * MINUTE,
        31.5 * MINUTE,
        33 * MINUTE,
    ]


def test_jitter_never_undercuts_what_the_publisher_asked_for():
    assert wait(replace(BROKEN, retry_after=2 * HOUR), jitter=-1) == 2 * HOUR
