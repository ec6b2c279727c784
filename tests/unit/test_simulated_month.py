"""Sources publish, stumble, break, move, throttle, fall silent and vanish for a month, in virtual time.

The machine's clock is set wrong for an hour and the program is started anew. What is held: whom we ask how often, that
nobody is forgotten, that nothing is missed in silence, and that each change of a source is told once.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from aggregator.fetching.turns import GAP
from tests.fakes.population import LENGTH, MINUTE
from tests.fakes.publishers import DAY, HOUR
from tests.fakes.simulated_month import BEGAN, BOUNDS, END, RESTART, TICK, WRONG_CLOCK, Month

LATE = timedelta(seconds=TICK) + MINUTE
"""A tick, and the turn of a host that others ask, too."""
SPREAD = 1.1


pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]  # a minute of computing for those who come first


@pytest.fixture(scope="module")
def month() -> Month:
    return Month(200)


def pauses(asked) -> list[timedelta]:
    return [after.start - before.end for before, after in pairwise(asked)]


def test_no_two_sources_of_a_host_are_asked_at_once_nor_without_a_pause(month):
    assert month.internet.overlaps == []
    by_host: dict[str, list] = {}
    for one in month.internet.asked:
        by_host.setdefault(urlsplit(one.url).hostname, []).append(one)
    assert all(pause >= GAP for asked in by_host.values() for pause in pauses(asked))
    assert len({one.source for one in by_host["platform.example"]}) > 2


def test_nobody_is_asked_more_often_than_the_fastest_whatever_the_clock_says(month):
    assert min(pause for asked in month.asked.values() for pause in pauses(asked)) >= BOUNDS.fastest - LATE


def test_nobody_who_can_be_asked_is_ever_forgotten(month):
    for kind, publisher in month.people:
        asked = month.asked[publisher.source.id]
        if kind.name == "gone":
            continue
        longest = max(BOUNDS.slowest, kind.every) * SPREAD + LATE
        times = [BEGAN, *(one.start for one in asked), END]
        assert max(after - before for before, after in pairwise(times)) <= longest, publisher.source.id


def test_a_restart_asks_nobody_who_is_not_due(month):
    """Not more in the minutes after it than in those before, but for what the old life left undone."""
    around = [one.start - BEGAN - RESTART for one in month.internet.asked]
    before = [span for span in around if -10 * MINUTE <= span < timedelta()]
    after = [span for span in around if timedelta() <= span < 10 * MINUTE]
    assert 0 < len(after) <= 2 * len(before) + 5


def test_a_clock_that_is_set_ahead_and_back_costs_each_source_two_requests_at_most(month):
    """One for what seems to be due, one for what seems to have been asked in the future."""
    start, end, _ = WRONG_CLOCK
    for kind, publisher in month.people:
        at = [one.start - BEGAN for one in month.asked[publisher.source.id]]
        wrong = sum(start <= moment < end + 10 * MINUTE for moment in at)
        usual = sum(start - 2 * HOUR <= moment < start for moment in at)
        assert wrong <= usual + 2, (kind.name, wrong, usual)


def test_each_change_of_a_source_is_told_once(month):
    for kind, publisher in month.people:
        told = tuple(month.told[publisher.source.id])
        if kind.name == "asking":  # at one host, where not all of them have to be told to go away
            assert told in {kind.told, ()}
        else:
            assert told == kind.told, publisher.source.id
    assert any(month.told[publisher.source.id] for publisher, _ in month.of("asking"))


def test_no_entry_is_missed_in_silence(month):
    """What was published while a source could be asked is stored, or fell out of its document, which was told."""
    stored = {(entry.source, entry.guid) for entry in month.store.entries()}
    missing = {}
    for kind, publisher in month.people:
        name = publisher.source.id
        looks = [one for one in month.asked[name] if one.status in {200, 304}]
        since = [n for n, moment in enumerate(publisher.published) if looks[0].end < moment <= looks[-1].start]
        missing[kind.name] = [n for n in since if (name, str(n)) not in stored]
        assert not missing[kind.name] or "gap" in month.told[name], name
    assert len(missing["bursting"]) >= 10
    assert {kind for kind, numbers in missing.items() if numbers} == {"bursting", "broken", "found"}


@pytest.mark.parametrize(
    ("kind", "fewest", "most"),
    [
        ("busy", 60, 140),
        ("steady", 8, 16),
        ("steady-too", 22, 40),
        ("daily", 3, 7),
        ("weekly", 1.5, 4),
        ("eager", 30, 100),
        ("rare", 0.4, 2),
        ("cached", 5, 8),
        ("hinting", 3, 4.5),
    ],
)
def test_requests_a_day_follow_the_rhythm_and_the_hints(month, kind, fewest, most):
    for publisher, asked in month.of(kind):
        assert fewest <= len(asked) / LENGTH <= most, publisher.source.id


def test_a_silent_source_is_asked_at_most_hourly_and_ever_less(month):
    for _, asked in month.of("silent"):
        late = [one.start for one in asked if one.start > BEGAN + 13 * DAY]
        assert min(after - before for before, after in pairwise(late)) >= HOUR
        assert len([start for start in late if start > BEGAN + 25 * DAY]) <= 5 * 24 / 15


def test_a_source_that_fails_for_weeks_is_asked_about_daily(month):
    for _, asked in month.of("dead", "missing"):
        late = [one for one in asked if one.start > BEGAN + 15 * DAY]
        assert 12 <= len(late) <= 17


def test_a_source_that_is_gone_is_asked_no_more(month):
    for _, asked in month.of("gone"):
        assert [one.status for one in asked].count(410) == 1
        assert asked[-1].status == 410


def test_who_asks_to_be_left_alone_is(month):
    for _, asked in month.of("asking"):
        for before, after in pairwise(asked):
            if before.status == 429:
                assert after.start - before.end >= 2 * HOUR - LATE
    for _, asked in month.of("overloaded"):
        assert [one.status for one in asked].count(503) == 1


def test_one_host_that_turns_two_away_is_left_alone_by_all(month):
    turned = [one for one in month.internet.asked if "press.example" in one.url and one.status == 429]
    crowd = len(month.of("asking"))
    assert crowd <= len(turned) <= 1.5 * crowd  # 8 of 7; twice as many when only their own URLs count


def test_a_throttle_gets_far_fewer_requests_than_an_answer(month):
    for _, asked in month.of("throttled", "guarded"):
        refused = [one for one in asked if one.status in {429, 403}]
        assert 2 <= len(refused) <= 8


def test_a_move_is_followed_for_a_week_and_believed_then(month):
    for publisher, asked in month.of("moved"):
        at_home = [one.start for one in asked if one.url == publisher.source.url]
        moved = [one.start for one in asked if one.url == publisher.new_home]
        assert BEGAN + 11 * DAY <= max(at_home) <= BEGAN + 12 * DAY < min(moved) + DAY
        assert max(moved) > END - DAY
    for publisher, asked in month.of("wavering"):
        assert {one.url for one in asked} == {publisher.source.url}


def test_a_new_home_that_dies_is_left_for_the_old_one(month):
    for publisher, asked in month.of("returned"):
        assert any(one.url == publisher.new_home for one in asked)
        late = [one for one in asked if one.start > BEGAN + 22 * DAY]
        assert {one.url for one in late} == {publisher.source.url}
        assert {one.status for one in late} <= {200, 304}
