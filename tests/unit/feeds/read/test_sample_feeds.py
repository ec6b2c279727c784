"""Every feed in tests/data/feeds reads as its expectation says: a misbehaving feed costs two files and no code."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import Entry, ReadFeed, Source
from feeds.read import read

FEEDS = Path(__file__).parents[3] / "data" / "feeds"
NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
SOURCE = Source(id="sample", url="https://news.example/feeds/rss.xml", timezone="Europe/Kyiv")


def entry_as_written(entry: Entry) -> dict:
    """The fields of an entry that reading decides, without those that are empty."""
    fields = {
        "guid": entry.guid,
        "url": entry.url,
        "canonical_url": entry.canonical_url if entry.canonical_url != entry.url else "",
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "image": entry.image,
        "enclosures": [[e.url, e.media_type, e.length] for e in entry.enclosures],
        "language": entry.language,
        "published": entry.published.isoformat(),
        "published_from": str(entry.published_from),
        "published_text": entry.published_text,
        "updated": entry.updated.isoformat() if entry.updated != entry.published else "",
    }
    return {name: value for name, value in fields.items() if value}


def outcome_as_written(body: bytes, content_type: str) -> dict:
    try:
        feed = read(body, source=SOURCE, url=SOURCE.url, content_type=content_type, now=NOW)
    except ParseError as error:
        return {"error": str(error), "kind": str(error.kind), "feeds_found": list(error.feeds_found)}
    assert all((e.source, e.first_seen, e.revised, e.revision) == (SOURCE.id, NOW, NOW, 0) for e in feed.entries)
    assert all(e.id and e.fingerprint for e in feed.entries)
    return feed_as_written(feed)


def feed_as_written(feed: ReadFeed) -> dict:
    return {
        "title": feed.title,
        "home": feed.home,
        "language": feed.language,
        "entries": [entry_as_written(entry) for entry in feed.entries],
        "skipped": [[one.position, one.reason] for one in feed.skipped],
    }


@pytest.mark.parametrize("sample", sorted(FEEDS.glob("*.xml")), ids=lambda path: path.stem)
def test_a_sample_feed_reads_as_its_expectation_says(sample: Path):
    expected = json.loads(sample.with_suffix(".json").read_text("utf-8"))

    assert outcome_as_written(sample.read_bytes(), expected["content_type"]) == expected["reads_as"], expected["about"]


def test_every_expectation_has_its_feed():
    assert {path.stem for path in FEEDS.glob("*.json")} == {path.stem for path in FEEDS.glob("*.xml")}
