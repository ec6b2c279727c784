"""What somebody else found becomes facts as if this one had asked: judged by what is remembered now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import aggregator.ingesting.ingest
import aggregator.ingesting.remember
from aggregator.ingesting.asking import Asking, Found
from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Ingested, IngestStopped
from feeds.errors import StoreError, StoreFailed
from feeds.model import Failed, FailureKind, Unchanged
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.answers import ScriptedClient
from tests.fakes.ingesting import BOUNDS, NOT_MODIFIED, NOW, SOURCE, URL, Bench, feed, ok

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
QUIET = Found(asked=URL, outcome=Unchanged())


class Judging(Bench):
    """One that takes what others found, and cannot ask."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        super().__init__([], store or MemoryStore())
        self.ingest = Ingest(
            store=self.store,
            bounds=BOUNDS,
            clock=lambda: self.now,
            draw=lambda: 0.0,
            observe=self.events.append,
            hold=lambda host, span: self.held.append((host, span)),
        )

    async def found(self, *answers: object) -> list[Found]:
        """What a worker finds with each, in the state that is stored now."""
        asking = Asking(client=ScriptedClient({URL: list(answers)}), clock=lambda: self.now, known=self.ingest.known)
        return [await asking.ask(SOURCE, self.ingest.states.get("tides")) for _ in answers]

    async def take(self, found: Found) -> Ingested:
        return replace(await self.ingest.take(SOURCE, found), took=timedelta())


async def test_what_is_taken_is_what_one_pass_makes_of_it():
    alone, judging = Bench([ok(feed("High water", "Low water")), NOT_MODIFIED]), Judging(MemoryStore())
    for answer in (ok(feed("High water", "Low water")), NOT_MODIFIED):
        (found,) = await judging.found(answer)
        assert await judging.take(found) == await alone.run()
        judging.now = alone.now = alone.now + HOUR

    assert judging.ingest.states == alone.ingest.states
    assert tuple(judging.store.entries()) == tuple(alone.store.entries())


async def test_nothing_is_asked_without_a_client():
    with pytest.raises(RuntimeError, match="no client"):
        await Judging().ingest.run(SOURCE)


async def test_the_time_to_ask_counts():
    told = await Judging().ingest.take(SOURCE, replace(QUIET, took=timedelta(minutes=3)))
    assert timedelta(minutes=3) <= told.took < timedelta(minutes=4)


async def test_what_was_found_in_an_older_state_is_judged_by_the_present_one():
    judging = Judging()
    first, second = await judging.found(ok(feed("High water")), ok(feed("High water", "Low water")))
    await judging.take(second)
    judging.now += HOUR
    told = await judging.take(first)

    assert (told.new, told.revised, told.same) == (0, 0, 1)
    assert judging.titles() == ["High water", "Low water"]
    assert judging.ingest.states["tides"].last_fetch == NOW + HOUR


async def test_what_was_left_out_as_known_is_not_lost_when_the_state_is():
    judging = Judging()
    (first,) = await judging.found(ok(feed("High water")))
    await judging.take(first)
    (later,) = await judging.found(ok(feed("High water", "Low water")))
    assert (len(later.feed.entries), len(later.feed.unread)) == (1, 1)
    judging.ingest._states.clear()
    told = await judging.take(later)

    assert (told.new, told.same) == (1, 1)
    assert judging.titles() == ["High water", "Low water"]


async def test_what_could_not_even_be_remembered_as_a_failure_is_told(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("bad arithmetic")

    judging = Judging()
    (found,) = await judging.found(ok(feed("High water")))
    monkeypatch.setattr(aggregator.ingesting.remember, "advance", broken)
    told = await judging.take(found)

    assert (told.stored, "bad arithmetic" in told.problem) == (False, True)
    assert judging.store.states() == {}


async def test_what_is_remembered_as_a_failure_is_stored(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("bad judge")

    judging = Judging()
    (found,) = await judging.found(ok(feed("High water")))
    monkeypatch.setattr(aggregator.ingesting.ingest, "remember", broken)
    told = await judging.take(found)

    assert (told.stored, told.outcome.kind) == (True, FailureKind.BROKEN)
    assert judging.store.states()["tides"].failures == 1


async def test_quiet_ones_that_are_taken_together_share_a_commit():
    class Counting(MemoryStore):
        commits = 0

        def commit(self, change: Change) -> None:
            self.commits += 1
            super().commit(change)

    judging = Judging(Counting())
    sources = [replace(SOURCE, id=f"s{n}", url=f"https://s{n}.example/") for n in range(50)]
    async with judging.ingest.alone:
        taking = [asyncio.create_task(judging.ingest.take(one, replace(QUIET, asked=one.url))) for one in sources]
        async with asyncio.timeout(60):
            while len(judging.ingest._waiting) < len(sources):
                await asyncio.sleep(0.001)
    await asyncio.gather(*taking)
    assert judging.store.commits == 1
    assert judging.store.states().keys() == {one.id for one in sources}


async def test_a_late_text_that_cannot_be_judged_costs_itself_alone_and_is_told(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("bad text")

    judging = Judging()
    (found,) = await judging.found(ok(feed("High water")))
    (entry,) = found.feed.entries
    monkeypatch.setattr(aggregator.ingesting.ingest, "remember_late", broken)
    told = await judging.take(replace(found, late=((entry, replace(entry, content="<p>late</p>")),)))

    assert (told.new, told.changed, "bad text" in told.problem) == (1, (entry.id,), True)
    assert judging.store.states()["tides"].failures == 0


async def test_a_store_that_cannot_say_what_is_known_stops_every_pass():
    class Gone(MemoryStore):
        def known(self, keys: object) -> tuple:
            raise StoreFailed("the database is gone")

    judging = Judging(Gone())
    (found,) = await judging.found(ok(feed("High water")))
    for _ in range(2):
        with pytest.raises(StoreError, match="the database is gone"):
            await judging.take(found)
    assert judging.events == [IngestStopped(reason="the database is gone")]


async def test_a_host_that_wants_fewer_requests_is_held_by_what_is_taken():
    judging = Judging()
    turned_away = Failed(kind=FailureKind.HTTP, reason="", status=429, retry_after=HOUR)
    for _ in range(2):
        await judging.take(replace(QUIET, outcome=turned_away))
    assert [host for host, _ in judging.held] == ["tides.example"]
