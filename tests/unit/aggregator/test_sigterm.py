"""SIGTERM outside of the event loop."""

from __future__ import annotations

import contextlib
import os
import signal

import pytest

from aggregator.running import sigterm
from aggregator.running.sigterm import Terminated


def send() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_it_ends_what_runs_by_way_of_its_clean_up():
    cleaned = []

    def work() -> None:
        with sigterm.heard():
            try:
                send()
            finally:
                cleaned.append(True)

    with pytest.raises(Terminated) as ended:
        work()
    assert (ended.value.code, cleaned) == (143, [True])


def test_afterwards_it_means_what_it_meant_before():
    before = signal.getsignal(signal.SIGTERM)
    with contextlib.suppress(Terminated), sigterm.heard():
        assert signal.getsignal(signal.SIGTERM) != before
        send()
    assert signal.getsignal(signal.SIGTERM) == before
    sigterm.check()


def test_a_second_one_ends_the_process_at_once():
    with sigterm.heard():
        with contextlib.suppress(Terminated):
            send()
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_one_that_got_lost_is_found_by_the_next_check():
    with sigterm.heard():
        sigterm.check()
        with contextlib.suppress(Terminated):
            send()
        with pytest.raises(Terminated):
            sigterm.check()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["serve"], 0),
        (["worker"], 0),
        (["--config", "once"], 0),
        (["demo", "--listen", "127.0.0.1:0"], 0),
        (["once"], 143),
        (["import", "serve"], 143),
    ],
)
def test_only_commands_that_stay_until_they_are_told_to_end_did_what_they_were_for(arguments, code):
    assert sigterm.exit_code(arguments) == code
