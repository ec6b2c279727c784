"""After a failure: how long we stay away, of whom, and that it always ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.model import SourceState
from feeds.polling import AT_ONCE, due, due_by_state, due_since, held_hosts
from tests.fakes.polled import DAY, HOUR, MINUTE, NOW, SOURCE, STATE, after, refused, wait

BROKEN = refused(500)


def test_failures_in_a_row_double_the_wait_up_to_the_slowest():
    waits = [wait(BROKEN, replace(STATE, failures=n)) for n in range(8)]
    assert waits == [30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR]
    assert wait(BROKEN, replace(STATE, failures=10**9)) == 24 * HOUR


@pytest.mark.parametrize("failed", [refused(429), refused(403), refused(503, retry_after=MINUTE)])
def test_a_throttle_doubles_the_wait_from_the_first_one_on(failed):
    states = [replace(STATE, failures=n, throttles=n) for n in range(4)]
    assert [wait(failed, state) for state in states] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert [after(failed, state).throttles for state in states] == [1, 2, 3, 4]


@pytest.mark.parametrize("failed", [BROKEN, refused(503), refused(None)])
def test_other_failures_are_no_throttles_and_end_their_streak(failed):
    assert after(failed, replace(STATE, failures=2, throttles=2)).throttles == 0


def test_a_stumble_of_a_quiet_source_is_soon_made_good_but_a_throttle_counts_for_it_too():
    quiet = replace(STATE, rhythm=8 * HOUR)
    assert wait(BROKEN, quiet) == 30 * MINUTE
    assert wait(refused(429), quiet) == 4 * HOUR


def test_a_busy_source_that_fails_is_asked_again_at_its_own_pace():
    busy = replace(STATE, rhythm=3.333 * MINUTE, last_new=NOW)
    assert wait(BROKEN, busy) == pytest.approx(10 * MINUTE, rel=0.01)
    assert wait(refused(429), busy) == HOUR


@pytest.mark.parametrize(
    ("asked", "expected"), [(MINUTE, HOUR), (3 * HOUR, 3 * HOUR), (timedelta(days=68 * 365), 24 * HOUR)]
)
def test_retry_after_counts_where_it_is_longer_and_up_to_the_slowest(asked, expected):
    assert wait(refused(429, retry_after=asked)) == expected
    assert wait(refused(429, retry_after=asked), jitter=-1) >= min(asked, 24 * HOUR)


def test_the_streak_remembers_when_it_began():
    first = after(BROKEN)
    second = after(refused(None), first, now=NOW + HOUR)
    assert (second.failures, second.failing_since) == (2, NOW)


# --- a feed that is not there ---------------------------------------------------------------------------------------


def test_a_feed_that_is_missing_for_ten_days_is_asked_daily():
    missing = replace(STATE, failures=3, missing_since=NOW - 10 * DAY)
    assert wait(refused(404), replace(missing, missing_since=NOW - 9 * DAY)) == 4 * HOUR
    assert wait(refused(404), missing) == DAY
    assert wait(refused(404), missing, source=replace(SOURCE, every=7 * DAY)) == 7 * DAY


def test_it_is_missing_since_the_first_404_whatever_the_network_does_meanwhile():
    first = after(refused(404))
    again = after(refused(None), first, now=NOW + HOUR)
    assert after(refused(404), again, now=NOW + 2 * HOUR).missing_since == NOW


@pytest.mark.parametrize("failed", [refused(500), refused(429)])
def test_another_answer_ends_its_being_missing(failed):
    assert after(failed, replace(STATE, failures=1, missing_since=NOW - 20 * DAY)).missing_since is None


# --- the host of a 429 ----------------------------------------------------------------------------------------------


def turned_away(name: str, *, times: int = 1, at=NOW, status: int = 429, **circumstances) -> SourceState:
    state = SourceState(
        source=name, url=f"https://daily.example/{name}", last_fetch=at, next_fetch=at + 4 * HOUR, last_status=status
    )
    return replace(state, throttles=times, failures=times, **circumstances)


def test_a_429_means_its_url_and_a_repeated_one_its_host():
    assert held_hosts([turned_away("a")], NOW) == {}
    assert held_hosts([turned_away("a", times=2)], NOW) == {"daily.example": NOW + HOUR}
    assert held_hosts([turned_away("a"), turned_away("b", at=NOW - MINUTE)], NOW) == {"daily.example": NOW + HOUR}


def test_a_host_is_held_for_as_long_as_it_asked():
    asked = turned_away("a", times=2, asked_for=3 * HOUR)
    assert held_hosts([asked], NOW) == {"daily.example": NOW + 3 * HOUR}
    assert held_hosts([replace(asked, asked_for=9 * HOUR)], NOW) == {"daily.example": NOW + 4 * HOUR}


def test_a_host_that_asks_for_more_time_than_there_is_is_held_until_it_is_asked_next():
    assert held_hosts([turned_away("a", times=2, asked_for=timedelta.max)], NOW) == {"daily.example": NOW + 4 * HOUR}


def test_a_hold_ends_and_what_is_no_429_makes_none():
    twice = turned_away("a", times=2)
    assert held_hosts([twice], NOW + HOUR - MINUTE) != {}
    assert held_hosts([twice], NOW + HOUR) == {}
    assert held_hosts([twice], NOW - MINUTE) == {}, "it is dated in the future: the clock was wrong then or is now"
    assert held_hosts([turned_away("a", times=2, status=403)], NOW) == {}
    assert held_hosts([replace(twice, last_fetch=None)], NOW) == {}


def test_hosts_are_counted_apart():
    elsewhere = replace(turned_away("b"), url="https://other.example/b")
    moved = replace(turned_away("c"), moved_to="https://DAILY.example./c".replace("./", "/"))
    assert held_hosts([turned_away("a"), elsewhere], NOW) == {}
    assert held_hosts([turned_away("a"), moved], NOW) == {"daily.example": NOW + HOUR}
    assert held_hosts([replace(turned_away("a", times=2), url="https://[broken")], NOW) == {}


def test_the_host_of_a_429_is_the_one_that_answered():
    elsewhere = turned_away("a", times=2, throttled_by="full.example")
    assert held_hosts([elsewhere], NOW) == {"full.example": NOW + HOUR}
    told = replace(refused(429), host="full.example")
    assert after(told).throttled_by == "full.example"
    assert after(refused(500), after(told)).throttled_by == ""


def test_spellings_of_a_host_are_one_host():
    spelled = ("https://bücher.example/a", "https://XN--BCHER-KVA.example./b")
    states = [replace(turned_away(name), url=url) for name, url in zip("ab", spelled, strict=True)]
    assert held_hosts(states, NOW) == {"xn--bcher-kva.example": NOW + HOUR}


def test_nothing_at_a_held_host_is_due():
    sources = [
        replace(SOURCE, id=name, url=f"https://{host}/{name}")
        for name, host in (("a", "daily.example"), ("b", "Daily.Example"), ("c", "daily.example"), ("d", "d.example"))
    ]
    states = {
        "a": turned_away("a", times=2),
        "b": SourceState(source="b", url=sources[1].url, last_fetch=NOW - HOUR, next_fetch=NOW - MINUTE),
    }
    assert [source.id for source in due(sources, states, NOW)] == ["d"]
    assert [source.id for source in due(sources, states, NOW + HOUR)] == ["c", "d", "b"]


def test_a_source_waits_since_its_next_fetch_or_since_ever_or_not_at_all():
    asked = SourceState(source=SOURCE.id, url=SOURCE.url, last_fetch=NOW, next_fetch=NOW + HOUR)
    elsewhere, gone = replace(asked, url="https://elsewhere.example/"), replace(asked, gone=True)
    from_the_future = replace(asked, last_fetch=NOW + DAY)
    states = [asked, None, elsewhere, replace(asked, next_fetch=None), from_the_future]
    assert [due_since(SOURCE, state, NOW) for state in states] == [NOW + HOUR, *[AT_ONCE] * 4]
    assert due_since(SOURCE, gone, NOW) is due_since(SOURCE, replace(from_the_future, gone=True), NOW) is None
    assert due_since(replace(SOURCE, enabled=False), None, NOW) is None
    assert due_since(SOURCE, replace(gone, url="https://elsewhere.example/"), NOW) == AT_ONCE


@pytest.mark.parametrize("changes", [{}, {"gone": True}, {"next_fetch": None}])
def test_what_a_fetch_came_to_says_alone_when_the_next_one_is(changes):
    state = replace(SourceState(source=SOURCE.id, url=SOURCE.url, last_fetch=NOW, next_fetch=NOW + HOUR), **changes)
    assert due_by_state(state) == due_since(SOURCE, state, NOW)
