"""One thread watches everybody who may take too long."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from aggregator.fetching.sandbox import watchdog
from aggregator.fetching.sandbox.watchdog import Watchdog

LONG = timedelta(minutes=5)
SOON = timedelta(milliseconds=20)


def watching() -> set[threading.Thread]:
    """The threads that watch for anybody, those of earlier tests among them."""
    return {thread for thread in threading.enumerate() if thread.name == "watchdog"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """No thread of a test outlives it for long."""
    monkeypatch.setattr(watchdog, "_IDLE", 0.05)


def test_who_takes_too_long_is_given_up():
    given_up = threading.Event()
    with Watchdog().watching(SOON, given_up.set):
        assert given_up.wait(60)


def test_who_is_done_in_time_is_not():
    dog, done, given_up = Watchdog(), threading.Event(), []
    with dog.watching(timedelta(milliseconds=100), lambda: given_up.append(done.is_set())):
        pass  # be it that this takes longer: it is given up before it is done, or not at all
    done.set()
    with dog.watching(LONG, lambda: None):
        time.sleep(0.3)
    assert True not in given_up


def test_a_shorter_patience_is_not_lost_behind_a_longer_one():
    dog, first, second = Watchdog(), threading.Event(), threading.Event()
    with dog.watching(LONG, first.set), dog.watching(SOON, second.set):
        assert second.wait(60)
    assert not first.is_set()


def test_a_process_that_cannot_be_killed_costs_nobody_else_the_watch():
    def refuse() -> None:
        raise ProcessLookupError

    dog, given_up = Watchdog(), threading.Event()
    with dog.watching(SOON, refuse), dog.watching(2 * SOON, given_up.set):
        assert given_up.wait(60)


def test_an_idle_watch_ends_and_another_begins_when_it_is_needed():
    dog, given_up = Watchdog(), threading.Event()
    earlier = watching()
    with dog.watching(SOON, given_up.set):
        assert given_up.wait(60)
    for thread in watching() - earlier:
        thread.join(60)
        assert not thread.is_alive()
    given_up.clear()
    with dog.watching(SOON, given_up.set):
        assert given_up.wait(60)


def test_many_are_watched_by_one_thread(monkeypatch):
    monkeypatch.setattr(watchdog, "_IDLE", 5.0)
    dog = Watchdog()
    earlier = watching()
    for _ in range(100):
        with dog.watching(LONG, lambda: None):
            assert len(watching() - earlier) == 1
