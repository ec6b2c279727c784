"""A database that goes away under jobs: their work ends with an error of ours, in time, and another one begins anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from aggregator.cluster import jobs as module
from aggregator.cluster.jobs import Jobs
from aggregator.cluster.pace import Pace
from storage.postgres.session import Lost
from tests.fakes import postgres

BRISK = Pace(poll=0.2, look=0.2, answer=4, connection=6, beat=0.3, silent=1, rescue=1, patience=0.3)
CALM = replace(BRISK, answer=60, connection=60)
"""Where the database answers."""

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as started:
        yield started


class Work:
    """Two kinds of jobs: some that end, and one that would last for a minute."""

    def __init__(self) -> None:
        self.done = 0
        self.begun = asyncio.Event()
        self.given_up = False
        self.stop = asyncio.Event()

    async def short(self) -> None:
        self.done += 1

    async def long(self) -> None:
        self.begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.given_up = True
            raise

    def of(self, jobs: Jobs) -> asyncio.Task[None]:
        tasks = {"short": self.short, "long": self.long}
        work = jobs.work(tasks, queues=["long"], concurrency=3, stop=self.stop, each_second=["short"])
        return asyncio.create_task(work)


async def begun(jobs: Jobs) -> tuple[Work, asyncio.Task[None]]:
    work = Work()
    await jobs.defer("long")
    running = work.of(jobs)
    async with asyncio.timeout(60):
        await work.begun.wait()
        while not work.done:
            await asyncio.sleep(0.02)
    return work, running


async def goes_on(server: postgres.Server) -> None:
    """With another `Jobs`, and with the job of the one that was lost."""
    work = Work()
    async with asyncio.timeout(60), Jobs(server.url(), pace=CALM) as jobs:
        running = work.of(jobs)
        await work.begun.wait()
        work.stop.set()
        await running


async def nothing_is_left(before: set[asyncio.Task]) -> None:
    """Nothing runs that did not run before; who waits for a connection gives up after a while of its own."""
    async with asyncio.timeout(60):
        while asyncio.all_tasks() != before:
            await asyncio.sleep(0.05)


@contextmanager
def frozen(server: postgres.Server) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


async def test_work_ends_when_the_database_is_stopped_hard_and_its_job_is_done_later(server, caplog):
    before = asyncio.all_tasks()
    async with Jobs(server.url(), pace=BRISK) as jobs:
        work, running = await begun(jobs)
        await asyncio.to_thread(server.stop, "immediate")
        with pytest.raises(Lost, match=r"^PostgreSQL: "):
            await asyncio.wait_for(running, 60)
        with pytest.raises(Lost):
            await jobs.defer("long")
    assert work.given_up
    await nothing_is_left(before)
    await asyncio.to_thread(server.start)
    await goes_on(server)
    assert caplog.messages == []


async def test_a_server_that_keeps_its_connections_and_answers_nothing_is_not_waited_for(server):
    before = asyncio.all_tasks()
    async with Jobs(server.url(), pace=BRISK) as jobs:
        work, running = await begun(jobs)
        with frozen(server):
            async with asyncio.timeout(60):
                with pytest.raises(Lost, match=r"^PostgreSQL: "):
                    await running
                await jobs.__aexit__(None, None, None)
    assert work.given_up
    await nothing_is_left(before)
    await goes_on(server)


async def test_a_stop_while_nothing_answers_takes_seconds(server):
    async with Jobs(server.url(), pace=BRISK) as jobs:
        work, running = await begun(jobs)
        with frozen(server):
            work.stop.set()
            await asyncio.wait_for(running, 40)


async def test_a_server_that_is_restarted_is_worked_with_at_once_or_anew(server):
    async with Jobs(server.url(), pace=BRISK) as jobs:
        work, running = await begun(jobs)
        for _ in range(2):
            await asyncio.to_thread(server.stop, "immediate")
            await asyncio.to_thread(server.start)
        done = work.done
        async with asyncio.timeout(60):
            while work.done < done + 3 and not running.done():
                await asyncio.sleep(0.05)
        if running.done():
            with pytest.raises(Lost):
                running.result()
        else:
            work.stop.set()
            await asyncio.wait_for(running, 60)


async def test_two_works_of_one_end_together(server):
    before = asyncio.all_tasks()
    async with Jobs(server.url(), pace=BRISK) as jobs:
        _, one = await begun(jobs)
        other = asyncio.create_task(
            jobs.work({"judge": asyncio.Event().wait}, queues=["judge"], concurrency=1, stop=asyncio.Event())
        )
        await asyncio.to_thread(server.stop, "immediate")
        for running in (one, other):
            with pytest.raises(Lost):
                await asyncio.wait_for(running, 60)
    await nothing_is_left(before)


async def test_work_that_is_cancelled_leaves_nothing_behind(server):
    before = asyncio.all_tasks()
    async with Jobs(server.url(), pace=CALM) as jobs:
        work, running = await begun(jobs)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 60)
    assert work.given_up
    await nothing_is_left(before)


async def test_a_clock_that_is_set_back_keeps_no_job_of_each_second_away(server, monkeypatch):
    ahead = 3600.0

    class Clock:
        monotonic = staticmethod(time.monotonic)

        @staticmethod
        def time() -> float:
            return time.time() + ahead

    monkeypatch.setattr(module, "time", Clock)
    monkeypatch.setattr("procrastinate.periodic.time", Clock)
    async with Jobs(server.url(), pace=CALM) as jobs:
        work, running = await begun(jobs)
        ahead = 0.0
        done = work.done
        async with asyncio.timeout(60):
            while work.done < done + 3:
                await asyncio.sleep(0.05)
        work.stop.set()
        await asyncio.wait_for(running, 60)
