"""Nobody who waits is kept waiting for long."""

from __future__ import annotations

import threading
import time

from aggregator.cluster.patience import patient


def test_what_takes_too_long_is_cut_and_what_does_not_is_left_alone():
    cut = threading.Event()
    with patient(cut.set, 0.05):
        pass
    time.sleep(0.2)
    assert not cut.is_set()
    with patient(cut.set, 0.05):
        assert cut.wait(20)
