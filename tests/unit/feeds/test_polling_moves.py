"""Permanent redirects are believed after a week of equal answers, and no longer than they work."""

from dataclasses import replace

import pytest

from feeds.conditional import request_for
from feeds.model import Failed, FailureKind, Move, Unchanged
from tests.fakes.polled import DAY, FEED, FETCHED, GONE, NOW, SOURCE, STATE, after, refused

NEW_HOME = "https://new.example/rss"
THERE = Unchanged(moved_to=NEW_HOME)
WATCHED = replace(STATE, move=Move(to=NEW_HOME, since=NOW - 7 * DAY, answers=2))
ADOPTED = replace(STATE, moved_to=NEW_HOME)


def asked_at(state, source=SOURCE):
    return request_for(source, state, user_agent="t").url


@pytest.mark.parametrize("outcome", [THERE, replace(FETCHED, moved_to=NEW_HOME)])
def test_a_move_is_adopted_after_a_week_of_equal_answers(outcome):
    first = after(outcome, feed=FEED)
    assert (first.move, first.moved_to) == (Move(to=NEW_HOME, since=NOW, answers=1), "")
    third = after(outcome, after(outcome, first, now=NOW + 3 * DAY), now=NOW + 6 * DAY)
    assert (third.move, asked_at(third)) == (Move(to=NEW_HOME, since=NOW, answers=3), SOURCE.url)
    fourth = after(outcome, third, now=NOW + 7 * DAY)
    assert (fourth.move, fourth.moved_to, fourth.url) == (None, NEW_HOME, SOURCE.url)
    assert asked_at(fourth) == NEW_HOME


def test_a_week_alone_is_not_enough():
    assert after(THERE, replace(WATCHED, move=replace(WATCHED.move, answers=1))).moved_to == ""
    assert after(THERE, WATCHED).moved_to == NEW_HOME


def test_an_answer_without_the_redirect_ends_the_watch():
    assert after(Unchanged(), WATCHED).move is None


def test_another_target_starts_the_watch_anew():
    elsewhere = Unchanged(moved_to="https://other.example/rss")
    assert after(elsewhere, WATCHED).move == Move(to="https://other.example/rss", since=NOW)


@pytest.mark.parametrize(
    "failed", [refused(None), refused(500), Failed(kind=FailureKind.NOT_A_FEED, reason="a web page", status=200)]
)
def test_a_failure_counts_neither_for_nor_against(failed):
    assert after(failed, replace(WATCHED, failures=9)).move == WATCHED.move


def test_an_adopted_address_is_asked_with_the_same_validators_and_stays():
    later = after(Unchanged(), ADOPTED)
    assert later.moved_to == NEW_HOME
    headers = dict(request_for(SOURCE, replace(later, body_hash="h"), user_agent="t").headers)
    assert headers["If-None-Match"] == '"1"'


def test_a_source_may_move_on_and_move_back():
    on = replace(ADOPTED, move=Move(to="https://newer.example/", since=NOW - 8 * DAY, answers=5))
    assert after(Unchanged(moved_to="https://newer.example/"), on).moved_to == "https://newer.example/"
    back = replace(ADOPTED, move=Move(to=SOURCE.url, since=NOW - 8 * DAY, answers=5))
    assert after(Unchanged(moved_to=SOURCE.url), back) == replace(after(Unchanged(), STATE), move=None, moved_to="")


@pytest.mark.parametrize("failed", [refused(404), GONE])
def test_an_adopted_address_that_is_gone_gives_the_configured_one_another_chance(failed):
    state = after(failed, ADOPTED)
    assert (state.moved_to, state.gone, state.missing_since) == ("", False, None)
    assert asked_at(state) == SOURCE.url


def test_so_does_one_that_fails_three_times():
    states = [after(refused(None), replace(ADOPTED, failures=n)) for n in range(3)]
    assert [state.moved_to for state in states] == [NEW_HOME, NEW_HOME, ""]


def test_another_url_in_the_config_forgets_the_move():
    renamed = replace(SOURCE, url="https://daily.example/atom")
    assert asked_at(ADOPTED, renamed) == renamed.url
    assert after(Unchanged(), ADOPTED, source=renamed).moved_to == ""


def test_what_the_owner_wrote_down_is_meant_for_the_configured_url():
    request = request_for(replace(SOURCE, headers=(("X-Key", "k"),)), ADOPTED, user_agent="t")
    assert (request.url, request.home) == (NEW_HOME, SOURCE.url)
