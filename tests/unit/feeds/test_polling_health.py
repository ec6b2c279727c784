"""How a source is, in a word and a sentence, and each change of it told once."""

from dataclasses import replace
from itertools import pairwise

import pytest

from feeds.model import Move, Unchanged
from feeds.polling import Condition, Health, HealthChange, changes, health
from tests.fakes.polled import DAY, FEED, FETCHED, GONE, HOUR, MINUTE, NOW, SOURCE, STATE, after, refused

WELL = replace(STATE, rhythm=HOUR, last_new=NOW - HOUR, last_fetch=NOW)


def condition(state, *, source=SOURCE, now=NOW):
    return health(source, state, now).condition


def remarks(state, now=NOW):
    return dict(health(SOURCE, state, now).remarks)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, Condition.NEW),
        (replace(WELL, last_fetch=None), Condition.NEW),
        (replace(WELL, url="https://daily.example/old"), Condition.NEW),
        (WELL, Condition.OK),
        (after(refused(500)), Condition.FAILING),
        (after(refused(None)), Condition.FAILING),
        (after(refused(404)), Condition.FAILING),
        (after(refused(404), replace(STATE, missing_since=NOW - 10 * DAY)), Condition.MISSING),
        (after(refused(429)), Condition.THROTTLED),
        (after(refused(403)), Condition.THROTTLED),
        (after(GONE), Condition.PARKED),
    ],
)
def test_a_source_is_in_one_condition(state, expected):
    assert condition(state) is expected
    assert condition(state, source=replace(SOURCE, enabled=False)) is Condition.DISABLED


def test_what_is_not_well_says_why():
    assert health(SOURCE, after(refused(500)), NOW) == Health(condition=Condition.FAILING, reason="no (500)")
    assert health(SOURCE, WELL, NOW) == Health(condition=Condition.OK)


def test_a_source_is_stale_against_its_own_rhythm_but_not_before_three_days():
    hourly, daily = WELL, replace(WELL, rhythm=DAY)
    assert remarks(replace(hourly, last_ok=NOW + 2 * DAY)) == {}
    assert remarks(replace(hourly, last_ok=NOW + 3 * DAY)) == {
        Condition.STALE: "nothing new for 3 days, where 60 minutes are usual"
    }
    assert remarks(replace(daily, last_ok=NOW + 9 * DAY)) == {}
    assert remarks(replace(daily, last_ok=NOW + 10 * DAY)) == {
        Condition.STALE: "nothing new for 10 days, where 24 hours are usual"
    }


def test_without_a_rhythm_or_an_answer_nobody_can_tell_that_it_is_stale():
    assert remarks(replace(WELL, rhythm=None, last_ok=NOW + 99 * DAY)) == {}
    assert remarks(replace(WELL, failures=1), NOW + 99 * DAY) == {}


def test_a_gap_is_shown_for_a_day():
    gap = replace(WELL, last_gap=NOW)
    assert list(remarks(gap, NOW + 23 * HOUR)) == [Condition.GAP]
    assert remarks(gap, NOW + 24 * HOUR) == {}


def test_a_move_is_shown_without_its_secrets():
    adopted = replace(WELL, moved_to="https://new.example/rss?token=tide")
    assert remarks(adopted) == {
        Condition.MOVED: "moved for good to https://new.example/rss?… and is asked there now: give it that url in the "
        "config"
    }
    watched = replace(WELL, move=Move(to="https://me:pw@new.example/rss", since=NOW - 6 * DAY, answers=9))
    assert remarks(watched) == {}
    assert "pw" not in remarks(replace(WELL, moved_to="https://me:pw@new.example/rss"))[Condition.MOVED]


# --- changes --------------------------------------------------------------------------------------------------------


def told(*outcomes, state=STATE, every=HOUR, now=NOW):
    """What a series of fetches, `every` apart, tells."""
    found = []
    for outcome in outcomes:
        now += every
        following = after(outcome, state, now=now)
        found.append(changes(SOURCE, state, following))
        state = following
    return found


def test_a_streak_is_told_when_it_begins_and_when_it_ends():
    failing = HealthChange(condition=Condition.FAILING, reason="no (500)")
    well = HealthChange(condition=Condition.OK, reason="answers again after 3 failed fetches")
    assert told(FETCHED, refused(500), refused(502), refused(None), Unchanged(), Unchanged()) == [
        (),
        (failing,),
        (),
        (),
        (well,),
        (),
    ]


def test_each_new_condition_is_told_once():
    series = told(refused(404), *[refused(404)] * 11, refused(429), refused(429), GONE, every=DAY)
    assert [[one.condition for one in found] for found in series if found] == [
        [Condition.FAILING],
        [Condition.MISSING],
        [Condition.THROTTLED],
        [Condition.PARKED],
    ]


def test_the_first_answer_is_no_change_and_a_first_failure_is_one():
    assert told(FETCHED, state=None) == [()]
    assert told(refused(429), state=None) == [(HealthChange(condition=Condition.THROTTLED, reason="no (429)"),)]


def test_silence_is_told_when_it_begins_and_when_it_ends():
    state = replace(WELL, width=20)
    later = [replace(state, last_fetch=NOW + n * DAY, last_ok=NOW + n * DAY) for n in (2, 3, 4, 5)]
    stale = HealthChange(condition=Condition.STALE, reason="nothing new for 3 days, where 60 minutes are usual")
    assert [changes(SOURCE, before, now) for before, now in pairwise([state, *later])] == [(), (stale,), (), ()]
    failing = after(refused(500), later[-1], now=NOW + 6 * DAY)
    assert [one.condition for one in changes(SOURCE, later[-1], failing)] == [Condition.FAILING]
    spoken = after(FETCHED, later[-1], feed=FEED, new=1, known=19, now=NOW + 6 * DAY)
    assert changes(SOURCE, later[-1], spoken) == (HealthChange(condition=Condition.STALE, ended=True),)


def test_a_move_is_told_when_it_is_adopted_when_it_goes_on_and_when_it_is_given_up():
    steps = [
        STATE,
        replace(STATE, moved_to="https://a.example/"),
        replace(STATE, moved_to="https://a.example/", last_fetch=NOW),
        replace(STATE, moved_to="https://b.example/"),
        STATE,
    ]
    told_of = [changes(SOURCE, before, now) for before, now in pairwise(steps)]
    assert [[(one.condition, one.ended) for one in found] for found in told_of] == [
        [(Condition.MOVED, False)],
        [],
        [(Condition.MOVED, False)],
        [(Condition.MOVED, True)],
    ]


def test_a_new_url_in_the_config_starts_with_a_clean_slate():
    renamed = replace(SOURCE, url="https://daily.example/atom")
    before = replace(after(refused(500)), last_gap=NOW)
    assert changes(renamed, before, after(Unchanged(), before, source=renamed, now=NOW + MINUTE)) == ()
