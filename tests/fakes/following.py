"""A daily round in small: documents come in, are remembered, and a topic that takes all of them is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from uuid import UUID

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, Remembered, remember
from aggregator.ingesting.retention import Keeping, age_out
from feeds import render
from feeds.model import Fetched, Match, Site, Source, TopicFeed
from feeds.polling import Bounds
from feeds.read import read
from feeds.topics import Candidate, Topic, entry_urn, select
from storage.port import Store
from tests.fakes.stores import new_store

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=DAY), jitter=0.0)
SITE = Site(id=UUID("7b6f4c1e-58f0-4a39-9d0d-0a1f6f3f6c11"), since=MONDAY - 400 * DAY)
HARBOUR = Source(id="harbour-post", url="https://harbour.example/rss")


@dataclass(frozen=True, kw_only=True)
class Item:
    """What a publisher lists; the default address is named like the guid."""

    guid: str
    title: str
    at: datetime
    text: str = ""
    url: str = ""

    def xml(self) -> str:
        url = self.url or f"https://harbour.example/{self.guid}"
        return (
            f'<item><guid isPermaLink="false">{escape(self.guid)}</guid><link>{escape(url)}</link>'
            f"<title>{escape(self.title)}</title><description>{escape(self.text)}</description>"
            f"<pubDate>{format_datetime(self.at, usegmt=True)}</pubDate></item>"
        )


def document(items: Iterable[Item]) -> bytes:
    listed = "".join(item.xml() for item in items)
    return f'<rss version="2.0"><channel><title>Harbour Post</title>{listed}</channel></rss>'.encode()


@dataclass
class Following:
    """One reader's view: `published` has every id that was ever in the topic's feed, with the headlines it had."""

    store: Store = field(default_factory=new_store)
    topic: Topic = field(default_factory=lambda: Topic(id="all", title="All", match={}, limit=10_000))
    published: dict[str, list[str]] = field(default_factory=dict)
    passes: int = 0

    def __post_init__(self) -> None:
        self.judge = Judge(self.store)

    def take(self, items: Iterable[Item], at: datetime, *, source: Source = HARBOUR) -> Remembered:
        return self.read(document(items), at, source=source)

    def read(self, body: bytes, at: datetime, *, source: Source = HARBOUR) -> Remembered:
        self.passes += 1
        state = self.store.states().get(source.id)
        kept = remember(
            self.store,
            judge=self.judge,
            source=source,
            state=state,
            outcome=Fetched(url=source.url, body=body, body_hash=str(self.passes)),
            feed=read(body, source=source, url=source.url, content_type="", now=at, seen=state.seen if state else ()),
            now=at,
            pace=PACE,
            own=partial(_urns, self.topic),
        )
        for one in self.feed(at).entries:
            titles = self.published.setdefault(one.id, [])
            if one.entry.title not in titles:
                titles.append(one.entry.title)
        return kept

    def feed(self, at: datetime) -> TopicFeed:
        entries = tuple(self.store.entries())
        placements = self.store.placements(entry.id for entry in entries)
        found = (Candidate(entry=entry, placement=placements.get(entry.id), match=Match(line="*")) for entry in entries)
        return select(self.topic, found, site=SITE, base_url="https://wire.example", language="en", origins={}, now=at)

    def documents(self, at: datetime) -> dict[str, bytes]:
        """What we publish, by format."""
        prepared = render.prepare(self.feed(at))
        return {
            "atom": render.atom(prepared),
            "rss": render.rss(prepared, ttl_minutes=30),
            "json": render.json_feed(prepared),
        }

    def let_all_go(self, at: datetime) -> None:
        while age_out(self.store, Keeping(age=timedelta(0), most=100_000), now=at):
            pass


def _urns(topic: Topic, entry_id: str) -> set[str]:
    return {entry_urn(SITE, topic.id, entry_id)}


def moved(items: Iterable[Item], **changes: str) -> list[Item]:
    """The same articles under new names, `{n}` in a change being the place of each."""
    return [replace(item, **{name: text.format(n=n) for name, text in changes.items()}) for n, item in enumerate(items)]
