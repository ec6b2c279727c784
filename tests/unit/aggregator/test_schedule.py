"""The heartbeat, by the event loop's clock: what it calls, and when it is silent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.running.schedule import Schedule

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def reach(beats: list[int], number: int) -> None:
    async with asyncio.timeout(30):
        while len(beats) < number:
            await asyncio.sleep(0.01)


async def test_it_beats_at_once_and_again_until_stopped():
    beats: list[int] = []
    schedule = Schedule(lambda: beats.append(1), every=timedelta(seconds=0.05))
    schedule.start()
    await reach(beats, 3)
    schedule.stop()
    schedule.stop()
    stopped_at = len(beats)
    await asyncio.sleep(0.2)

    assert len(beats) == stopped_at


async def test_it_beats_once_at_once_and_then_waits():
    beats: list[int] = []
    schedule = Schedule(lambda: beats.append(1), every=timedelta(hours=1))
    schedule.start()
    await reach(beats, 1)
    await asyncio.sleep(0.05)
    schedule.stop()

    assert beats == [1]


async def test_a_beat_that_fails_does_not_end_it(caplog):
    beats: list[int] = []

    def fail() -> None:
        beats.append(1)
        raise RuntimeError("no pulse")

    schedule = Schedule(fail, every=timedelta(seconds=0.05))
    schedule.start()
    await reach(beats, 2)
    schedule.stop()

    assert "no pulse" in caplog.text


async def test_a_late_beat_is_made_up_for_once():
    """As after a suspended machine: the job is an hour late, and it runs, and it runs once."""
    beats: list[int] = []
    schedule = Schedule(lambda: beats.append(1), every=timedelta(minutes=10))
    [job] = schedule._scheduler.get_jobs()
    job.modify(next_run_time=datetime.now(UTC) - timedelta(hours=1))
    schedule.start()
    await reach(beats, 1)
    await asyncio.sleep(0.05)
    schedule.stop()

    assert beats == [1]


async def test_it_goes_on_when_the_clock_was_set_back():
    """As it is then: the next beat is a year ahead by the clock."""
    beats: list[int] = []
    schedule = Schedule(lambda: beats.append(1), every=timedelta(seconds=0.05))
    schedule.start()
    await reach(beats, 1)
    [job] = schedule._scheduler.get_jobs()
    job.modify(next_run_time=datetime.now(UTC) + timedelta(days=365))
    await reach(beats, 4)
    schedule.stop()
    await asyncio.sleep(0.1)

    assert len(beats) in {4, 5}
