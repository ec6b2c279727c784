"""What was told and counted, asked of every store there is."""

from __future__ import annotations

from datetime import timedelta

from feeds.model import Day, Intake, Notice, SourceState
from storage.port import Change
from tests.fakes.stored_values import NOON, entry_of

HOUR = timedelta(hours=1)
LATE = Notice(at=NOON + HOUR, about="harbour-post", condition="failing", reason="no connection")
EARLY = Notice(at=NOON, about="/store", condition="stopped", ended=True)


def test_notices_come_oldest_first_and_leave_when_they_are_dropped(store):
    assert store.notices() == ()
    store.commit(Change(notices=(LATE, EARLY)))
    assert store.notices() == (EARLY, LATE)
    said_anew = Notice(at=LATE.at, about=LATE.about, condition=LATE.condition, reason="the name was not found")
    store.commit(Change(notices=(said_anew,)))
    assert store.notices() == (EARLY, said_anew)
    store.commit(Change(dropped=(LATE,)))
    assert store.notices() == (EARLY,)


def test_a_notice_that_comes_and_is_dropped_in_one_change_is_not_there(store):
    store.commit(Change(notices=(LATE,), dropped=(LATE,)))
    assert store.notices() == ()


def test_the_last_count_of_a_source_holds(store):
    assert store.intakes() == {}
    first, other = Intake(source="harbour-post", taken=3), Intake(source="gazette", taken=1, failed=2, failing=2)
    store.commit(Change(intakes=(first, other)))
    store.commit(Change(intakes=(Intake(source="harbour-post", taken=5, pruned=1),)))
    assert store.intakes() == {"harbour-post": Intake(source="harbour-post", taken=5, pruned=1), "gazette": other}


def test_a_state_keeps_its_days_and_what_was_told_of_it(store):
    state = SourceState(
        source="harbour-post",
        url="https://harbour.example/feed",
        days=(Day(day=739_000, asked=3, unchanged=2), Day(day=739_001, failed=1, asked=1, new=7)),
        steady=2,
        told=("failing", "moved https://harbour.example/new"),
    )
    store.commit(Change(states=(state,)))
    assert store.states() == {"harbour-post": state}


def test_one_source_is_asked_for_without_the_others(store):
    assert (store.intake("gazette"), store.entries_of("gazette")) == (None, 0)
    one, two, other = entry_of("a", source="gazette"), entry_of("b", source="gazette"), entry_of("c", source="x")
    store.commit(Change(entries=(one, two, other), intakes=(Intake(source="gazette", taken=2),)))
    assert (store.intake("gazette"), store.entries_of("gazette")) == (Intake(source="gazette", taken=2), 2)
    assert (store.intake("x"), store.entries_of("x")) == (None, 1)
    store.commit(Change(entries=(one,), buried=(two,), intakes=(Intake(source="gazette", taken=2, pruned=1),)))
    assert (store.intake("gazette"), store.entries_of("gazette")) == (Intake(source="gazette", taken=2, pruned=1), 1)
    assert (store.intake("nobody"), store.entries_of("nobody")) == (None, 0)
