"""One source, one pass: what is remembered, what is told, and what a bad answer costs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import aggregator.fetching.reader
from aggregator.observing.events import Ingested
from feeds.errors import TransportError
from feeds.model import Day, Failed, FailureKind, Fetched, Skipped, Source, SourceState, Unchanged, Validators
from feeds.read import read
from tests.fakes.ingesting import NOT_MODIFIED, NOW, SOURCE, URL, Bench, feed, ok
from tests.fakes.stores import new_store

pytestmark = pytest.mark.anyio


async def test_a_first_pass_remembers_entries_and_state_together():
    body = feed("High water", "Low water")
    bench = Bench([ok(body)])

    told = await bench.run()

    assert isinstance(told.outcome, Fetched)
    assert told == Ingested(source="tides", outcome=told.outcome, new=2, changed=told.changed)
    assert {entry.id for entry in bench.store.entries()} == set(told.changed)
    assert bench.titles() == ["High water", "Low water"]
    assert (
        bench.store.states()
        == bench.ingest.states
        == {
            "tides": SourceState(
                source="tides",
                url=URL,
                validators=Validators(etag='"1"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT"),
                body_hash=told.outcome.body_hash,
                seen=read(body, source=SOURCE, url=URL, content_type="", now=NOW).seen,
                title="Tides",
                home="https://tides.example/",
                width=2,
                last_fetch=NOW,
                first_ok=NOW,
                last_ok=NOW,
                last_new=NOW,
                next_fetch=NOW + timedelta(minutes=30),
                last_status=200,
                days=(Day(day=NOW.toordinal(), asked=1, new=2),),
                steady=1,
            )
        }
    )


async def test_a_second_pass_asks_conditionally_and_reads_nothing_after_304(monkeypatch):
    bench = Bench([ok(feed("High water")), NOT_MODIFIED])
    await bench.run()
    monkeypatch.setattr(aggregator.fetching.reader, "read", None)

    assert await bench.run() == Ingested(source="tides", outcome=Unchanged(status=304))
    sent = dict(bench.client.asked[1].headers)
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"1"', "Sun, 01 Mar 2026 11:00:00 GMT")
    assert sent["User-Agent"] == "topicwire/test"


async def test_the_same_body_again_is_not_read(monkeypatch):
    bench = Bench([ok(feed("High water")), ok(feed("High water"), etag='"2"')])
    await bench.run()
    monkeypatch.setattr(aggregator.fetching.reader, "read", None)
    told = await bench.run()

    assert isinstance(told.outcome, Unchanged)
    assert bench.ingest.states["tides"].validators.etag == '"2"'


async def test_an_edit_is_a_revision_and_what_is_known_stays_as_it_was():
    bench = Bench(
        [ok(feed("High water", "Low water")), ok(feed("Higher water", "Low water", "Slack water"), etag='"2"')]
    )
    first = await bench.run()
    bench.now += timedelta(hours=1)
    second = await bench.run()

    assert (second.new, second.revised, second.copies, second.same) == (1, 1, 0, 1)
    assert len(second.changed) == 2
    assert set(first.changed) & set(second.changed) == {first.changed[0]}
    assert [revision.title for revision in bench.store.revisions(first.changed[0])] == ["High water"]
    assert bench.titles() == ["Higher water", "Low water", "Slack water"]


async def test_an_entry_of_another_source_at_the_same_address_is_a_copy():
    other = Source(id="waves", url="https://waves.example/feed")
    bench = Bench({URL: [ok(feed("High water"))], other.url: [ok(feed("High water"), url=other.url)]})
    first = await bench.run()
    second = await bench.run(other)

    assert (second.new, second.copies) == (0, 1)
    assert bench.store.placements(second.changed)[second.changed[0]].copy_of == first.changed[0]
    assert bench.ingest.states["waves"].last_new == NOW


async def test_passes_of_two_sources_at_once_find_their_copy():
    other = Source(id="waves", url="https://waves.example/feed")
    bench = Bench({URL: [ok(feed("High water"))], other.url: [ok(feed("High water"), url=other.url)]})
    told = await asyncio.gather(bench.ingest.run(SOURCE), bench.ingest.run(other))

    ids = {entry for one in told for entry in one.changed}
    placed = [placement.copy_of for placement in bench.store.placements(ids).values()]
    assert (len(ids), placed.count(None), bench.store.counts().copies) == (2, 1, 1)


async def test_an_exchange_that_fails_counts_and_backs_off():
    fault = TransportError("the connection was refused", kind=FailureKind.CONNECT)
    bench = Bench([ok(feed("High water")), fault])
    await bench.run()
    bench.now += timedelta(hours=1)
    told = await bench.run()
    await bench.run()

    failed = Failed(kind=FailureKind.CONNECT, reason="the connection was refused")
    assert told == Ingested(source="tides", outcome=failed)
    state = bench.store.states()["tides"]
    assert (state.failures, state.last_error, state.last_status, state.last_ok) == (2, failed.reason, None, NOW)
    assert state.next_fetch == bench.now + timedelta(hours=1)
    assert state.validators.etag == '"1"'
    assert bench.titles() == ["High water"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!doctype html><html><head><title>Tides</title></head><body>Hello</body></html>", FailureKind.NOT_A_FEED),
        (b"/etc/passwd", FailureKind.NOT_A_FEED),
        (feed("High water", "Low water")[:90], FailureKind.BROKEN),
        (feed("Low water", "Spring tide")[: -len("</channel></rss>")], FailureKind.BROKEN),
    ],
)
async def test_a_document_that_cannot_be_read_changes_nothing_and_is_asked_for_in_full_again(body, kind):
    bench = Bench([ok(feed("High water")), ok(body, etag='"2"'), NOT_MODIFIED])
    await bench.run()
    before = bench.ingest.states["tides"]
    told = await bench.run()

    assert isinstance(told.outcome, Failed)
    assert (told.outcome.kind, told.outcome.status, told.changed) == (kind, 200, ())
    after = bench.store.states()["tides"]
    assert (after.validators, after.body_hash) == (before.validators, before.body_hash)
    assert (after.failures, after.last_error) == (1, told.outcome.reason)
    assert bench.titles() == ["High water"]


async def test_skipped_entries_are_told_with_their_reason():
    told = await Bench([ok(feed("High water").replace(b"<item>", b"<item></item><item>"))]).run()

    empty = Skipped(position=0, reason="it has neither title, nor text, nor link")
    assert (told.new, told.skipped) == (1, (empty,))


async def test_a_source_may_be_private_by_its_own_choice():
    bench = Bench([ok(feed("High water"))])
    await bench.run(replace(SOURCE, allow_private=True))
    await bench.run()

    assert bench.client.private == [True, False]


async def test_states_are_taken_up_where_they_were_left():
    store = new_store()
    await Bench([ok(feed("High water"))], store).run()
    bench = Bench([NOT_MODIFIED], store)

    assert bench.ingest.states == store.states()
    assert (await bench.run()).outcome == Unchanged(status=304)
