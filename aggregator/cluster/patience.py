"""Whoever asks while somebody waits asks for a few seconds only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def patient(cut: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `cut`, from a thread of its own, when the context lasts for longer."""
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
