"""A site that readers subscribe to: two topics over three entries, one of which has a copy, and one with room
for two of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.serving.answering import Asked, Reply
from aggregator.serving.server import application
from feeds.model import Enclosure, Placement, Site, Source, SourceState
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Change
from tests.fakes.serving import served
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
ENTRIES = (
    an_entry(
        1,
        title="Treaty & border: “3 < 4”, says minister",
        url="https://river.example/1?id=7&ref=home",
        enclosures=(Enclosure(url="https://river.example/p.jpg", media_type="image/jpeg", length=9),),
    ),
    an_entry(2, id="dzvin:2", source="dzvin", title="Угоду (treaty) підписано", summary="", language="uk", authors=()),
    an_entry(3, id="step:3", source="step", title="Договор (treaty) подписан", language="ru"),
)
COPY = replace(
    an_entry(4, id="step:4", source="step", title="Treaty & border: “3 < 4”, says minister"),
    first_seen=ENTRIES[0].first_seen,
    revised=ENTRIES[0].first_seen,
)
EXPECTED = [(e.title, e.url, int(e.published.timestamp())) for e in ENTRIES]


@dataclass
class Served:
    """What is served, where, and with which statuses so far."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)

    def url(self, suffix: str, topic: str = "treaty") -> str:
        return f"http://127.0.0.1:{self.port}/feeds/{topic}.{suffix}"


def published() -> Publisher:
    """The site, with all of it on its shelf."""
    store = new_store()
    store.commit(Change(entries=(*ENTRIES, COPY), placements=(Placement(entry="step:4", copy_of="river:1"),)))
    store.commit(
        Change(states=(SourceState(source="river", url="https://river.example/feed", title="River Post & Sons"),))
    )
    topics = [
        Topic(id=topic, title=f"All of {topic}", match={"any": (parse_query("treaty"),)}, limit=limit)
        for topic, limit in (("treaty", 50), ("again", 50), ("lately", 2))
    ]
    publisher = Publisher(
        store=store,
        topics=topics,
        sources=[
            Source(id=i, url=f"https://{i}.example/feed", name=n) for i, n in [("dzvin", "Дзвін"), ("step", "Степь")]
        ],
        settings=Imprint(base_url="https://feeds.example", title="My feeds"),
        analyser=Analyser(),
        site=SITE,
        clock=lambda: NOON,
        observe=lambda event: None,
    )
    publisher.load()
    publisher.publish()
    return publisher


@contextmanager
def subscribed() -> Iterator[Served]:
    """The site, for as long as the context lasts."""
    app, site = application(published().shelf, max_age=timedelta), Served()

    def listening(asked: Asked) -> Reply:
        answer = app(asked)
        site.statuses.append(int(answer.head.split()[1]))
        return answer

    with served(listening) as site.port:
        yield site
