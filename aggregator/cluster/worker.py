"""One of several processes on one database: it asks sources, and judges as well when nobody else does.

Fetching, judging and giving signs of life are three things that wait for the database each by itself: losing it for a
moment costs the requests under way, and no more. Which of them has to be done where, jobs say; who may ask a host,
leases; who may write, a lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.cluster.bringing import seen_through
from aggregator.cluster.candidate import Candidate, OneAtATime, pause
from aggregator.cluster.fetching import Fetching
from aggregator.cluster.jobs import Jobs
from aggregator.cluster.judging import Opened
from aggregator.cluster.tally import Tally
from aggregator.observing.cluster_events import (
    DaemonAtWork,
    DatabaseAway,
    DatabaseBack,
    WorkBroken,
    WorkerJoined,
    WorkerLeft,
)
from aggregator.observing.events import Observer
from aggregator.reload import Watch
from aggregator.running.notify import Supervisor
from aggregator.running.signals import hanging_up, stopping
from feeds.errors import StoreError
from storage.postgres.crew import Crew
from storage.postgres.session import Lost
from storage.work import Leases

FETCH, DISPATCH, JUDGE = "fetch", "dispatch", "judge"
"""Tasks, and the queues of their jobs."""
SHARE = 64
"""Hosts of one batch at once: what is due is shared by all workers as soon as it is more than that."""
AT_ONCE = 4
"""Batches of one worker: where the last hosts of one are slow, another one takes what is due."""
WAITING = 16
"""Most jobs that wait to fetch: workers find their next one, and no more of them are ever to be struck off."""
FORGOTTEN = timedelta(hours=1)
"""After the last sign of life of a worker that never said that it ends."""
BRIEF = timedelta(seconds=5)
"""Who writes for less than that is a command, or a worker that has given no sign of life yet."""
CALLS = timedelta(seconds=0.2)
"""Between two calls for the judge: what is brought meanwhile is judged together."""
STEADY = timedelta(seconds=3)
"""So long work has to go on, for the database to count as back."""
PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds until the database is tried again: it is told to come back, and not to be run over then."""
LAST = timedelta(seconds=8)
"""For everything to end; with starting to, and saying goodbye, a stop takes less than ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a worker is made of. What it opens itself it closes; the others are closed by who opened them."""

    name: str
    """As its connections are called: `storage.postgres.session.process_name`."""
    prepare: Callable[[], None]
    """Brings the store's tables up to date, in a thread. Raises StoreError."""
    jobs: Callable[[], AbstractAsyncContextManager[Jobs]]
    leases: Leases
    fetching: Fetching
    opened: Opened
    """What judging needs."""
    crew: Crew
    term: timedelta
    """Of a lease."""
    clock: Callable[[], datetime]
    set_clock: Callable[[Callable[[], datetime]], None]
    """Given what looks at the database's clock, which `clock` follows; called in a thread."""
    observe: Observer
    watch: Watch | None = None
    """Follows the config, also when SIGHUP asks for it; None: it stays what it was at the start."""
    tally: Tally = field(default_factory=Tally)
    supervisor: Supervisor = field(default_factory=Supervisor)


async def run(parts: Parts, *, stop: asyncio.Event | None = None) -> None:
    """Work until SIGINT, SIGTERM or `stop`. Raises StoreError where no waiting helps, before anything is fetched."""
    asked = stop or asyncio.Event()
    with stopping(asked, parts.observe), hanging_up(parts.watch, asked, parts.observe):
        if parts.watch:
            parts.watch.start()
        try:
            await _Worker(parts, asked).run()
        finally:
            if parts.watch:
                await parts.watch.stop()


