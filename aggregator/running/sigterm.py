"""SIGTERM where no event loop takes it: the command ends by way of its own clean-up, and says so in one line.

Imports next to nothing, so that a signal is heard while the rest is still being imported.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

TERMINATED = 143
"""What shells report of a process that SIGTERM ended."""
STAYING = frozenset({"serve", "worker", "demo"})
"""Commands that end only when they are told to: being told is no failure of theirs."""


class Terminated(SystemExit):
    """SIGTERM came; derived from what event loops, click and everything else let through."""


_heard: list[int] = []  # of this process: signals are the process's, too


@contextmanager
def heard() -> Iterator[None]:
    """Within it SIGTERM raises Terminated in the main thread, where it runs; a second one ends the process at once."""
    before = signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        _heard.clear()


def check() -> None:
    """Raise Terminated if SIGTERM came in a place where exceptions get lost, as in a destructor."""
    if _heard:
        raise Terminated(TERMINATED)


def exit_code(arguments: Sequence[str]) -> int:
    """Of the command that SIGTERM ended: 0 for those that stay until they are told to end."""
    command = arguments[0] if arguments and not arguments[0].startswith("-") else "serve"
    return 0 if command in STAYING else TERMINATED


def _raise(number: int, _: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _heard.append(number)
    raise Terminated(TERMINATED)
