"""The backlog: while too much waits to be read, nobody new is asked; everything that was asked goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.fetching.backlog import Backlog
from aggregator.fetching.slots import Slots

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def is_low(backlog: Backlog) -> bool:
    waiting = asyncio.create_task(backlog.low())
    await settle()
    waiting.cancel()
    return waiting.done() and not waiting.cancelled()


async def test_it_is_low_until_more_waits_than_may_and_again_when_that_is_read():
    backlog = Backlog(100)
    with backlog.waits(60), backlog.waits(40):
        assert await is_low(backlog)
        with backlog.waits(1):
            assert not await is_low(backlog)
        assert await is_low(backlog)


async def test_a_document_counts_while_it_waits_for_its_reader_however_that_ends():
    backlog = Backlog(10)
    gate = asyncio.Event()

    async def read(body: bytes, *, fail: bool) -> int:
        await gate.wait()
        if fail:
            raise ValueError
        return len(body)

    counted = backlog.counting(read)
    tasks = [asyncio.create_task(counted(b"x" * 20, fail=fail)) for fail in (True, False)]
    await settle()
    assert not await is_low(backlog)
    gate.set()

    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert (type(results[0]), results[1]) == (ValueError, 20)
    assert await is_low(backlog)


async def test_no_slot_is_given_while_too_much_waits_and_none_is_lost():
    backlog = Backlog(10)
    slots = Slots(at_work=1, aside=0, patience=timedelta(hours=1), backlog=backlog)
    inside: list[int] = []

    async def ask(number: int) -> None:
        async with slots.slot():
            inside.append(number)

    with backlog.waits(11):
        tasks = [asyncio.create_task(ask(number)) for number in range(3)]
        await settle()
        assert inside == []
        tasks[0].cancel()
        await settle()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert inside == [1, 2]
