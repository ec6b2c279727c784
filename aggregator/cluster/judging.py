"""One worker judges what all of them bring: as the daemon does what it fetched itself, in the order of the numbers.

Who judges holds the store's writer lock. Facts come exactly once, though a delivery may be judged any number of times:
it leaves in the commit of its facts, and whoever lost the lock can commit nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from aggregator.cluster.deliveries import Bench, Delivered
from aggregator.cluster_events import JudgeDisplaced, JudgingEnded, JudgingStarted
from aggregator.events import Observer
from aggregator.working import working
from feeds.errors import StoreError, StoreLocked

T = TypeVar("T")


class End(StrEnum):
    """Why judging ended."""

    STOPPED = "stopped"
    """It was asked to."""
    LOCKED = "locked"
    """It never began: another one judges, or a daemon has the store."""
    LOST = "lost"
    """The database cannot be reached, or another one judges by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of trying to judge."""

    end: End
    reason: str = ""
    """For a person; empty where it was asked to stop."""


async def judge(  # noqa: PLR0913 - what judging needs of the one who works
    opened: Callable[[], AbstractContextManager[Bench]],
    *,
    stop: asyncio.Event,
    woken: asyncio.Event,
    observe: Observer,
    displace: Callable[[], str] = lambda: "",
    judges: Callable[[bool], None] = lambda _: None,
) -> Ended:
    """Judge until `stop`, if nobody else does; what is published meanwhile stays when this returns.

    `opened` opens the store for writing and all that goes with it, in a thread, and raises StoreError; it is closed
    again. `woken`: there is something to judge; it is looked for at every tick anyway. Where another one judges,
    `displace` may end that, and tells whom it ended, else nobody (""). `judges` is told when judging begins and ends.
    """
    try:
        bench = await _entered(opened, displace, observe)
    except StoreLocked as error:
        return Ended(end=End.LOCKED, reason=str(error))
    except StoreError as error:
        return Ended(end=End.LOST, reason=str(error))
    async with bench as found:
        observe(JudgingStarted())
        judges(True)
        try:
            ended = await _judged(found, stop=stop, woken=woken)
        except StoreError as error:
            ended = Ended(end=End.LOST, reason=str(error))
        finally:
            judges(False)
        observe(JudgingEnded(reason=ended.reason))
        return ended
