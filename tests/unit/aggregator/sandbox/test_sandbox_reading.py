"""Reading in a child is the same as reading here."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from aggregator.fetching.sandbox import Sandbox
from feeds.errors import ParseError
from feeds.model import FailureKind, Source
from feeds.read import read
from feeds.read.article import extract
from tests.fakes.hostile_feeds import NOW, SOURCE, good, half_a_character
from tests.fakes.processes import children_of
from tests.fakes.sandboxed import read_here, reads

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[4]
SAMPLES = sorted((ROOT / "tests" / "data" / "feeds").iterdir())


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(size=1) as one:
        yield one


async def test_a_child_reads_what_this_process_reads(sandbox):
    for path in SAMPLES:
        body, outcomes = path.read_bytes(), []
        for reader in (sandbox.read, read):
            try:
                found = reader(body, source=SOURCE, url=SOURCE.url, content_type="", now=NOW)
                outcomes.append(await found if inspect.isawaitable(found) else found)
            except ParseError as error:
                outcomes.append((str(error), error.kind, error.feeds_found))
        assert outcomes[0] == outcomes[1], path.name
    assert len(children_of()) == 1


async def test_what_was_seen_before_is_left_out_by_a_child_too(sandbox):
    before = await reads(sandbox, good(3))
    arguments = {"source": SOURCE, "url": SOURCE.url, "content_type": "text/xml", "now": NOW, "seen": before.seen}

    feed = await sandbox.read(good(4), **arguments)

    assert feed == read(good(4), **arguments)
    assert [entry.title for entry in feed.entries] == ["Tide 4"]


async def test_a_child_finds_the_article_on_a_page(sandbox):
    page = b"<html><body><article><h1>High water</h1>%s</article></body></html>"
    page %= b"<p>The river rose for three days, and then it fell again, to everybody's relief.</p>" * 9

    found = await sandbox.extract(page, url="https://tides.example/1", content_type="text/html", language="en")

    assert found == extract(page, "https://tides.example/1", "text/html", "en")
    assert "to everybody's relief" in found.text
    assert await sandbox.extract(b"", url=SOURCE.url, content_type="", language="") is None


async def test_a_refusal_keeps_its_kind_and_the_feeds_that_a_page_offers(sandbox):
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>'
    with pytest.raises(ParseError) as refused:
        await sandbox.read(page, source=SOURCE, url="https://tides.example/", content_type="text/html", now=NOW)

    assert refused.value.kind is FailureKind.NOT_A_FEED
    assert refused.value.feeds_found == ("https://tides.example/rss.xml",)


async def test_what_the_config_says_of_a_source_counts_in_a_child_too(sandbox):
    body = good().replace(b" GMT", b"")
    source = Source(id="tides", url=SOURCE.url, language="uk", timezone="Europe/Kyiv", timezone_assumed=False)

    feed = await reads(sandbox, body, source)

    assert feed == read_here(body, source)
    assert feed.entries[0].language == "uk"
    assert feed.entries[0].published.hour == 8


async def test_half_a_character_costs_only_itself(sandbox):
    feed = await reads(sandbox, half_a_character())
    assert [entry.title for entry in feed.entries] == ["High water", "Low water"]


async def test_what_exceeds_the_limits_of_a_document_is_counted_and_told(sandbox):
    too_many = await reads(sandbox, good(1_100))
    assert len(too_many.entries) == 1_000
    assert [skipped.position for skipped in too_many.skipped] == [1_000]
    assert "1,100 entries" in too_many.skipped[0].reason

    too_long = await reads(sandbox, good(3).replace(b"About", b"About " + b"w" * 300_000, 1))
    assert [entry.title for entry in too_long.entries] == ["Tide 2", "Tide 3"]
    assert [skipped.position for skipped in too_long.skipped] == [0]
    assert "characters of mark-up" in too_long.skipped[0].reason
