"""What asking a source came to, day by day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Day, Failed, FailureKind, Fetched, Unchanged
from feeds.polling.days import KEPT, Pulse, counted, pulse
from tests.fakes.polled import DAY, FETCHED, HOUR, NOW, refused

TODAY = NOW.toordinal()
HELD = Failed(kind=FailureKind.HELD, reason="its host wants peace")


def after(*fetches) -> tuple[Day, ...]:
    days: tuple[Day, ...] = ()
    for outcome, new, now in fetches:
        days = counted(days, outcome, new=new, now=now)
    return days


def test_a_fetch_counts_on_its_day_by_how_it_ended():
    days = after(
        (FETCHED, 3, NOW - DAY),
        (Unchanged(), 0, NOW),
        (Unchanged(status=200), 0, NOW),
        (refused(503), 0, NOW + HOUR),
        (HELD, 0, NOW + HOUR),
    )
    assert days == (Day(day=TODAY - 1, asked=1, new=3), Day(day=TODAY, asked=3, unchanged=1, failed=1))


def test_days_that_are_too_old_or_far_ahead_leave():
    kept = after((FETCHED, 1, NOW - KEPT * DAY), (FETCHED, 1, NOW + 400 * DAY), (FETCHED, 2, NOW))
    assert kept == (Day(day=TODAY, asked=1, new=2),)


def test_new_entries_a_day_and_the_share_of_304_are_those_of_the_days_before_today():
    days = after(
        (FETCHED, 8, NOW - 4 * DAY),
        (Unchanged(), 0, NOW - 4 * DAY),
        (Unchanged(), 0, NOW - DAY),
        (FETCHED, 100, NOW),
    )
    assert pulse(days, now=NOW) == Pulse(new_per_day=2.0, unchanged_share=2 / 3)


def test_on_the_first_day_there_is_only_that_and_before_it_nothing():
    assert pulse(after((FETCHED, 5, NOW)), now=NOW) == Pulse(new_per_day=5.0, unchanged_share=0.0)
    assert pulse((), now=NOW) == Pulse()
    assert pulse(after((FETCHED, 5, NOW)), now=NOW + 30 * DAY) == Pulse()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([FETCHED, Unchanged(), refused(500), HELD]),
            st.integers(0, 50),
            st.timedeltas(-2 * DAY, 3 * DAY),
        ),
        max_size=40,
    )
)
def test_whatever_the_clock_does_days_are_few_in_order_and_add_up(fetches):
    days, now = (), NOW
    for outcome, new, pause in fetches:
        now += pause
        days = counted(days, outcome, new=new if isinstance(outcome, Fetched) else 0, now=now)
        assert len(days) < 2 * KEPT
        assert [day.day for day in days] == sorted({day.day for day in days})
        assert all(day.unchanged + day.failed <= day.asked for day in days)
        found = pulse(days, now=now)
        assert found.unchanged_share is None or 0 <= found.unchanged_share <= 1
