"""A month of polling in virtual time, with the real parts from the tick to the store."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random

from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.passes import Passes
from aggregator.observing.events import Event, SourceChanged
from feeds.model import Entry, ReadFeed, Source
from feeds.polling import Bounds, due
from storage.memory import MemoryStore
from storage.port import Keys
from tests.fakes.population import LENGTH, MINUTE, Kind, population
from tests.fakes.publishers import DAY, HOUR, Asked, Internet, Publisher, read_numbers
from tests.fakes.virtual_time import VirtualLoop

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
END = BEGAN + LENGTH * DAY
BOUNDS = Bounds(fastest=5 * MINUTE, slowest=DAY)
TICK = 60
"""Seconds: twelve times the daemon's own, which changes little but the time that the simulation takes."""
WRONG_CLOCK = (12 * DAY, 12 * DAY + HOUR, 3 * HOUR)
"""From, to, by how much the machine's clock runs ahead."""
RESTART = 18.5 * DAY


class QuickStore(MemoryStore):
    """Finds entries by id alone: here it is their only name."""

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        return tuple(entry for name in sorted(keys.ids) if (entry := self.entry(name)))


class Month:
    """Lives through the month once; what was asked, told and stored stays to be looked at."""

    def __init__(self, count: int) -> None:
        self.people: list[tuple[Kind, Publisher]] = population(count, began=BEGAN, seed=7)
        self.store = QuickStore()
        self.internet = Internet([publisher for _, publisher in self.people], began=BEGAN, seed=7)
        self.told: defaultdict[str, list[str]] = defaultdict(list)
        self._draw = Random(7)
        self._by_source = {publisher.source.id: publisher for _, publisher in self.people}
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(self._live())
        self.asked = self.internet.by_source()

    def of(self, *kinds: str) -> list[tuple[Publisher, list[Asked]]]:
        """The publishers of these kinds, each with the requests that it got."""
        return [(one, self.asked[one.source.id]) for kind, one in self.people if kind.name in kinds]

    async def _live(self) -> None:
        await self._run_until(RESTART)
        await self._run_until(LENGTH * DAY)

    async def _run_until(self, end: timedelta) -> None:
        """One life of the program: it knows what the store knows."""
        loop = asyncio.get_running_loop()
        ingest = Ingest(
            store=self.store,
            client=self.internet,
            bounds=BOUNDS,
            clock=self._clock,
            draw=lambda: self._draw.uniform(-1, 1),
            observe=self._observe,
            hold=self.internet.turns.hold,
            reader=self._read,
        )
        passes = Passes(ingest, changed=lambda _: None, apart=lambda: BOUNDS.fastest)
        sources = [publisher.source for _, publisher in self.people]
        while loop.time() < end.total_seconds():
            passes.start(due(sources, ingest.states, self._clock()))
            await asyncio.sleep(TICK)
        await passes.stop()

    def _clock(self) -> datetime:
        """What the machine believes."""
        start, end, ahead = WRONG_CLOCK
        now = self.internet.now()
        return now + ahead if start <= now - BEGAN < end else now

    def _observe(self, event: Event) -> None:
        if isinstance(event, SourceChanged):
            self.told[event.source].append(("-" if event.change.ended else "") + event.change.condition)

    async def _read(self, body: bytes, *, source: Source, now: datetime, **_: object) -> ReadFeed:
        return read_numbers(self._by_source[source.id], body, now)
