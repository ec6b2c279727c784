"""What subscribers are told of a source: what lasts, each change of it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Failed, FailureKind, Fetched, Move, Notice, SourceState, Unchanged
from feeds.polling import Condition, noted
from feeds.polling.notices import LASTING, beyond
from storage.codec import decode, encode
from tests.fakes.polled import DAY, FEED, FETCHED, GONE, HOUR, MINUTE, NOW, SOURCE, STATE, after, refused

WELL = Unchanged()
DOWN = refused(503)
BUSY = refused(429)
MISSING = refused(404)
HELD = Failed(kind=FailureKind.HELD, reason="its host wants peace")
WORSE = [Condition.THROTTLED, Condition.FAILING, Condition.MISSING, Condition.PARKED]


class Told:
    """A source over time, and what was told of it."""

    def __init__(self, state: SourceState = STATE) -> None:
        self.state = state
        self.now: datetime = NOW
        self.notices: list[Notice] = []

    def see(self, *outcomes, apart=HOUR, new: int = 0) -> list[str]:
        """What is told meanwhile, in words."""
        began = len(self.notices)
        for outcome in outcomes:
            self.now += apart
            feed = FEED if isinstance(outcome, Fetched) else None
            found = after(outcome, self.state, now=self.now, new=new, known=1, feed=feed)
            found, told = noted(SOURCE, self.state, found, outcome, now=self.now, new=new)
            self.state = decode(SourceState, encode(found))
            self.notices += told
            assert {type(one.condition) for one in told} <= {str}  # an enumeration is no text to a store
        return [f"{'no longer ' if one.ended else ''}{one.condition}" for one in self.notices[began:]]


def test_a_source_that_fails_on_is_told_of_once_and_so_is_its_recovery():
    told = Told()
    assert told.see(DOWN, DOWN) == []
    assert told.see(DOWN) == ["failing"]
    assert told.see(*[DOWN] * 20) == []
    assert told.see(WELL, WELL) == []
    assert told.see(WELL) == ["ok"]
    assert told.see(*[WELL] * 20) == []
    assert told.notices == [
        Notice(at=NOW + 3 * HOUR, about="daily", condition="failing", reason="no (503)"),
        Notice(at=NOW + 26 * HOUR, about="daily", condition="ok", reason="it has answered 3 times in a row"),
    ]


def test_a_source_that_answers_every_other_time_is_told_of_neither_way():
    assert Told().see(*[DOWN, WELL] * 50) == []
    assert Told().see(*[DOWN, DOWN, WELL] * 50) == []


def test_one_that_was_told_of_and_answers_now_and_then_has_not_recovered():
    assert Told().see(*[DOWN, DOWN, DOWN, WELL, WELL] * 30) == ["failing"]


def test_while_one_trouble_stands_only_a_worse_one_is_told():
    told = Told()
    assert told.see(BUSY, BUSY, BUSY) == ["throttled"]
    assert told.see(*[DOWN, BUSY] * 10) == ["failing"]
    assert told.see(*[MISSING] * 12, apart=DAY) == ["missing"]
    assert told.see(GONE) == ["parked"]
    assert told.see(DOWN, MISSING, BUSY) == []
    assert told.see(WELL, WELL, WELL) == ["ok"]


def test_a_source_that_is_gone_is_told_of_at_once():
    assert Told().see(GONE) == ["parked"]


def test_what_was_held_back_asked_nobody_and_says_nothing():
    told = Told()
    assert told.see(DOWN, HELD, DOWN, HELD) == []
    assert told.see(DOWN) == ["failing"]
    assert told.see(WELL, WELL, HELD, HELD) == []
    assert told.see(WELL) == ["ok"]


def test_a_source_that_was_given_another_url_is_the_same_source():
    told = Told()
    told.see(*[DOWN] * 3)
    told.state = replace(told.state, url="https://daily.example/former")
    assert told.see(WELL, WELL, WELL) == ["ok"]


def test_a_gap_is_told_when_it_begins_and_the_next_after_a_day_without_any():
    told = Told()
    told.state = replace(STATE, last_gap=NOW)
    assert told.see(FETCHED, new=1) == ["gap"]
    told.state = replace(told.state, last_gap=told.now)
    assert told.see(FETCHED, new=1) == []
    assert told.see(FETCHED, new=1, apart=2 * DAY) == []
    told.state = replace(told.state, last_gap=told.now)
    assert told.see(FETCHED, new=1) == ["gap"]


def test_a_source_that_goes_quiet_is_told_of_and_so_is_that_it_speaks_again():
    told = Told(replace(STATE, rhythm=HOUR, last_new=NOW))
    assert told.see(WELL, apart=4 * DAY) == ["stale"]
    assert told.see(WELL, WELL) == []
    assert told.see(FETCHED, new=1) == ["no longer stale"]


def test_a_source_that_moved_is_told_of_for_each_address_and_when_it_is_back():
    there, further = "https://there.example/rss", "https://further.example/rss"
    told = Told(replace(STATE, moved_to=there))
    assert told.see(replace(FETCHED, moved_to=there)) == ["moved"]
    assert told.see(replace(FETCHED, moved_to=there)) == []
    told.state = replace(told.state, moved_to=further)
    assert told.see(replace(FETCHED, moved_to=further)) == ["moved"]
    assert told.see(GONE) == ["no longer moved"]


def test_so_many_notices_are_kept():
    notices = [Notice(at=NOW + n * MINUTE, about="daily", condition="ok") for n in range(5)]
    assert beyond(notices[:3], notices[3:], most=4) == tuple(notices[:1])
    assert beyond(notices[:3], notices[3:], most=5) == ()


outcomes = st.sampled_from([WELL, WELL, FETCHED, DOWN, DOWN, BUSY, MISSING, GONE, HELD])


@given(st.lists(st.tuples(outcomes, st.sampled_from([MINUTE, HOUR, DAY, 11 * DAY])), max_size=60))
def test_over_any_history_each_change_is_told_once(history):
    told = Told(SourceState(source="daily", url=SOURCE.url))
    row: list[bool] = []
    standing: Condition | None = None
    for outcome, pause in history:
        said = told.see(outcome, apart=pause)
        if outcome is not HELD:
            row.append(not isinstance(outcome, Failed))
        for word in said:
            condition = Condition(word)
            if condition is Condition.OK:
                assert standing is not None
                assert all(row[-LASTING:])
                standing = None
            elif condition in WORSE:
                assert standing is None or WORSE.index(condition) > WORSE.index(standing)
                assert not row[-1]
                assert condition in WORSE[2:] or not any(row[-LASTING:])
                standing = condition
    moments = [(one.at, one.condition) for one in told.notices]
    assert len(set(moments)) == len(moments)
    of_trouble = [one for one in told.notices if one.condition in WORSE or one.condition == Condition.OK]
    assert not any(one.condition == other.condition for one, other in pairwise(of_trouble))


def test_a_move_that_is_only_watched_is_no_news():
    told = Told(replace(STATE, move=Move(to="https://there.example/", since=NOW, answers=1)))
    assert told.see(FETCHED) == []
