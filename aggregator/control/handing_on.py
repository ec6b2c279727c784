"""The command line's end, where the one who writes may be on another machine: a command goes by way of the database."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

from aggregator.control.asking import PATIENCE, PATIENCE_FOR_ALL
from aggregator.control.commands import Answer, Command, Decide, read_answer, request_line
from feeds.errors import ControlError
from storage.commands import Commands

LOOK = 0.2
"""Seconds between two looks for an answer."""
PATIENCE_TO_BEGIN = timedelta(seconds=60)
"""For the one who judges to begin: passes and publishing are under way there for seconds, a takeover for a minute."""


def hand_on(
    commands: Commands, command: Command, *, begin: timedelta = PATIENCE_TO_BEGIN, patience: float | None = None
) -> Answer:
    """Let the one who judges carry out `command`, and wait for the answer.

    Raises ControlError when nobody begins in time, or gives no answer within `patience` seconds from then; StoreError.
    """
    seconds = patience or (PATIENCE if isinstance(command, Decide) else PATIENCE_FOR_ALL)
    name = str(uuid4())
    commands.hand_on(name, request_line(command), within=begin)
    try:
        answered = _awaited(commands, name, begin.total_seconds(), seconds)
    finally:
        taken_back = commands.take_back(name)
    if answered is None and not taken_back:
        answered = commands.answer(name)  # it may have come at the last moment
    if answered is not None:
        commands.forget(name)
        return read_answer(answered)
    if taken_back:
        raise ControlError(
            f"nobody began with the command for {begin.total_seconds():g} s, so it was taken back: is a worker running "
            "that can reach the database?"
        )
    raise ControlError(f"the worker that judges gave no answer for {seconds:g} s: the command may still take effect")


def _awaited(commands: Commands, name: str, begin: float, seconds: float) -> bytes | None:
    """The answer; None: there was none in time."""
    ends, begun = time.monotonic() + begin, False
    while (answered := commands.answer(name)) is None and time.monotonic() < ends:
        if not begun and commands.is_begun(name):
            ends, begun = time.monotonic() + seconds, True
        time.sleep(LOOK)
    return answered
