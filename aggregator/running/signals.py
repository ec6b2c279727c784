"""The signals that a daemon heeds: what asks it to stop, and what asks for a look at the config."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator

from aggregator.observing.events import Observer, Stopping
from aggregator.reload import Watch

_STDERR = 2


@contextlib.contextmanager
def stopping(asked: asyncio.Event, observe: Observer) -> Iterator[None]:
    """SIGINT and SIGTERM ask to stop; a second one of them ends the process at once, as it would without us."""
    loop = asyncio.get_running_loop()

    def ask(number: signal.Signals) -> None:
        observe(Stopping(signal=number.name))
        asked.set()
        release()

    def release() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask, number)
    try:
        yield
    finally:
        release()


@contextlib.contextmanager
def hanging_up(watch: Watch | None, asked: asyncio.Event, observe: Observer) -> Iterator[None]:
    """SIGHUP asks for a look at the config, where one is followed; to stop, if it means that our terminal is gone."""
    if watch is None:
        yield
        return
    loop, attended = asyncio.get_running_loop(), os.isatty(_STDERR)

    def hung_up() -> None:
        if attended and not os.isatty(_STDERR):
            observe(Stopping(signal="SIGHUP"))
            asked.set()
        else:
            watch.ask()

    loop.add_signal_handler(signal.SIGHUP, hung_up)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
