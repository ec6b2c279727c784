"""How long readers of a topic need not ask again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.conditional import Pace, fresh_for
from tests.fakes.topic_feeds import NOON

PACE = Pace(fastest=timedelta(minutes=5), every=timedelta(minutes=30))
MINUTE = timedelta(minutes=1)
MOMENTS = st.lists(st.datetimes(timezones=st.just(NOON.tzinfo)), max_size=40)


def at(*minutes: float):
    return [NOON + minute * MINUTE for minute in minutes]


@pytest.mark.parametrize(
    ("moments", "fresh"),
    [
        (at(), 15),
        (at(0, 1, 2), 15),
        (at(0, 20, 40, 60, 80), 10),
        (at(0, 1, 2, 3, 4, 5), 5),
        (at(0, 600, 1200, 1800), 30),
        (at(0, 20, 40, 60, 600, 620, 640, 640, 640, 660, 680), 10),
    ],
    ids=["no entry", "too few", "regular", "busy", "quiet", "a night and a burst"],
)
def test_it_is_half_the_usual_gap_within_bounds(moments, fresh):
    assert fresh_for(moments, PACE) == fresh * MINUTE


def test_only_recent_entries_count():
    assert fresh_for([*at(*range(-9000, -1000, 100)), *at(*range(0, 400, 20))], PACE) == 10 * MINUTE


@given(MOMENTS, st.randoms(use_true_random=False))
def test_it_follows_from_the_moments_whatever_their_order(moments, random):
    fresh = fresh_for(moments, PACE)
    assert PACE.fastest <= fresh <= PACE.every
    assert fresh.microseconds == 0
    random.shuffle(moments)
    assert fresh_for(moments, PACE) == fresh


def test_where_sources_are_asked_more_often_than_the_bound_the_bound_holds():
    assert fresh_for([], Pace(fastest=timedelta(minutes=5), every=timedelta(minutes=1))) == 5 * MINUTE
