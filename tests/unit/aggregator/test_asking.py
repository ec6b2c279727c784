"""Asking a source tells what was found there, its pages included, and remembers nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import aggregator.fetching.reader
from aggregator.fetching.articles import Articles
from aggregator.ingesting.asking import Asking, Found
from feeds.conditional import Response
from feeds.errors import StoreFailed, TransportError
from feeds.model import Entry, Failed, FailureKind, Fetched, SourceState, Unchanged, Validators
from feeds.read.article import Article
from storage.memory import MemoryStore
from storage.port import Change, Keys
from tests.fakes.answers import ScriptedClient
from tests.fakes.ingesting import NOT_MODIFIED, NOW, SOURCE, URL, feed, ok

pytestmark = pytest.mark.anyio
FULL = replace(SOURCE, full_text=True)
PAGE = "https://tides.example/1"
TEXT = "About Locks. The keeper of the locks said that they would stay open, rain or no rain."
ARTICLE = Article(title="Locks", text=TEXT, content=f"<p>{TEXT}</p>")
LOST = Response(url=PAGE, status=500)
READ = Response(url=PAGE, status=200, headers=(("content-type", "text/html"),), body=b"page")
HOUR = timedelta(hours=1)
KNOWN = SourceState(source="tides", url=URL, validators=Validators(etag='"1"'), body_hash="0" * 64)


class Worker:
    """An `Asking` with everything around it, over a store that it may only look into."""

    def __init__(self, *answers: object, pages: tuple[Response, ...] = (LOST,)) -> None:
        robots = [Response(url="https://tides.example/robots.txt", status=404)]
        self.client = ScriptedClient(
            {URL: list(answers), PAGE: list(pages), "https://tides.example/robots.txt": robots}
        )
        self.store = MemoryStore()
        self.now = NOW
        self.fails: Exception | None = None
        articles = Articles(
            client=self.client, clock=lambda: self.now, observe=lambda _event: None, extract=self.extract
        )
        self.asking = Asking(client=self.client, clock=lambda: self.now, known=self.known, articles=articles)

    async def known(self, keys: Keys) -> tuple[Entry, ...]:
        return self.store.known(keys)

    async def extract(self, body: bytes, **about: object) -> Article:
        return ARTICLE

    async def ask(self, source=SOURCE, state: SourceState | None = None) -> Found:
        return replace(await self.asking.ask(source, state), took=timedelta())

    def asked(self, url: str) -> int:
        return sum(request.url == url for request in self.client.asked)


async def test_a_document_is_found_read_and_its_bytes_are_let_go():
    worker = Worker(ok(feed("High water", "Low water")))
    found = await worker.ask()
    assert isinstance(found.outcome, Fetched)
    assert (found.asked, found.outcome.body, len(found.outcome.body_hash)) == (URL, b"", 64)
    assert [entry.title for entry in found.feed.entries] == ["High water", "Low water"]
    assert list(worker.store.entries()) == []


async def test_what_is_remembered_of_the_source_is_asked_with():
    worker = Worker(NOT_MODIFIED)
    assert await worker.ask(state=KNOWN) == Found(asked=URL, outcome=Unchanged(status=304))
    assert ("If-None-Match", '"1"') in worker.client.asked[0].headers


async def test_what_cannot_be_had_is_what_was_found():
    refused = TransportError("refused", kind=FailureKind.CONNECT)
    worker = Worker(refused)
    assert await worker.ask() == Found(asked=URL, outcome=Failed(kind=FailureKind.CONNECT, reason="refused"))


async def test_what_cannot_be_read_is_what_was_found():
    worker = Worker(ok(b"<html>no feed</html>"))
    found = await worker.ask()
    assert (type(found.outcome), found.outcome.kind, found.feed) == (Failed, FailureKind.NOT_A_FEED, None)


async def test_a_fault_of_ours_is_what_was_found_with_its_traceback(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(aggregator.fetching.reader, "read", broken)
    found = await Worker(ok(feed("High water"))).ask()
    assert found.outcome.reason.endswith("(KeyError: 'surprise'); please report it")
    assert "in broken" in found.problem


async def test_how_long_it_took_is_told():
    assert (await Worker(NOT_MODIFIED).asking.ask(SOURCE, None)).took > timedelta()


async def test_entries_have_the_text_of_their_pages():
    found = await Worker(ok(feed("Locks")), pages=(READ,)).ask(FULL)
    assert [entry.content for entry in found.feed.entries] == [ARTICLE.content]
    assert found.late == ()


async def test_the_text_of_a_page_that_failed_is_found_late_beside_the_entry_as_it_is_known():
    worker = Worker(ok(feed("Locks")), NOT_MODIFIED, pages=(LOST, READ))
    (known,) = (await worker.ask(FULL)).feed.entries
    worker.store.commit(Change(entries=(known,)))
    worker.now += HOUR
    found = await worker.ask(FULL, KNOWN)

    ((before, after),) = found.late
    assert (found.outcome, before, after.content) == (Unchanged(status=304), known, ARTICLE.content)
    assert worker.store.entry(known.id) == known


async def test_the_page_of_an_entry_that_was_edited_is_asked_for_once():
    worker = Worker(ok(feed("Locks")), ok(feed("Locks closed"), etag='"2"'), pages=(LOST, READ))
    (known,) = (await worker.ask(FULL)).feed.entries
    worker.store.commit(Change(entries=(known,)))
    worker.now += HOUR
    found = await worker.ask(FULL)

    assert [(entry.title, entry.content) for entry in found.feed.entries] == [("Locks closed", ARTICLE.content)]
    assert (found.late, worker.asked(PAGE)) == ((), 2)


async def test_a_fault_with_a_late_page_costs_nothing_that_was_found(monkeypatch):
    async def broken(*_: object) -> None:
        raise RuntimeError("bad page")

    worker = Worker(ok(feed("Locks")), ok(feed("Locks"), etag='"2"'))
    (known,) = (await worker.ask(FULL)).feed.entries
    worker.store.commit(Change(entries=(known,)))
    worker.now += HOUR
    monkeypatch.setattr(Articles, "again", broken)
    found = await worker.ask(FULL)

    assert isinstance(found.outcome, Fetched)
    assert [entry.title for entry in found.feed.entries] == ["Locks"]
    assert "bad page" in found.problem


@pytest.mark.parametrize("late", [False, True])
async def test_a_store_that_cannot_say_what_is_known_is_no_fault_of_the_source(late):
    worker = Worker(ok(feed("Locks")), NOT_MODIFIED)
    if late:
        await worker.ask(FULL)
        worker.now += HOUR

    def gone(keys: Keys) -> tuple[Entry, ...]:
        raise StoreFailed("the database is gone")

    worker.store.known = gone
    with pytest.raises(StoreFailed):
        await worker.ask(FULL)
