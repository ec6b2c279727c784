"""Jobs in a real database: who does them, how often, and what becomes of those that nobody ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import psycopg
import pytest

from aggregator.cluster.jobs import Jobs
from aggregator.cluster.pace import Pace
from feeds.errors import StoreError
from storage.postgres.session import Lost

FETCHING = "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'fetch'"
BRISK = Pace(poll=0.2, look=0.2, answer=30, connection=30, beat=0.2, silent=30, rescue=1, patience=0.3)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def rows(url: str, statement: str) -> list:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path TO topicwire_jobs")
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


async def comes(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def working(jobs: Jobs, tasks: dict, *, concurrency: int = 4, **options) -> AsyncIterator[asyncio.Task]:
    stop = asyncio.Event()
    work = jobs.work(tasks, queues=list(tasks), concurrency=concurrency, stop=stop, **options)
    running = asyncio.create_task(work)
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait([running], timeout=60)
        running.result()


@pytest.mark.anyio
async def test_each_job_is_done_once_by_one_of_two_who_take_from_its_queue(postgres_url):
    done = {"here": 0, "there": 0}

    def doing(where: str):
        async def do() -> None:
            done[where] += 1
            await comes(lambda: min(done.values()) > 0)  # else the first to come might do them all

        return do

    async with Jobs(postgres_url, pace=BRISK) as here, Jobs(postgres_url, pace=BRISK) as there:
        for _ in range(60):
            assert await here.defer("fetch")
        async with working(here, {"fetch": doing("here")}), working(there, {"fetch": doing("there")}):
            await comes(lambda: sum(done.values()) >= 60)
            await comes(lambda: rows(postgres_url, "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'fetch'") == [])
    assert sum(done.values()) == 60
    assert min(done.values()) > 0


@pytest.mark.anyio
async def test_a_queue_is_left_alone_by_those_who_do_not_take_from_it(postgres_url):
    judged = []

    async def judge() -> None:
        judged.append(1)

    async def fetch() -> None:
        pass

    async with Jobs(postgres_url, pace=BRISK) as jobs:
        await jobs.defer("judge")
        async with working(jobs, {"fetch": fetch}):
            await asyncio.sleep(0.6)
            assert judged == []
            async with working(jobs, {"judge": judge}):
                await comes(lambda: judged == [1])


@pytest.mark.anyio
async def test_of_jobs_with_one_mark_one_waits_and_another_may_run(postgres_url):
    begun, go_on = [], asyncio.Event()

    async def judge() -> None:
        begun.append(1)
        await go_on.wait()

    async with Jobs(postgres_url, pace=BRISK) as jobs:
        assert [await jobs.defer("judge", once="judge") for _ in range(3)] == [True, False, False]
        async with working(jobs, {"judge": judge}, concurrency=1):
            await comes(lambda: begun == [1])
            assert [await jobs.defer("judge", once="judge") for _ in range(3)] == [True, False, False]
            go_on.set()
            await comes(lambda: begun == [1, 1])


@pytest.mark.anyio
async def test_a_job_of_each_second_is_one_for_all_who_work(postgres_url):
    seconds = []

    async def dispatch() -> None:
        seconds.append(asyncio.get_running_loop().time())

    async with Jobs(postgres_url, pace=BRISK) as one, Jobs(postgres_url, pace=BRISK) as two:
        began = asyncio.get_running_loop().time()
        async with (
            working(one, {"dispatch": dispatch}, each_second=["dispatch"]),
            working(two, {"dispatch": dispatch}, each_second=["dispatch"]),
        ):
            await comes(lambda: len(seconds) >= 2)
        took = asyncio.get_running_loop().time() - began
    assert len(seconds) <= took + 2
    assert rows(postgres_url, "SELECT count(*) FROM procrastinate_events") <= [(4,)]  # of jobs that wait


@pytest.mark.anyio
async def test_what_a_task_raises_ends_the_work_and_gives_up_the_others(postgres_url):
    begun, given_up = asyncio.Event(), []

    async def long() -> None:
        begun.set()
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            given_up.append(1)
            raise

    async def wrong() -> None:
        await begun.wait()
        raise StoreError("the disk is full")

    async with Jobs(postgres_url, pace=BRISK) as jobs:
        await jobs.defer("long")
        await jobs.defer("wrong")
        with pytest.raises(StoreError, match="the disk is full"):
            async with asyncio.timeout(60):
                await jobs.work(
                    {"long": long, "wrong": wrong}, queues=["long", "wrong"], concurrency=2, stop=asyncio.Event()
                )
    assert given_up == [1]
    assert rows(postgres_url, "SELECT 1 FROM procrastinate_jobs WHERE task_name IN ('long', 'wrong')") == []


@pytest.mark.anyio
async def test_a_stop_lets_jobs_end_and_gives_up_those_that_take_longer(postgres_url):
    begun, ends = [], []
    leave = asyncio.Event()

    def lasting(until: asyncio.Event):
        async def do() -> None:
            begun.append(until)
            try:
                await until.wait()
                ends.append("ended")
            except asyncio.CancelledError:
                ends.append("given up")
                raise

        return do

    async with Jobs(postgres_url, pace=replace(BRISK, patience=2)) as jobs:
        await jobs.defer("short")
        await jobs.defer("long")
        async with working(jobs, {"short": lasting(leave), "long": lasting(asyncio.Event())}):
            await comes(lambda: len(begun) == 2)
            asyncio.get_running_loop().call_later(0.3, leave.set)
    assert ends == ["ended", "given up"]
    assert rows(postgres_url, "SELECT count(*) FROM procrastinate_workers") == [(0,)]


@pytest.mark.anyio
async def test_jobs_of_a_worker_that_gives_no_sign_of_life_are_done_again(postgres_url):
    done = []

    async def fetch() -> None:
        done.append(1)

    async with Jobs(postgres_url, pace=BRISK) as jobs:
        await jobs.defer("fetch")
        await jobs.defer("fetch", once="1")
        # As a worker leaves it that was killed with two jobs, of which somebody has put one into the queue since.
        rows(postgres_url, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        rows(
            postgres_url,
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)",
        )
        await jobs.defer("fetch", once="1")
        async with working(jobs, {"other": fetch}):
            await comes(lambda: rows(postgres_url, FETCHING) == [("todo",), ("todo",)])
        async with working(jobs, {"fetch": fetch}):
            await comes(lambda: rows(postgres_url, FETCHING) == [])
    assert len(done) == 2


@pytest.mark.anyio
async def test_a_job_that_became_somebody_elses_meanwhile_disturbs_nobody(postgres_url, caplog):
    caplog.set_level("DEBUG")
    begun, go_on = [], asyncio.Event()

    async def fetch() -> None:
        begun.append(1)
        await go_on.wait()

    async with Jobs(postgres_url, pace=BRISK) as jobs:
        await jobs.defer("fetch")
        async with working(jobs, {"fetch": fetch}):
            await comes(lambda: begun == [1])
            rows(postgres_url, "DELETE FROM procrastinate_jobs WHERE task_name = 'fetch'")
            go_on.set()
            await jobs.defer("fetch")
            await comes(lambda: begun == [1, 1])
    assert [record for record in caplog.records if record.name != "topicwire" and record.levelno >= logging.INFO] == []


@pytest.mark.anyio
async def test_a_database_that_is_not_there_is_told_of_without_its_password(tmp_path):
    with pytest.raises(Lost) as told:
        async with Jobs(f"postgresql://wire:hush-hush@/none?host={tmp_path}"):
            pass
    assert "PostgreSQL cannot be reached" in str(told.value)
    assert "hush" not in str(told.value)
