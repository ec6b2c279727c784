"""Which pages that failed are asked for again, and when."""

from __future__ import annotations

from datetime import timedelta

from aggregator.fetching.second_tries import AGAIN, WAITING, SecondTries
from tests.fakes.pages import NOW

STATE = ("tides", "https://tides.example/1", "f1")
OTHER = ("tides", "https://tides.example/2", "f2")


def due(tries: SecondTries, after: timedelta, *, source: str = "tides", most: int = 5) -> tuple:
    return tries.due(source, now=NOW + after, most=most)


def test_a_page_that_failed_is_due_after_the_first_gap_and_not_before():
    tries = SecondTries()
    tries.failed(STATE, now=NOW)
    assert due(tries, AGAIN[0] - timedelta(seconds=1)) == ()
    assert due(tries, AGAIN[0]) == (STATE,)


def test_gaps_grow_and_in_the_end_a_page_is_let_be():
    tries, waited = SecondTries(), []
    after = timedelta()
    tries.failed(STATE, now=NOW)
    for gap in AGAIN:
        after += gap
        waited.append(due(tries, after))
        tries.failed(STATE, now=NOW + after)
    assert waited == [(STATE,)] * 3
    assert due(tries, timedelta(days=365)) == ()


def test_what_is_settled_is_not_asked_for_again():
    tries = SecondTries()
    tries.failed(STATE, now=NOW)
    tries.settled(STATE)
    tries.settled(OTHER)
    assert due(tries, timedelta(days=1)) == ()


def test_each_source_has_its_own_and_the_longest_waiting_go_first():
    tries = SecondTries()
    tries.failed(OTHER, now=NOW + timedelta(minutes=1))
    tries.failed(STATE, now=NOW)
    tries.failed(("port", *STATE[1:]), now=NOW)
    assert due(tries, timedelta(days=1)) == (STATE, OTHER)
    assert due(tries, timedelta(days=1), most=1) == (STATE,)
    assert due(tries, timedelta(days=1), source="nobody") == ()


def test_no_more_wait_than_there_is_room_for():
    tries = SecondTries()
    for number in range(WAITING + 1):
        tries.failed(("tides", f"https://tides.example/{number}", "f"), now=NOW)
    waiting = due(tries, timedelta(days=1), most=WAITING + 1)
    assert (len(waiting), waiting[0][1]) == (WAITING, "https://tides.example/1")
