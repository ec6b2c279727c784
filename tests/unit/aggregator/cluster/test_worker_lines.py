"""What workers tell, in words: what went well quietly, as the judge tells what came of it."""

from __future__ import annotations

import logging

import pytest

from aggregator.observing.worker_events import Delivered, FencedOff, LeaseLost, SourceUnknown
from aggregator.observing.worker_lines import worded_for_workers
from feeds.model import Failed, FailureKind, Unchanged

HOST = "tides.example"
REFUSED = Failed(kind=FailureKind.HTTP, reason="the server says no")


@pytest.mark.parametrize(
    ("event", "level", "line"),
    [
        (Delivered(source="tides", outcome=Unchanged()), logging.DEBUG, "tides: brought: unchanged"),
        (Delivered(source="tides", outcome=REFUSED), logging.DEBUG, "tides: brought: http status: the server says no"),
        (Delivered(source="tides", outcome=REFUSED, problem="a traceback"), logging.ERROR, "tides: a traceback"),
        (
            FencedOff(source="tides", host=HOST),
            logging.WARNING,
            "tides: forgotten, as another worker asks tides.example by now",
        ),
        (
            LeaseLost(host=HOST),
            logging.WARNING,
            "tides.example is no longer asked here: its lease was not renewed in time",
        ),
        (
            SourceUnknown(source="tides", host=HOST),
            logging.WARNING,
            "tides at tides.example is not in this worker's config: put off until all machines have the same one",
        ),
    ],
)
def test_each_event_is_one_line(event, level, line):
    assert worded_for_workers(event) == (level, line)
