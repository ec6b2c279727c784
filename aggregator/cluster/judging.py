"""One worker judges what all of them bring: as the daemon does what it fetched itself, in the order of the numbers.

Who judges holds the store's writer lock. Facts come exactly once, though a delivery may be judged any number of times:
it leaves in the commit of its facts, and whoever lost the lock can commit nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from aggregator.cluster.taking import Bench, Taking
from aggregator.observing.cluster_events import JudgeDisplaced, JudgingEnded, JudgingStarted
from aggregator.observing.events import Observer
from aggregator.running.working import Coming, working
from feeds.errors import StoreError, StoreLocked

Opened = Callable[[], AbstractContextManager[Bench]]
"""Opens the store for writing and all that goes with it; raises StoreError. Called in a thread."""


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


async def judge(
    opened: Opened,
    *,
    stop: asyncio.Event,
    woken: asyncio.Event,
    observe: Observer,
    displace: Callable[[], str] = lambda: "",
    judges: Callable[[bool], None] = lambda _: None,
) -> Ended:
    """Judge until `stop`, if nobody else does.

    `woken` is set when there is something to judge; that is looked for at every tick anyway. Where another one judges,
    `displace` may end that: it tells whom it ended, or that it ended nobody (""). `judges` is told when judging begins,
    and when it ended.
    """
    try:
        context, bench = await _entered(opened, displace, observe)
    except StoreLocked as error:
        return Ended(end=End.LOCKED, reason=str(error))
    except StoreError as error:
        return Ended(end=End.LOST, reason=str(error))
    try:
        judges(True)
        observe(JudgingStarted())
        reason = await _judged(bench, stop=stop, woken=woken)
    except StoreError as error:
        reason = str(error)
    finally:
        judges(False)
        await _leave(context)
    observe(JudgingEnded(reason=reason))
    return Ended(end=End.LOST if reason else End.STOPPED, reason=reason)


async def _judged(bench: Bench, *, stop: asyncio.Event, woken: asyncio.Event) -> str:
    """Why no more can be judged; empty: it was asked to stop. Raises StoreError."""
    taking: list[Taking] = []

    def opening(changed: Callable[[Iterable[str]], None], resumed: Callable[[], None]) -> Coming:
        taking.append(Taking(bench, changed=changed, resumed=resumed, woken=woken))
        return taking[0]

    asked = asyncio.create_task(stop.wait())
    try:
        async with working(bench.work, opening, behind=True):
            await asyncio.wait([asked, taking[0].lost], return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
    lost = taking[0].lost
    if lost.done():
        return lost.result()
    lost.cancel()  # a stop waits for so long only, and a database may not answer at all
    return ""


async def _entered(
    opened: Opened, displace: Callable[[], str], observe: Observer
) -> tuple[AbstractContextManager[Bench], Bench]:
    """Raises StoreError."""
    try:
        return await _enter(opened)
    except StoreLocked:
        worker = await asyncio.to_thread(displace)
        if not worker:
            raise
    observe(JudgeDisplaced(worker=worker))
    return await _enter(opened)


async def _enter(opened: Opened) -> tuple[AbstractContextManager[Bench], Bench]:
    """In a thread: a large store takes a minute, and meanwhile others are asked."""

    def enter() -> tuple[AbstractContextManager[Bench], Bench]:
        context = opened()
        return context, context.__enter__()

    entering = asyncio.create_task(asyncio.to_thread(enter))
    try:
        return await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait([entering])
        if not entering.exception():
            await _leave(entering.result()[0])
        raise


async def _leave(context: AbstractContextManager[Bench]) -> None:
    """To its end also when cancelled: a lock that stays would keep everybody else from judging."""
    leaving = asyncio.create_task(asyncio.to_thread(context.__exit__, None, None, None))
    try:
        await asyncio.shield(leaving)
    except asyncio.CancelledError:
        await asyncio.wait([leaving])
        raise
