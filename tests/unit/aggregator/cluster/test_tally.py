"""What a worker counts, and tells the others of it."""

from __future__ import annotations

import json

from aggregator.cluster.tally import Tally
from aggregator.observing.cluster_events import JudgingStarted
from aggregator.observing.worker_events import Delivered, FencedOff
from feeds.model import Failed, FailureKind, Unchanged


def test_what_was_brought_is_counted_by_how_it_ended():
    tally = Tally()
    for event in (
        Delivered(source="a", outcome=Unchanged(status=304), entries=0),
        Delivered(source="b", outcome=Failed(kind=FailureKind.TIMEOUT, reason="no answer"), entries=0),
        Delivered(source="c", outcome=Unchanged(status=200), entries=12),
        FencedOff(source="d", host="harbour.example"),
        JudgingStarted(),
    ):
        tally.observe(event)
    tally.requests = 5
    told = {"passes": 3, "entries": 12, "fenced": 1, "failures": 1, "requests": 5}
    assert json.loads(tally.figures) == told


def test_a_worker_that_has_done_nothing_says_so():
    assert json.loads(Tally().figures) == {"passes": 0, "entries": 0, "fenced": 0, "failures": 0, "requests": 0}
