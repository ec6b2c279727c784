"""What a pass tells of a source that changed, and how it keeps away from a host that said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.observing.events import Ingested, SourceChanged
from feeds.conditional import Response
from feeds.errors import TransportError
from feeds.model import Failed, FailureKind, SourceState
from tests.fakes.ingesting import NOT_MODIFIED, NOW, SOURCE, URL, Bench, feed, ok

pytestmark = pytest.mark.anyio


def told_of(bench: Bench) -> list[tuple[str, str]]:
    return [(one.source, str(one.change.condition)) for one in bench.events if isinstance(one, SourceChanged)]


async def test_each_change_of_a_source_is_one_event_before_its_pass_and_outlives_a_restart():
    fault = TransportError("the connection was refused", kind=FailureKind.CONNECT)
    bench = Bench([ok(feed("High water")), fault])
    for _ in range(4):
        await bench.run()
    later = Bench([fault, NOT_MODIFIED], bench.store)
    for _ in range(3):
        await later.run()

    assert told_of(bench) == [("tides", "failing")]
    assert [type(event) for event in bench.events[:3]] == [Ingested, SourceChanged, Ingested]
    assert told_of(later) == [("tides", "ok")]
    assert later.events[1].change.reason == "answers again after 4 failed fetches"


async def test_a_document_that_shares_nothing_with_the_last_one_is_told_as_a_gap():
    bench = Bench([ok(feed("a", "b")), ok(feed("b", "c"), etag='"2"'), ok(feed("x", "y", site="https://t.example"))])
    for _ in range(3):
        await bench.run()
        bench.now += timedelta(hours=2)

    assert told_of(bench) == [("tides", "gap")]
    assert bench.ingest.states["tides"].last_gap == NOW + timedelta(hours=4)


async def test_a_repeated_429_holds_the_host_for_those_who_wait_for_their_turn():
    turned_away = Response(url=URL, status=429, headers=(("retry-after", "900"),))
    bench = Bench({URL: [turned_away], f"{URL}/2": [turned_away]})
    await bench.run()
    assert bench.held == []
    await bench.run(replace(SOURCE, id="more", url=f"{URL}/2"))
    assert bench.held == [("tides.example", timedelta(hours=1))]


async def test_a_429_holds_the_host_that_answered_not_the_one_that_redirects_there():
    turned_away = Response(url="https://Full.example./feed", status=429)
    bench = Bench([turned_away, turned_away])
    await bench.run()
    bench.now += timedelta(hours=2)
    await bench.run()
    assert bench.held == [("full.example", timedelta(hours=1))]


async def test_a_source_that_was_held_back_comes_when_the_hold_is_over():
    held = TransportError("not asked", kind=FailureKind.HELD, retry_after=timedelta(minutes=10))
    bench = Bench([held])
    told = await bench.run()

    assert told.outcome == Failed(kind=FailureKind.HELD, reason="not asked", retry_after=timedelta(minutes=10))
    assert bench.ingest.states["tides"] == SourceState(source="tides", url=URL, next_fetch=NOW + timedelta(minutes=10))
    assert told_of(bench) == []


async def test_a_source_that_moved_is_asked_at_its_new_address_after_a_week_and_the_config_keeps_the_old_one():
    new_home = "https://new.example/feed"
    moved = replace(ok(feed("High water"), url=new_home), moved_to=new_home)
    bench = Bench({URL: [moved], new_home: [NOT_MODIFIED]})
    secret = replace(SOURCE, headers=(("X-Key", "tide-table"),))
    for _ in range(4):
        await bench.run(secret)
        bench.now += timedelta(days=3)

    assert [request.url for request in bench.client.asked] == [URL] * 4
    assert told_of(bench) == [("tides", "moved")]
    await bench.run(secret)
    assert (bench.client.asked[-1].url, bench.client.asked[-1].home) == (new_home, URL)
    assert bench.ingest.states["tides"].url == URL
