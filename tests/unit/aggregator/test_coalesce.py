"""Rounds of work: never two at once, nothing asked for is lost."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from aggregator.observing.events import Event, PublishFailed
from aggregator.running.coalesce import Coalesced
from feeds.errors import StoreError

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Rounds:
    """Work that notes its rounds and can be made to wait or fail."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []
        self.events: list[Event] = []
        self.begun, self.gate = threading.Event(), threading.Event()
        self.gate.set()
        self.faults: list[Exception] = []
        self.more = 0
        """How many rounds say that there is more to do."""
        self.alone = asyncio.Lock()
        self.refused: list[StoreError] = []
        self.coalesced = Coalesced(
            self.work,
            alone=self.alone,
            observe=self.events.append,
            refused=self.refused.append,
            pause=timedelta(),
        )

    def work(self, ids: tuple[str, ...]) -> bool:
        self.begun.set()
        assert self.gate.wait(60)
        assert threading.current_thread() is not threading.main_thread()
        assert self.alone.locked()
        if self.faults:
            raise self.faults.pop()
        self.done.append(ids)
        self.more -= 1
        return self.more >= 0


async def test_a_round_that_says_there_is_more_to_do_is_followed_by_another_one():
    rounds = Rounds()
    rounds.more = 2
    rounds.coalesced.add(("a",))
    async with asyncio.timeout(60):
        while len(rounds.done) < 3:
            await asyncio.sleep(0.01)
    await rounds.coalesced.settle()
    assert rounds.done == [("a",), (), ()]


async def test_what_settles_does_not_wait_for_more():
    rounds = Rounds()
    rounds.more = 1000
    rounds.gate.clear()
    rounds.coalesced.add(("a",))
    asyncio.get_running_loop().call_later(0.05, rounds.gate.set)
    await rounds.coalesced.settle()
    assert rounds.done == [("a",)]


async def test_what_gathers_during_a_round_is_the_next_one():
    rounds = Rounds()
    rounds.gate.clear()
    rounds.coalesced.add(("a",))
    assert await asyncio.to_thread(rounds.begun.wait, 60)
    for ids in (("b",), ("c", "b"), ("d",)):
        rounds.coalesced.add(ids)
    rounds.gate.set()
    await rounds.coalesced.settle()

    assert rounds.done == [("a",), ("b", "c", "d")]


async def test_a_round_without_ids_is_a_round():
    rounds = Rounds()
    rounds.coalesced.add()
    await rounds.coalesced.settle()
    await rounds.coalesced.settle()

    assert rounds.done == [()]


async def test_settling_with_nothing_asked_is_nothing():
    rounds = Rounds()
    await rounds.coalesced.settle()

    assert rounds.done == []


async def test_a_round_waits_for_whoever_has_the_store():
    rounds = Rounds()
    await rounds.alone.acquire()
    rounds.coalesced.add(("a",))
    await asyncio.sleep(0.05)
    before = list(rounds.done)
    rounds.alone.release()
    await rounds.coalesced.settle()

    assert (before, rounds.done) == ([], [("a",)])


async def test_a_round_that_fails_is_told_and_its_ids_stay_for_the_next():
    rounds = Rounds()
    rounds.faults = [RuntimeError("ink ran out")]
    rounds.coalesced.add(("a",))
    await rounds.coalesced.settle()
    rounds.coalesced.add(("b",))
    await rounds.coalesced.settle()

    assert rounds.done == [("a", "b")]
    [event] = rounds.events
    assert isinstance(event, PublishFailed)
    assert "ink ran out" in event.problem


async def test_settling_does_not_wait_for_more_to_gather():
    rounds = Rounds()
    patient = Coalesced(
        rounds.work,
        alone=rounds.alone,
        observe=rounds.events.append,
        refused=rounds.refused.append,
        pause=timedelta(hours=1),
    )
    patient.add(("a",))
    await asyncio.sleep(0.01)
    await patient.settle()

    assert rounds.done == [("a",)]


async def test_a_round_that_the_store_refused_is_told_apart_and_its_ids_come_with_the_next_one():
    rounds, refusal = Rounds(), StoreError("the database is gone")
    rounds.faults = [refusal]
    rounds.coalesced.add(("a",))
    await rounds.coalesced.settle()
    assert (rounds.refused, rounds.events, rounds.done) == ([refusal], [], [])
    rounds.coalesced.add(("b",))
    await rounds.coalesced.settle()
    assert rounds.done == [("a", "b")]
