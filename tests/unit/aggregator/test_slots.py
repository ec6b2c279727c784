"""Slots: a limit on what works at once, and none on what only waits, up to the sockets that there are."""

from __future__ import annotations

import asyncio
import resource
from datetime import timedelta

import pytest

from aggregator.fetching.slots import ASIDE, Slots, room_aside
from aggregator.serving.front import child

pytestmark = pytest.mark.anyio
AT_ONCE, NEVER = timedelta(seconds=0.001), timedelta(hours=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Crowd:
    """Exchanges that hold their slot until they are told to go."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.inside: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    def arrive(self, number: int) -> None:
        self.gates[number] = asyncio.Event()
        self.tasks[number] = asyncio.create_task(self._stay(number))

    async def _stay(self, number: int) -> None:
        async with self.slots.slot():
            self.inside.append(number)
            try:
                await self.gates[number].wait()
            finally:
                self.inside.remove(number)

    async def leave(self, number: int) -> None:
        self.gates[number].set()
        await self.tasks[number]

    async def settles(self, *inside: int) -> bool:
        """Whether these are inside, once they have had the time for it, and stay; a step aside may take several."""
        async with asyncio.timeout(60):
            while self.inside != list(inside):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        return self.inside == list(inside)

    async def go_home(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


async def test_as_many_work_at_once_as_there_are_slots():
    crowd = Crowd(Slots(at_work=2, aside=9, patience=NEVER))
    for number in range(4):
        crowd.arrive(number)

    assert await crowd.settles(0, 1)
    await crowd.leave(0)
    assert await crowd.settles(1, 2)
    await crowd.go_home()


async def test_whoever_only_waits_steps_aside_for_the_next():
    crowd = Crowd(Slots(at_work=1, aside=9, patience=AT_ONCE))
    for number in range(5):
        crowd.arrive(number)

    assert await crowd.settles(0, 1, 2, 3, 4)
    await crowd.go_home()


async def test_when_there_is_no_place_aside_the_slot_is_kept_until_there_is():
    crowd = Crowd(Slots(at_work=1, aside=2, patience=AT_ONCE))
    for number in range(5):
        crowd.arrive(number)

    assert await crowd.settles(0, 1, 2)
    await crowd.leave(1)
    assert await crowd.settles(0, 2, 3)
    await crowd.leave(3)
    assert await crowd.settles(0, 2, 4)
    await crowd.go_home()


async def test_places_are_given_back_however_an_exchange_ends():
    slots = Slots(at_work=1, aside=1, patience=AT_ONCE)
    for _ in range(3):
        crowd = Crowd(slots)
        for number in range(4):
            crowd.arrive(number)
        assert await crowd.settles(0, 1)
        await crowd.go_home()
        with pytest.raises(RuntimeError):
            async with slots.slot():
                raise RuntimeError


async def test_nobody_steps_aside_while_the_program_itself_is_late():
    slots = Slots(at_work=1, aside=9, patience=NEVER)
    crowd = Crowd(slots)
    crowd.arrive(0)
    crowd.arrive(1)
    assert await crowd.settles(0)
    slot_due = asyncio.get_running_loop().time() - 9999

    late = next(iter(_slots_of(slots)))
    slots._step_aside(late, slot_due)

    assert late.aside is False
    await crowd.go_home()


def _slots_of(slots: Slots) -> list:
    """Slots are known to nobody but their holders: find the one that is waiting for its timer."""
    loop = asyncio.get_running_loop()
    return [
        argument
        for handle in loop._scheduled
        if not handle.cancelled() and getattr(handle._callback, "__self__", None) is slots
        for argument in handle._args[:1]
    ]


@pytest.mark.parametrize(
    ("soft", "hard", "room", "raised"),
    [
        (1024, 1024, 640, 1024),
        (1024, 1500, 1116, 1500),
        (1024, 500_000, ASIDE, 2384),
        (1024, resource.RLIM_INFINITY, ASIDE, 2384),
        (90_000, 90_000, ASIDE, 90_000),
        (256, 256, 0, 256),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, ASIDE, resource.RLIM_INFINITY),
    ],
)
def test_the_place_aside_follows_from_the_descriptors_that_the_system_allows(soft, hard, room, raised, monkeypatch):
    limits = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda which: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda which, to: limits.append(to))

    assert room_aside(128) == room
    assert limits[-1] == (raised, hard)


def test_a_system_that_lets_no_limit_be_raised_costs_room_and_nothing_else(monkeypatch):
    """A service may be kept from the system call."""

    def refuse(which: int, to: tuple[int, int]) -> None:
        raise PermissionError(which, to)

    monkeypatch.setattr(resource, "getrlimit", lambda which: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert room_aside(128) == 640
    child._allow_files()
