"""Passes that bring no entry: they share a commit, and what breaks in one costs that one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

import aggregator.ingesting.ingest
import aggregator.ingesting.remember
from aggregator.observing.events import Ingested
from feeds.conditional import Response
from feeds.errors import StoreFailed, TransportError
from feeds.model import FailureKind, SourceState
from feeds.polling import advance, due
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.ingesting import NOW, SOURCE, Bench

pytestmark = pytest.mark.anyio

SOURCES = tuple(replace(SOURCE, id=f"tides-{n}", url=f"https://tides-{n}.example/feed") for n in range(20))


class Written(MemoryStore):
    """A store that tells what was committed, and refuses it on a full disk."""

    def __init__(self, *, full: bool = False) -> None:
        super().__init__()
        self.full = full
        self.changes: list[Change] = []

    def commit(self, change: Change) -> None:
        self.changes.append(change)
        if self.full:
            raise StoreFailed("the disk is full")
        super().commit(change)


async def passes_that_wait(store: Written, answers: dict | None = None) -> tuple[Bench, list[Ingested | BaseException]]:
    """A pass of each source, which fails to connect or is answered so, while somebody else is at the store."""
    refused = TransportError("the connection was refused", kind=FailureKind.CONNECT)
    bench = Bench({source.url: [refused] for source in SOURCES} | (answers or {}), store)
    async with bench.ingest.alone:
        passes = [asyncio.create_task(bench.ingest.run(source)) for source in SOURCES]
        async with asyncio.timeout(60):
            while len(bench.ingest._waiting) < len(SOURCES):
                await asyncio.sleep(0.001)
    async with asyncio.timeout(60):
        return bench, await asyncio.gather(*passes, return_exceptions=True)


async def test_passes_that_wait_for_the_store_share_a_commit():
    store = Written()
    bench, told = await passes_that_wait(store)

    assert [one.source for one in told] == [source.id for source in SOURCES]
    assert [[state.source for state in change.states] for change in store.changes] == [[one.source for one in told]]
    assert dict(store.states()) == dict(bench.ingest.states)


def broken_for(broken: str, times: int) -> Callable[..., SourceState]:
    """`advance`, but for one source it raises so often."""
    left = times

    def one(source, *given, **named):
        nonlocal left
        if source.id == broken and left:
            left -= 1
            raise RuntimeError("bad arithmetic")
        return advance(source, *given, **named)

    return one


@pytest.mark.parametrize(
    ("times", "remembered"), [pytest.param(1, True, id="once"), pytest.param(9, False, id="always")]
)
async def test_one_that_cannot_be_worked_out_costs_itself_alone(monkeypatch, times, remembered):
    monkeypatch.setattr(aggregator.ingesting.remember, "advance", broken_for("tides-3", times))
    store = Written()
    bench, told = await passes_that_wait(store)

    assert [one.source for one in told if "bad arithmetic" in one.problem] == ["tides-3"]
    assert [source.id for source in SOURCES if source.id not in store.states()] == ([] if remembered else ["tides-3"])
    assert bench.ingest.states["tides-3"].next_fetch >= NOW + timedelta(minutes=30)


async def test_a_store_that_cannot_remember_stops_all_that_wait():
    bench, told = await passes_that_wait(Written(full=True))

    assert [str(one) for one in told] == ["the disk is full"] * len(SOURCES)
    assert bench.ingest.stopped == "the disk is full"
    assert bench.ingest.states == {}


@pytest.mark.filterwarnings("error")
async def test_a_fault_that_nobody_foresaw_in_the_store_is_told_to_all_that_wait(monkeypatch):
    def fault(*_: object, **__: object) -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr(Written, "commit", fault)
    bench, told = await passes_that_wait(Written())

    assert all("no such table" in one.problem for one in told)
    assert {state.next_fetch for state in bench.ingest.states.values()} == {NOW + timedelta(minutes=30)}


async def test_what_a_server_asks_for_beyond_all_years_costs_nobody_else():
    """Its dates are as far apart as dates can be: no moment is that far from now."""
    headers = (("date", "Mon, 01 Jan 1900 00:00:00 GMT"), ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"))
    far = Response(url=SOURCES[3].url, status=429, headers=headers)
    bench, told = await passes_that_wait(Written(), {SOURCES[3].url: [far]})

    assert [one.source for one in told] == [source.id for source in SOURCES]
    assert {one.problem for one in told} == {""}
    assert due(SOURCES, bench.ingest.states, NOW + timedelta(hours=23)) != ()


async def test_a_fault_after_the_commit_is_told_to_its_pass_and_the_others_go_on(monkeypatch):
    def fault(state: SourceState) -> None:
        if state.source == "tides-3":
            raise RuntimeError("no such host")

    monkeypatch.setattr(aggregator.ingesting.ingest.Ingest, "_hold_host", lambda _, state: fault(state))
    _, told = await passes_that_wait(Written())

    assert [one.source for one in told if "no such host" in one.problem] == ["tides-3"]
    assert len(told) == len(SOURCES)
