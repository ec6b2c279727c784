from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.model import Failed, FailureKind, SourceState, Unchanged, Validators
from feeds.polling import CLOCK_SLACK, due
from tests.fakes.polled import DAY, FEED, FETCHED, GONE, HOUR, MINUTE, NOW, SOURCE, STATE, after, refused


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
        first_ok=STATE.first_ok,
        last_ok=NOW,
        last_new=NOW,
        rhythm=10 * MINUTE,
        next_fetch=NOW + MINUTE * (30 * 10) ** 0.5,
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
    assert after(refused(500)) == replace(
        STATE,
        last_fetch=NOW,
        next_fetch=NOW + 30 * MINUTE,
        failures=1,
        failing_since=NOW,
        last_error="no (500)",
        last_status=500,
    )


def test_a_state_of_another_url_starts_afresh():
    moved = replace(SOURCE, url="https://daily.example/atom")
    assert after(refused(500), replace(STATE, failures=7), source=moved) == SourceState(
        source="daily",
        url="https://daily.example/atom",
        last_fetch=NOW,
        next_fetch=NOW + 30 * MINUTE,
        failures=1,
        failing_since=NOW,
        last_error="no (500)",
        last_status=500,
    )


@pytest.mark.parametrize("outcome", [FETCHED, Unchanged()])
def test_a_parked_source_that_answers_again_is_unparked(outcome):
    assert not after(outcome, replace(STATE, gone=True), feed=FEED).gone


def test_a_source_that_was_held_back_was_not_asked_and_loses_nothing():
    held = Failed(kind=FailureKind.HELD, reason="its host wants fewer requests", retry_after=2 * HOUR)
    assert after(held) == replace(STATE, next_fetch=NOW + 2 * HOUR)


@pytest.mark.parametrize("outcome", [FETCHED, Unchanged()])
def test_what_a_failure_left_is_forgotten_with_the_first_good_answer(outcome):
    trouble = replace(
        STATE,
        failures=4,
        failing_since=NOW - DAY,
        throttles=4,
        asked_for=HOUR,
        missing_since=NOW - DAY,
        last_error="no",
        last_status=429,
    )
    assert after(outcome, trouble) == after(outcome, STATE)


def test_a_state_of_an_earlier_version_is_gone_on_with():
    old = SourceState(source="daily", url=SOURCE.url, last_fetch=NOW - HOUR, last_ok=NOW - HOUR, last_new=NOW - HOUR)
    later = after(Unchanged(), old)
    assert (later.first_ok, later.rhythm, later.next_fetch) == (NOW, None, NOW + MINUTE * (30 * 60) ** 0.5)
