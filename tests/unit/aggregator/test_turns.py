"""Turns: one request at a time per host, a pause between two, a limit on all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.fetching.slots import Slots
from aggregator.fetching.turns import Turns
from feeds.errors import TransportError
from feeds.model import FailureKind

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_host_is_asked_by_one_at_a_time_in_the_order_of_asking():
    turns = Turns(gap=timedelta())
    seen: list[str] = []

    async def ask(name: str) -> None:
        async with turns.turn("tides.example"):
            seen.append(f"{name} in")
            await settle()
            seen.append(f"{name} out")

    await asyncio.gather(ask("a"), ask("b"), ask("c"))

    assert seen == ["a in", "a out", "b in", "b out", "c in", "c out"]


async def test_two_requests_to_a_host_are_a_gap_apart():
    time = Time()
    turns = Turns(gap=timedelta(seconds=2), clock=time, sleep=time.sleep)
    for _ in range(3):
        async with turns.turn("tides.example"):
            time.now += 0.5

    assert time.slept == [2.0, 2.0]


async def test_time_that_passed_anyway_counts_as_pause_and_other_hosts_need_none():
    time = Time()
    turns = Turns(gap=timedelta(seconds=2), clock=time, sleep=time.sleep)
    async with turns.turn("a.example"):
        pass
    async with turns.turn("b.example"):
        time.now += 1.5
    async with turns.turn("a.example"):
        pass
    time.now += 9
    async with turns.turn("a.example"):
        pass

    assert time.slept == [0.5]


async def test_a_slow_host_holds_up_nobody_but_its_own():
    turns = Turns(gap=timedelta(), slots=Slots(at_work=2))
    done: list[str] = []
    never = asyncio.Event()

    async def ask(host: str, until: asyncio.Event | None = None) -> None:
        async with turns.turn(host):
            if until:
                await until.wait()
            done.append(host)

    slow = [asyncio.create_task(ask("slow.example", never)) for _ in range(5)]
    await settle()
    await asyncio.gather(*(ask(f"{n}.example") for n in range(20)))

    assert len(done) == 20
    never.set()
    await asyncio.gather(*slow)


async def test_no_more_than_the_limit_work_at_once():
    turns = Turns(gap=timedelta(), slots=Slots(at_work=3))
    working: set[int] = set()
    most = 0

    async def ask(number: int) -> None:
        nonlocal most
        async with turns.turn(f"{number}.example"):
            working.add(number)
            most = max(most, len(working))
            await settle()
            working.discard(number)

    await asyncio.gather(*(ask(number) for number in range(12)))

    assert most == 3


async def test_a_turn_that_fails_or_is_given_up_goes_on_to_the_next():
    turns = Turns(gap=timedelta(), slots=Slots(at_work=1))
    with pytest.raises(RuntimeError):
        async with turns.turn("tides.example"):
            raise RuntimeError
    holder = asyncio.create_task(hold(turns, "tides.example"))
    waiter = asyncio.create_task(hold(turns, "tides.example"))
    await settle()
    waiter.cancel()
    holder.cancel()
    await asyncio.gather(holder, waiter, return_exceptions=True)

    async with turns.turn("tides.example"):
        pass


async def hold(turns: Turns, host: str) -> None:
    async with turns.turn(host):
        await asyncio.Event().wait()


async def test_hosts_are_forgotten_once_their_pause_is_over():
    time = Time()
    turns = Turns(gap=timedelta(seconds=2), clock=time, sleep=time.sleep)
    for number in range(1000):
        async with turns.turn(f"{number}.example"):
            time.now += 1

    assert len(turns._hosts) < 10


async def test_who_waits_for_a_host_that_is_held_meanwhile_learns_for_how_long():
    time = Time()
    turns = Turns(gap=timedelta(seconds=2), clock=time, sleep=time.sleep)
    ended = asyncio.Event()

    async def ask() -> None:
        async with turns.turn("tides.example"):
            await ended.wait()

    first, second = asyncio.create_task(ask()), asyncio.create_task(ask())
    await settle()
    turns.hold("tides.example", timedelta(seconds=60))
    turns.hold("tides.example", timedelta(seconds=10))
    ended.set()
    await first
    with pytest.raises(TransportError, match=r"not asked, as tides\.example has asked for fewer") as caught:
        await second

    assert (caught.value.kind, caught.value.retry_after) == (FailureKind.HELD, timedelta(seconds=58))
    async with turns.turn("other.example"):
        pass
    time.now += 58
    async with turns.turn("tides.example"):
        pass
    assert turns._held == {}


async def test_spellings_of_a_host_share_its_turn_and_its_hold():
    time = Time()
    turns = Turns(gap=timedelta(seconds=2), clock=time, sleep=time.sleep)
    for host in ("bücher.example", "XN--BCHER-KVA.example", "bücher.example."):
        async with turns.turn(host):
            pass
    assert time.slept == [2, 2]
    turns.hold("bücher.example.", timedelta(seconds=60))
    with pytest.raises(TransportError):
        async with turns.turn("xn--bcher-kva.example"):
            pass


async def test_whoever_has_the_turn_waits_last_until_it_is_sure():
    time, order = Time(), []
    may = asyncio.Event()

    async def sure() -> None:
        order.append(f"waits at {time.now:g}")
        await may.wait()

    turns = Turns(gap=timedelta(seconds=2), clock=time, sleep=time.sleep, sure=sure)

    async def ask(name: str) -> None:
        async with turns.turn("tides.example"):
            order.append(name)

    asking = asyncio.gather(ask("a"), ask("b"))
    await settle()
    assert order == ["waits at 100"]
    may.set()
    await asking
    assert order == ["waits at 100", "a", "waits at 102", "b"]


async def test_who_gives_up_before_it_is_sure_leaves_the_turn_to_the_next():
    async def never() -> None:
        await asyncio.sleep(1_000)

    turns = Turns(gap=timedelta(), sure=never)
    waiting = asyncio.create_task(turns.turn("tides.example").__aenter__())
    await settle()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    turns._sure = settle
    async with asyncio.timeout(30), turns.turn("tides.example"):
        pass
