"""What does not follow from the config: time, chance and manners."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import CLOCK_BOOTTIME, clock_gettime, monotonic
from uuid import UUID, uuid4

from aggregator.fetching.turns import Turns


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def uptime() -> timedelta:
    """Time that passed since the machine started, or another moment that nobody sets; sleep included on Linux."""
    return timedelta(seconds=clock_gettime(CLOCK_BOOTTIME) if sys.platform == "linux" else monotonic())


def boot() -> str:
    """Which start of the machine this is; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What does not follow from the config: time, chance and manners, so that tests can choose them."""

    clock: Callable[[], datetime] = utc_now
    """Aware, UTC."""
    uptime: Callable[[], timedelta] = uptime
    """Grows evenly, whatever happens to the clock."""
    boot: str = field(default_factory=boot)
    """Since when it grows: two processes with the same word count from the same moment."""
    draw: Callable[[], float]
    """Jitter, from -1 to 1."""
    mint: Callable[[], UUID] = uuid4
    turns: Turns | None = None
    """None: those that publishers expect."""


def real_world() -> World:
    """The machine's clock and its randomness."""
    random = Random()  # noqa: S311 - jitter keeps no secret
    return World(draw=lambda: random.uniform(-1, 1))
