"""Ten days of news in real processes: a kill every day, restarts, reloads, a full disk, and sources that fail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.month.month import Month, Plan
from tests.fakes.month.verdict import verdict

TEN_DAYS = Plan(days=10, sources=18, topics=4, step=timedelta(hours=2), keep=timedelta(days=7), full_on=(2,))


@pytest.mark.heavy
@pytest.mark.timeout(1800)  # a minute and a half where nothing else goes on
def test_nothing_is_lost_published_twice_told_twice_or_unaccounted_for_whatever_happens(tmp_path):
    with Month(tmp_path, TEN_DAYS) as month:
        assert list(month.live()) == list(range(10))
        figures = dict(verdict(month))
    tally = month.tally
    assert (tally.kills, tally.stops, tally.refused, tally.taken) == (10, 3, 5, 10)
    assert tally.kills_busy > 0
    assert tally.full > 0
    assert figures["entries_aged_out"] > 0
    assert figures["edits_taken_in"] > 0
    assert figures["published"] > 100
