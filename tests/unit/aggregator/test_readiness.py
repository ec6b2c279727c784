"""A daemon whose scheduler stalls says so, over a real socket."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.observing.reader_events import Serving
from aggregator.operating.operations import Operations
from aggregator.operating.vitals import Vitals
from aggregator.publishing.shelf import Shelf
from tests.fakes.serving import ask as get
from tests.fakes.web import Web, reply
from tests.unit.aggregator.test_daemon import BODY, Bench, source

pytestmark = pytest.mark.anyio
TICK = timedelta(seconds=0.5)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Stalling(Bench):
    """A daemon that ticks twice a second, until its ticks break off."""

    def __init__(self, *sources, folder, apart: bool = False) -> None:
        """`apart`: a process of their own answers readers."""
        super().__init__(*sources)
        self.broken = False
        operations = Operations(store=folder, lost=lambda: 0, vitals=Vitals(tick=TICK))
        ingest = self.parts.ingest
        self.parts = replace(
            self.parts,
            sources=lambda: 1 // 0 if self.broken else sources,
            application=operations.over(self.titles),
            beat=lambda passes: operations.beat(passes, sources, ingest),
            tick=TICK,
            stocks=Shelf() if apart else None,
            posts=operations.posts,
        )

    async def ready(self) -> tuple[int, str]:
        found = await asyncio.to_thread(get, await self.port(), "/readyz")
        return found.status, found.body.decode()

    async def port(self) -> int:
        return int((await self.told(Serving)).address.rpartition(":")[2])


@pytest.mark.parametrize("apart", [False, True], ids=["in a thread", "in a process"])
async def test_a_stalled_scheduler_turns_it_red_in_less_than_two_ticks_and_it_recovers(tmp_path, apart):
    async with (
        Web({"/feed": reply(BODY)}) as web,
        Stalling(source(web.url("/feed")), folder=tmp_path, apart=apart) as bench,
    ):

        async def says(status: int, words: str) -> bool:
            found, told = await bench.ready()
            return found == status and words in told

        async with asyncio.timeout(60):
            while not await says(200, "ready"):
                await asyncio.sleep(0.02)
            bench.broken = True
            while not await says(503, "the scheduler stalls"):
                await asyncio.sleep(0.02)
            bench.broken = False
            while not await says(200, "ready"):
                await asyncio.sleep(0.02)


async def test_a_loop_that_is_blocked_is_told_of_by_the_thread_that_answers_readers(tmp_path):
    async with Web({"/feed": reply(BODY)}) as web, Stalling(source(web.url("/feed")), folder=tmp_path) as bench:
        async with asyncio.timeout(60):
            while (await bench.ready())[0] != 200:
                await asyncio.sleep(0.02)
        port, blocked_until = await bench.port(), time.monotonic() + 60
        while get(port, "/readyz").status != 503:  # asked by the loop itself, which so does nothing else
            assert time.monotonic() < blocked_until
            time.sleep(0.02)
