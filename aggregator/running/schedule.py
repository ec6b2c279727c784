"""The heartbeat: APScheduler calls one function, again and again; what is due is decided elsewhere.

A job per source would put the decision into the scheduler, where a late job is skipped with a mere warning. So there
is one job, and whatever fell due while the process or the machine slept is due at its next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

TICK = timedelta(seconds=5)
"""How late a source may be asked; a look at 1,000 states costs a millisecond or two."""


class Schedule:
    """Calls `tick` in the running event loop: at once, then every `every`, until stopped."""

    def __init__(self, tick: Callable[[], None], *, every: timedelta = TICK) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._every = every
        self._minding: asyncio.TimerHandle | None = None

        async def job() -> None:  # APScheduler runs plain functions in threads
            tick()

        self._scheduler.add_job(
            job,
            "interval",
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC),
            misfire_grace_time=None,  # late is better than never
            coalesce=True,
            max_instances=1,
        )

    def start(self) -> None:
        """Needs a running event loop."""
        self._scheduler.start()
        self._mind()

    def stop(self) -> None:
        """No call of `tick` comes after this one returns; stopping twice is fine."""
        if self._minding:
            self._minding.cancel()
        if self._scheduler.get_jobs():  # the scheduler itself ends a turn of the event loop later, and only once
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)

    def _mind(self) -> None:
        """The scheduler waits for a time of day: where the clock was set back by a year, it would for a year."""
        for job in self._scheduler.get_jobs():
            now = datetime.now(UTC)
            if job.next_run_time - now > self._every:
                job.modify(next_run_time=now)
        self._minding = asyncio.get_running_loop().call_later(self._every.total_seconds() / 2, self._mind)
