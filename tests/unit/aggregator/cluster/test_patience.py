"""Nobody who waits is kept waiting for long."""

from __future__ import annotations

import threading

from aggregator.cluster.patience import patient


def test_what_takes_too_long_is_cut_and_what_does_not_is_left_alone():
    cut, before = threading.Event(), set(threading.enumerate())
    with patient(cut.set, 600):
        [waits] = set(threading.enumerate()) - before
    waits.join(30)
    assert (waits.is_alive(), cut.is_set()) == (False, False)
    with patient(cut.set, 0.05):
        assert cut.wait(30)
