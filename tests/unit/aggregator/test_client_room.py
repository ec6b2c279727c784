"""Room for bodies: all of them together stay within it, and whoever has held most for longest gives way."""

from __future__ import annotations

import asyncio

import pytest

from aggregator.fetching.client.room import Room
from feeds.errors import TransportError
from feeds.model import FailureKind

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Arrival:
    """A body that grows when it is told to, under a deadline far away."""

    def __init__(self, room: Room) -> None:
        self.ended = asyncio.Event()
        self.ready = asyncio.Event()
        self.task = asyncio.create_task(self._arrive(room))

    async def _arrive(self, room: Room) -> str:
        try:
            async with asyncio.timeout(3600) as deadline:
                with room.body(deadline) as self.body:
                    self.ready.set()
                    await self.ended.wait()
        except TransportError as error:
            return f"{error.kind}: {error}"
        return "whole"


async def arrivals(room: Room, count: int) -> list[Arrival]:
    found = []
    for _ in range(count):
        found.append(Arrival(room))
        await found[-1].ready.wait()
    return found


async def end(*bodies: Arrival) -> list[str]:
    await asyncio.sleep(0)
    for each in bodies:
        each.ended.set()
    return [await each.task for each in bodies]


TOO_SLOW = (
    f"{FailureKind.TIMEOUT}: too much was arriving at once, and this document came slowest; it will be asked for again"
)


async def test_bodies_that_fit_are_left_alone():
    one, two = await arrivals(Room(100), 2)
    one.body.grow(50)
    two.body.grow(50)

    assert await end(one, two) == ["whole", "whole"]


async def test_the_one_that_held_most_for_longest_gives_way_to_the_others():
    slow, tiny, quick = await arrivals(Room(100), 3)
    slow.body.grow(60)
    tiny.body.grow(1)
    quick.body.grow(50)
    quick.body.grow(30)

    assert await end(slow, tiny, quick) == [TOO_SLOW, "whole", "whole"]


async def test_one_that_has_to_go_may_still_get_what_was_on_its_way():
    slow, quick = await arrivals(Room(100), 2)
    slow.body.grow(60)
    quick.body.grow(50)
    slow.body.grow(30)

    assert await end(slow, quick) == [TOO_SLOW, "whole"]


async def test_it_may_be_the_one_that_asks_for_more():
    slow, other = await arrivals(Room(100), 2)
    other.body.grow(10)
    with pytest.raises(TransportError, match="came slowest"):
        slow.body.grow(95)

    assert await end(slow, other) == ["whole", "whole"]  # what the caller makes of the error is not the room's business


async def test_no_more_give_way_than_have_to():
    bodies = await arrivals(Room(100), 5)
    for each in bodies:
        each.body.grow(20)
    bodies[4].body.grow(1)
    bodies[4].body.grow(1)

    outcomes = await end(*bodies)
    assert outcomes.count(TOO_SLOW) == 1


async def test_room_is_given_back_however_a_body_ends():
    room = Room(100)
    for _ in range(3):
        one, two = await arrivals(room, 2)
        one.body.grow(60)
        two.body.grow(60)
        assert sorted(await end(one, two)) == sorted([TOO_SLOW, "whole"])
        cancelled = (await arrivals(room, 1))[0]
        cancelled.body.grow(90)
        cancelled.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled.task

    last = (await arrivals(room, 1))[0]
    last.body.grow(100)
    assert await end(last) == ["whole"]
