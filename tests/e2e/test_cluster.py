"""Workers that are killed, stopped and continued, a database that ends hard, and readers who notice nothing of it."""

from __future__ import annotations

import pytest

from tests.fakes import postgres
from tests.fakes.cluster.cluster import Course, cluster
from tests.fakes.cluster.outlets import Plan
from tests.fakes.cluster.verdict import verdict

A_MINUTE = Course(outlets=Plan(hosts=120, each=2, period=60), fetches=1800, slack=20)
"""Little for a machine that has time, so that one that is five times as busy can do it as well: what a cluster bears,
`benchmarks/cluster.py` tells.
"""


@pytest.mark.heavy
@pytest.mark.timeout(1200)
def test_whatever_ends_no_entry_is_lost_none_comes_twice_and_no_host_is_asked_by_two_at_once(tmp_path):
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with cluster(A_MINUTE, tmp_path) as all_of_it:
        for _ in all_of_it.play():
            pass
        figures = dict(verdict(all_of_it))
    tally = all_of_it.tally
    assert tally.kills >= A_MINUTE.kills
    assert tally.judges_killed >= 1
    assert tally.judges_stopped == 1
    assert len(tally.stopped) == 3
    assert len(tally.away) == 1
    assert figures["fetches"] >= A_MINUTE.fetches