class _Worker:
    def __init__(self, parts: Parts, asked: asyncio.Event) -> None:
        self._parts = parts
        self._asked = asked
        self._jobs: Jobs | None = None
        self._news = asyncio.Event()
        """There is something that the others should know soon."""
        self._brought = asyncio.Event()
        """Something waits to be judged that the judge was not called for."""
        self._joined = False
        self._away = False
        self._daemon = ""
        """Who fetches alone."""
        self._crew = OneAtATime(parts.crew)
        self._candidate = Candidate(
            parts.opened,
            self._crew,
            term=parts.term,
            observe=parts.observe,
            changed=self._news.set,
            ready=self._is_well,
        )

    async def run(self) -> None:
        signs = asyncio.create_task(self._parts.supervisor.reassure(lambda: True), name="signs of life")
        together = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("fetching", self._fetch()),
                ("judging", self._candidate.run(self._asked)),
                ("beats", self._beat()),
            )
        ]
        try:
            await asyncio.wait(together, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._asked.set()
            self._news.set()
            _, late = await asyncio.wait(together, timeout=LAST.total_seconds())
            signs.cancel()
            for one in late:
                one.cancel()
        for one in together:
            if one.done() and not one.cancelled():
                one.result()
        if self._joined:
            await self._leave()

    # --- fetching ---------------------------------------------------------------------------------------------------

    async def _fetch(self) -> None:
        """Do jobs, again and again: each time until the database is lost, or somebody asked to stop."""
        failures = 0
        while not self._asked.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await self._while_it_lasts()
            except StoreError as error:
                if not self._joined and not isinstance(error, Lost):
                    raise
                # One that is there again at the next try was not away; at that, it says better what is wrong.
                if failures or not self._joined:
                    self._tell_away(str(error))
            except Exception:  # noqa: BLE001 - a fault costs what is under way
                self._parts.observe(WorkBroken(problem=traceback.format_exc()))
            lasted = asyncio.get_running_loop().time() - began
            failures = 0 if lasted > STEADY.total_seconds() else failures + 1
            await pause(PAUSES[min(failures, len(PAUSES) - 1)], self._asked)

    async def _while_it_lasts(self) -> None:
        """Raises StoreError when it does no longer."""
        await asyncio.to_thread(self._parts.prepare)
        async with self._parts.jobs() as jobs:
            self._jobs = jobs
            if not self._joined:
                self._joined = True
                self._news.set()
                self._parts.observe(WorkerJoined(worker=self._parts.name))
            tasks = {FETCH: self._batch, DISPATCH: self._dispatch}
            work = jobs.work(tasks, queues=[FETCH], concurrency=AT_ONCE, stop=self._asked, each_second=[DISPATCH])
            try:
                await _first(work, self._call_judge(jobs), self._heed(jobs), self._settle())
            finally:
                self._jobs = None

    async def _batch(self) -> None:
        if await self._is_for_workers():
            await self._parts.fetching.batch(self._brought.set)

    async def _dispatch(self) -> None:
        """Have enough jobs wait for what is due. One for all who work together does so each second."""
        due = await seen_through(self._due()) if await self._is_for_workers() else 0
        for number in range(min(-(-due // SHARE), WAITING)):
            if self._jobs:
                await self._jobs.defer(FETCH, once=f"{FETCH} {number}")

    async def _is_for_workers(self) -> bool:
        """A daemon asks hosts without leasing them: beside it, they would be asked twice at a time."""
        before, self._daemon = self._daemon, await self._crew.ask(lambda crew: crew.outsider(BRIEF))
        if self._daemon and not before:
            self._parts.observe(DaemonAtWork(daemon=self._daemon))
        return not self._daemon

    async def _due(self) -> int:
        async with self._parts.fetching.alone:
            return await asyncio.to_thread(self._parts.leases.due, self._parts.clock())

    async def _call_judge(self, jobs: Jobs) -> None:
        """Soon after something was brought: a batch may wait for a slow host for a minute. Never returns."""
        while True:
            await self._brought.wait()
            self._brought.clear()
            await jobs.defer(JUDGE, once=JUDGE)
            await asyncio.sleep(CALLS.total_seconds())

    async def _settle(self) -> None:
        """What has gone on for a while is no longer waited for. Never returns."""
        await asyncio.sleep(STEADY.total_seconds())
        if self._away:
            self._away = False
            self._parts.observe(DatabaseBack())
        await asyncio.Event().wait()

    def _tell_away(self, reason: str) -> None:
        if not self._away and not self._asked.is_set():
            self._away = True
            self._parts.observe(DatabaseAway(reason=reason))

    # --- judging ----------------------------------------------------------------------------------------------------

    async def _heed(self, jobs: Jobs) -> None:
        """While this worker judges, it takes the jobs that say that there is something to judge. Never returns."""
        while True:
            await self._candidate.judges.wait()
            await jobs.work({JUDGE: self._wake}, queues=[JUDGE], concurrency=1, stop=self._candidate.does_not)

    async def _wake(self) -> None:
        self._candidate.woken.set()

    def _is_well(self) -> bool:
        return self._jobs is not None and not self._away

    # --- signs of life ----------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Each third of a term, and at once where there is something new to say."""
        while not self._asked.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._parts.term.total_seconds() / 3):
                    await self._news.wait()
            self._news.clear()
            if self._joined and not self._asked.is_set():
                with contextlib.suppress(StoreError):  # told of by those who need it
                    await self._sign()

    async def _sign(self) -> None:
        name, judges, figures = self._parts.name, self._candidate.judges.is_set(), self._parts.tally.figures
        await self._crew.ask(lambda crew: crew.beat(name, judges=judges, figures=figures))
        await self._crew.ask(lambda crew: self._parts.set_clock(crew.now))
        if judges:
            await self._crew.ask(lambda crew: crew.forget(FORGOTTEN))

    async def _leave(self) -> None:
        with contextlib.suppress(StoreError):
            await self._crew.ask(lambda crew: crew.leave(self._parts.name))
        self._parts.observe(WorkerLeft(worker=self._parts.name))


async def _first(*works: Coroutine[object, object, None]) -> None:
    """Until one of them ends; the others are cancelled, and seen to end. Raises what the first raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in ended:
        task.result()
