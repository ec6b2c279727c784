"""Waiting for the answer of a server: one that is slow is waited for, one that is not there any more is not.

A server that was stopped, or whose disk hangs, keeps its connections: the kernel of its machine goes on acknowledging
what it gets, and nothing on this side fails. So from time to time somebody has to look.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

Wanted = TypeVar("Wanted")
Ready = TypeVar("Ready")
T = TypeVar("T")


def watched(
    steps: Generator[Wanted, Ready, T], *, tick: float, every: float, look: Callable[[float], None]
) -> Generator[Wanted, Ready, T]:
    """`steps`, with `look` called after `every` seconds of silence, and again, with how long that has been by then.

    `steps` are a conversation as psycopg leads it: they yield what they wait for, and are sent what is ready, which is
    nothing after each `tick` of seconds without anything. What `look` raises ends it.
    """
    try:
        wanted = next(steps)
        silent = looked = 0.0
        while True:
            ready = yield wanted
            silent = 0.0 if ready else silent + tick
            looked = min(looked, silent)
            if silent - looked >= every:
                looked = silent
                look(silent)
            wanted = steps.send(ready)
    except StopIteration as end:
        answer: T = end.value
        return answer
