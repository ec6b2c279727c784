"""Entries as a document brings them, each fact given only where a test is about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.identity import Clues, assign_ids
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.model import Entry, PublishedFrom
from feeds.read.urls import canonical

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen(
    guid: str = "",
    url: str = "",
    title: str = "River treaty signed",
    *,
    summary: str = "",
    source: str = "daily",
    at: datetime = MONDAY,
    published: datetime | None = MONDAY - HOUR,
    **facts,
) -> Entry:
    """An entry as it was read at `at`, alone in its document; `published=None` is an entry without a date."""
    words = fingerprint(title, summary)
    address = canonical(url)
    clues = Clues(guid=guid, canonical_url=address, fingerprint=words)
    values = {
        "id": assign_ids(source, [clues])[0],
        "source": source,
        "guid": guid,
        "url": url,
        "canonical_url": address,
        "title": title,
        "summary": summary,
        "published": published or at,
        "published_from": PublishedFrom.FEED if published else PublishedFrom.FIRST_SEEN,
        "published_text": published.isoformat() if published else "",
        "updated": published or at,
        "first_seen": at,
        "revised": at,
        "fingerprint": words,
        "sketch": write_parts({TEXT: text_part(title, summary)}),
    }
    return Entry(**(values | facts))
