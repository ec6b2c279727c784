"""An ingest with everything around it: answers, a store, a clock, and what it told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Event, Ingested
from feeds.conditional import Response
from feeds.model import Source
from feeds.polling import Bounds
from storage.port import Store
from tests.fakes.answers import ScriptedClient
from tests.fakes.stores import new_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://tides.example/feed"
SOURCE = Source(id="tides", url=URL, every=timedelta(minutes=30))
BOUNDS = Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24))


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

    def __init__(self, answers: dict | list, store: Store | None = None) -> None:
        self.client = ScriptedClient(answers if isinstance(answers, dict) else {URL: answers})
        self.store = store or new_store()
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
