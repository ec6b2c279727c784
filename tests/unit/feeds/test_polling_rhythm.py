"""The interval: what a source's own pace and its publisher's hints make of `every`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Hint, Unchanged
from feeds.polling import Bounds
from feeds.polling.rhythm import LONGEST_GAP, learn
from tests.fakes.polled import DAY, FEED, FETCHED, HOUR, MINUTE, NOW, SOURCE, STATE, after, hinting, wait

BUSY = replace(STATE, rhythm=4 * MINUTE, last_new=NOW - 4 * MINUTE, width=50)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(seconds=10), 5 * MINUTE),
        (MINUTE * 30 / 25, 6 * MINUTE),
        (30 * MINUTE, 30 * MINUTE),
        (2 * HOUR, HOUR),
        (8 * HOUR, 2 * HOUR),
        (18 * DAY + 18 * HOUR, 15 * HOUR),
        (400 * DAY, 24 * HOUR),
    ],
)
def test_the_interval_is_the_root_of_every_times_the_gap_between_the_bounds(gap, expected):
    usual = replace(STATE, rhythm=gap, last_new=NOW)
    silent = replace(STATE, rhythm=timedelta(seconds=1), last_new=NOW - gap)
    assert wait(Unchanged(), usual) == expected
    assert wait(Unchanged(), silent) == expected


def test_until_its_rhythm_is_known_a_source_is_asked_at_its_interval():
    assert wait(FETCHED, None, new=20, feed=FEED) == 30 * MINUTE
    assert wait(Unchanged(), replace(STATE, last_new=None, first_ok=None)) == 30 * MINUTE


def test_a_source_that_never_brought_anything_is_asked_less_and_less():
    assert wait(Unchanged(), replace(STATE, last_new=None, first_ok=NOW - 8 * HOUR)) == 2 * HOUR


@pytest.mark.parametrize("every", [5 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR])
def test_a_quiet_source_is_asked_at_most_hourly_unless_its_interval_says_less(every):
    quiet = replace(STATE, rhythm=MINUTE, last_new=NOW - 12 * HOUR, width=5)
    assert wait(Unchanged(), quiet, source=replace(SOURCE, every=every)) >= HOUR


def test_a_source_whose_interval_is_longer_than_the_slowest_is_asked_no_more_than_it_says():
    weekly = replace(SOURCE, every=7 * DAY)
    assert wait(Unchanged(), replace(STATE, rhythm=60 * DAY), source=weekly) == 7 * DAY


@pytest.mark.parametrize(("every", "jitter"), [(timedelta(seconds=1), -1), (timedelta(), 0)])
def test_no_source_is_asked_more_often_than_the_fastest(every, jitter):
    assert wait(Unchanged(), BUSY, source=replace(SOURCE, every=every), jitter=jitter) == 5 * MINUTE


def test_a_document_never_fills_twice_between_two_fetches():
    narrow = replace(STATE, rhythm=30 * MINUTE, last_new=NOW, width=1)
    assert wait(Unchanged(), narrow) == 15 * MINUTE
    assert wait(Unchanged(), replace(narrow, width=2)) == 30 * MINUTE


def test_jitter_spreads_by_a_tenth_either_way():
    assert [wait(Unchanged(), jitter=jitter) for jitter in (-1, 0, 0.5, 1)] == [
        27 * MINUTE,
        30 * MINUTE,
        31.5 * MINUTE,
        33 * MINUTE,
    ]


# --- learning -------------------------------------------------------------------------------------------------------


def learnt(state, *, new, known=1, width=20, now=NOW):
    return learn(state, now=now, new=new, known=known, width=width)


def test_a_first_document_teaches_its_width_and_no_rhythm():
    assert learnt(replace(STATE, last_new=None), new=20, known=0) == replace(STATE, last_new=NOW, width=20)


def test_the_first_entries_after_that_set_the_rhythm_and_later_ones_move_it():
    once = learnt(replace(STATE, last_new=NOW - HOUR), new=3)
    assert once == replace(STATE, last_new=NOW, rhythm=20 * MINUTE, width=20)
    again = learnt(once, new=1, now=NOW + 70 * MINUTE)
    assert again.rhythm == 30 * MINUTE


def test_many_entries_at_once_move_the_rhythm_as_each_of_them_would():
    slow = replace(STATE, rhythm=DAY, last_new=NOW - 100 * MINUTE)
    at_once = learnt(slow, new=10).rhythm
    assert timedelta(hours=2) < at_once < timedelta(hours=3)


def test_nothing_new_teaches_nothing_and_keeps_the_time_of_the_last_entry():
    assert learnt(BUSY, new=0, known=50, width=50) == BUSY


def test_a_clock_that_jumped_teaches_little():
    ahead = learnt(replace(BUSY, last_new=NOW + HOUR), new=1)
    assert ahead == replace(BUSY, last_new=NOW, width=20)
    behind = learnt(replace(BUSY, last_new=NOW - 900 * DAY), new=1)
    assert behind.rhythm < LONGEST_GAP / 4


# --- the window -----------------------------------------------------------------------------------------------------


def test_a_document_with_nothing_in_common_with_the_last_one_is_a_gap_and_is_asked_faster():
    before = replace(BUSY, rhythm=20 * MINUTE, last_new=NOW - HOUR, width=20)
    gap = learnt(before, new=20, known=0)
    assert (gap.last_gap, gap.rhythm) == (NOW, 1.5 * MINUTE)
    assert wait(Unchanged(), gap) < 15 * MINUTE


@pytest.mark.parametrize(
    ("state", "new", "known"),
    [
        (BUSY, 20, 1),
        (BUSY, 20, None),
        (BUSY, 0, 0),
        (BUSY, 1, 0),
        (replace(BUSY, width=0), 20, 0),
        (replace(BUSY, width=1), 20, 0),
    ],
    ids=["an entry in common", "not counted", "an empty document", "one entry", "the first document", "one before"],
)
def test_what_is_no_gap(state, new, known):
    assert learnt(state, new=new, known=known).last_gap is None


# --- the publisher's hints ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "expected"),
    [(None, 30 * MINUTE), (MINUTE, 30 * MINUTE), (2 * HOUR, 2 * HOUR), (timedelta(days=68 * 365), 24 * HOUR)],
)
def test_a_publishers_hint_lengthens_the_wait_and_never_shortens_it(hint, expected):
    assert wait(Unchanged(fresh_for=hint)) == expected
    assert wait(replace(FETCHED, fresh_for=hint), feed=FEED) == expected
    assert wait(FETCHED, feed=hinting(Hint(every=hint))) == expected
    assert wait(Unchanged(), replace(STATE, hint=Hint(every=hint))) == expected


def test_jitter_never_undercuts_what_the_publisher_asked_for():
    assert wait(Unchanged(fresh_for=2 * HOUR), jitter=-1) == 2 * HOUR
    assert wait(Unchanged(fresh_for=2 * HOUR), jitter=1) == 2.2 * HOUR


def test_a_document_without_hints_takes_back_those_of_the_last_one():
    assert after(FETCHED, replace(STATE, hint=Hint(every=HOUR)), feed=FEED).hint == Hint()


def test_hours_to_skip_are_skipped_and_the_minute_stays():
    at_night = Hint(skip_hours=(0, 1, 2, 3, 4, 5, 23))
    late = datetime(2026, 3, 2, 22, 41, tzinfo=UTC)
    state = replace(STATE, hint=at_night, last_new=late)
    assert after(Unchanged(), state, now=late).next_fetch == datetime(2026, 3, 3, 6, 11, tzinfo=UTC)


def test_days_to_skip_are_skipped():
    friday = datetime(2026, 3, 6, 23, 50, tzinfo=UTC)
    state = replace(STATE, hint=Hint(skip_days=(5, 6)), last_new=friday)
    bounds = Bounds(fastest=5 * MINUTE, slowest=7 * DAY)
    assert after(Unchanged(), state, now=friday, bounds=bounds).next_fetch == datetime(2026, 3, 9, 0, 20, tzinfo=UTC)


def test_who_would_have_every_hour_skipped_is_asked_all_the_same():
    never = replace(STATE, hint=Hint(skip_hours=tuple(range(24)), skip_days=tuple(range(7))))
    assert 24 * HOUR <= wait(Unchanged(), never) < 25 * HOUR
