"""One source, one pass: what is remembered, what is told, and what a fault costs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import aggregator.ingest
from aggregator.events import Event, Ingested, IngestResumed, IngestStopped, SourceChanged
from aggregator.ingest import Ingest
from feeds.conditional import Response
from feeds.errors import StoreError, StoreFailed, TransportError
from feeds.model import Failed, FailureKind, Fetched, Skipped, Source, SourceState, Unchanged, Validators
from feeds.polling import Bounds
from feeds.read import read
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.answers import ScriptedClient

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://tides.example/feed"
SOURCE = Source(id="tides", url=URL, every=timedelta(minutes=30))
BOUNDS = Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def feed(*titles: str, site: str = "https://tides.example") -> bytes:
    items = "".join(
        f"<item><guid>{site}/{n}</guid><link>{site}/{n}</link><title>{title}</title>"
        f"<description>About {title}.</description><pubDate>Sun, 01 Mar 2026 10:0{n}:00 GMT</pubDate></item>"
        for n, title in enumerate(titles, 1)
    )
    return f'<rss version="2.0"><channel><title>Tides</title><link>{site}/</link>{items}</channel></rss>'.encode()


def ok(body: bytes, *, url: str = URL, etag: str = '"1"') -> Response:
    headers = (
        ("content-type", "application/rss+xml"),
        ("etag", etag),
        ("last-modified", "Sun, 01 Mar 2026 11:00:00 GMT"),
    )
    return Response(url=url, status=200, headers=headers, body=body)


NOT_MODIFIED = Response(url=URL, status=304)


class Bench:
    """An ingest with everything around it."""

    def __init__(self, answers: dict | list, store: MemoryStore | None = None) -> None:
        self.client = ScriptedClient(answers if isinstance(answers, dict) else {URL: answers})
        self.store = store or MemoryStore()
        self.now = NOW
        self.events: list[Event] = []
        self.held: list[tuple[str, timedelta]] = []
        self.ingest = Ingest(
            store=self.store,
            client=self.client,
            bounds=BOUNDS,
            clock=lambda: self.now,
            draw=lambda: 0.0,
            observe=self.events.append,
            hold=lambda host, span: self.held.append((host, span)),
        )

    async def run(self, source: Source = SOURCE) -> Ingested:
        """One pass; how long it took is not compared."""
        ingested = await self.ingest.run(source)
        assert self.events[-1] == ingested
        return replace(ingested, took=timedelta())

    def titles(self) -> list[str]:
        return sorted(entry.title for entry in self.store.entries())


async def test_a_first_pass_remembers_entries_and_state_together():
    bench = Bench([ok(feed("High water", "Low water"))])

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
                seen=read(told.outcome.body, source=SOURCE, url=URL, content_type="", now=NOW).seen,
                title="Tides",
                home="https://tides.example/",
                width=2,
                last_fetch=NOW,
                first_ok=NOW,
                last_ok=NOW,
                last_new=NOW,
                next_fetch=NOW + timedelta(minutes=30),
                last_status=200,
            )
        }
    )


async def test_a_second_pass_asks_conditionally_and_reads_nothing_after_304(monkeypatch):
    bench = Bench([ok(feed("High water")), NOT_MODIFIED])
    await bench.run()
    monkeypatch.setattr(aggregator.ingest, "read", None)

    assert await bench.run() == Ingested(source="tides", outcome=Unchanged(status=304))
    sent = dict(bench.client.asked[1].headers)
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"1"', "Sun, 01 Mar 2026 11:00:00 GMT")
    assert sent["User-Agent"] == "topicwire/test"


async def test_the_same_body_again_is_not_read(monkeypatch):
    bench = Bench([ok(feed("High water")), ok(feed("High water"), etag='"2"')])
    await bench.run()
    monkeypatch.setattr(aggregator.ingest, "read", None)
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

    assert sorted((one.new, one.copies) for one in told) == [(0, 1), (1, 0)]


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


# --- what nobody foresaw --------------------------------------------------------------------------------------------


async def test_a_fault_in_reading_costs_its_source_one_pass_and_is_told_with_its_traceback(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    bench = Bench([ok(feed("High water"))])
    monkeypatch.setattr(aggregator.ingest, "read", broken)
    told = await bench.run()

    reason = "topicwire itself failed on this source (KeyError: 'surprise'); please report it"
    assert told.outcome == Failed(kind=FailureKind.BROKEN, reason=reason)
    assert "in broken" in told.problem
    assert bench.store.states()["tides"].failures == 1


async def test_a_fault_in_judging_is_remembered_as_a_failure(monkeypatch):
    real = aggregator.ingest.remember

    def broken(store, *, feed, **rest):
        if feed:
            raise RuntimeError("bad judge")
        return real(store, feed=feed, **rest)

    bench = Bench([ok(feed("High water"))])
    monkeypatch.setattr(aggregator.ingest, "remember", broken)
    told = await bench.run()

    assert "bad judge" in told.problem
    assert bench.store.states()["tides"].failures == 1
    assert bench.titles() == []


async def test_a_fault_that_even_failing_meets_keeps_the_source_away_for_its_interval(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("bad arithmetic")

    bench = Bench([ok(feed("High water"))])
    monkeypatch.setattr(aggregator.ingest, "remember", broken)
    told = await bench.run()

    assert "bad arithmetic" in told.problem
    assert bench.ingest.states["tides"].next_fetch == NOW + timedelta(minutes=30)
    assert bench.store.states() == {}


class FullDisk(MemoryStore):
    def commit(self, change: Change) -> None:
        raise StoreFailed("the disk is full")


async def test_a_store_that_cannot_remember_stops_every_pass():
    bench = Bench([ok(feed("High water"))], store=FullDisk())
    with pytest.raises(StoreError, match="the disk is full"):
        await bench.ingest.run(SOURCE)
    with pytest.raises(StoreError, match="the disk is full"):
        await bench.ingest.run(SOURCE)

    assert bench.events == [IngestStopped(reason="the disk is full")]
    assert len(bench.client.asked) == 1
    assert bench.ingest.stopped == "the disk is full"


async def test_passes_run_again_once_the_store_goes_on():
    class Refilled(MemoryStore):
        full = True

        def commit(self, change: Change) -> None:
            if self.full:
                raise StoreFailed("the disk is full")
            super().commit(change)

        def recover(self) -> None:
            if self.full:
                raise StoreFailed("the disk is still full")

    store = Refilled()
    bench = Bench([ok(feed("High water")), ok(feed("High water"))], store=store)
    with pytest.raises(StoreError):
        await bench.ingest.run(SOURCE)
    assert not await bench.ingest.resume()
    assert bench.ingest.stopped == "the disk is still full"
    store.full = False
    assert await bench.ingest.resume()
    told = await bench.ingest.run(SOURCE)

    assert (told.new, bench.titles()) == (1, ["High water"])
    assert bench.events == [IngestStopped(reason="the disk is full"), IngestResumed(), told]


async def test_a_pass_that_is_cancelled_while_it_waits_to_write_still_writes():
    bench = Bench([ok(feed("High water"))])
    await bench.ingest.alone.acquire()
    task = asyncio.create_task(bench.ingest.run(SOURCE))
    for _ in range(1000):
        await asyncio.sleep(0.001)
        if bench.ingest.alone._waiters:
            break
    task.cancel()
    await asyncio.sleep(0)
    bench.ingest.alone.release()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert bench.titles() == ["High water"]
    assert bench.ingest.states["tides"] == bench.store.states()["tides"]


async def test_entries_are_first_seen_when_they_are_committed_however_long_ago_they_were_read():
    bench = Bench([ok(feed("High water"))])
    await bench.ingest.alone.acquire()
    task = asyncio.create_task(bench.ingest.run(SOURCE))
    for _ in range(1000):
        await asyncio.sleep(0.001)
        if bench.ingest.alone._waiters:
            break
    bench.now = NOW + timedelta(minutes=3)
    bench.ingest.alone.release()
    await task

    (entry,) = bench.store.entries()
    assert (entry.first_seen, entry.revised) == (bench.now, bench.now)
    assert entry.published == datetime(2026, 3, 1, 10, 1, tzinfo=UTC)


async def test_a_store_that_fails_while_a_pass_is_cancelled_is_told():
    bench = Bench([ok(feed("High water"))], FullDisk())
    await bench.ingest.alone.acquire()
    task = asyncio.create_task(bench.ingest.run(SOURCE))
    for _ in range(1000):
        await asyncio.sleep(0.001)
        if bench.ingest.alone._waiters:
            break
    task.cancel()
    await asyncio.sleep(0)
    bench.ingest.alone.release()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [one for one in bench.events if isinstance(one, IngestStopped)] == [IngestStopped(reason="the disk is full")]


async def test_states_are_taken_up_where_they_were_left():
    store = MemoryStore()
    await Bench([ok(feed("High water"))], store).run()
    bench = Bench([NOT_MODIFIED], store)

    assert bench.ingest.states == store.states()
    assert (await bench.run()).outcome == Unchanged(status=304)


# --- manners --------------------------------------------------------------------------------------------------------


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
