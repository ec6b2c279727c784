"""A recording as entries, each as if it had been read when it was published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta

from benchmarks.replay.recorded import RecordedSource
from feeds.model import Entry, ParsedEntry, ParsedFeed, Source
from feeds.read.normalize import normalize


def clean(source: RecordedSource, *, rank: int = 0) -> Iterator[Entry]:
    """The entries of `source`, oldest first, `first_seen` when they were published."""
    follow = Source(id=source.id, url=source.url, name=source.id, every=timedelta(hours=1), rank=rank)
    for entry in source.entries:
        parsed = ParsedEntry(
            guid=entry.link,
            url=entry.link,
            title=entry.title,
            summary=entry.description,
            published=entry.published.isoformat(),
            language=entry.language,
        )
        document = ParsedFeed(format="rss20", home=source.url, language=source.language, entries=(parsed,))
        yield from normalize(document, source=follow, url=source.url, now=entry.published.astimezone(UTC)).entries
