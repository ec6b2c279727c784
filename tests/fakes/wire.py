"""A whole small newsroom: documents come in, are judged and remembered, and what topics take is published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from uuid import UUID

from aggregator.control.commands import Answer, Decide, Rebuild
from aggregator.control.editor import Editor
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.rebuilding import place_again, rebuild
from aggregator.ingesting.remember import Pace, Remembered, remember
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from feeds.model import DecisionKind, Fetched, Placement, Site, Source
from feeds.polling import Bounds
from feeds.query.syntax import parse_query
from feeds.read import read
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Store
from tests.fakes.stores import new_store

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=DAY), jitter=0.0)
SITE = Site(id=UUID("2f5e2f6e-8a36-4a3f-8c32-1f0a6d6a9d11"), since=MONDAY - 100 * DAY)


def source_of(name: str, **facts) -> Source:
    return Source(id=name, url=f"https://{name}.example/rss", name=name.title(), **facts)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a source lists: one article."""

    title: str
    text: str
    at: datetime
    guid: str = "1"
    path: str = ""
    image: str = ""

    def xml(self, source: Source) -> str:
        url = f"https://{source.id}.example/{self.path or self.guid}"
        picture = f'<enclosure url="{escape(self.image)}" length="1" type="image/jpeg"/>' if self.image else ""
        return (
            f"<item><guid>{url}</guid><link>{escape(url)}</link><title>{escape(self.title)}</title>"
            f"<description>{escape(self.text)}</description>{picture}"
            f"<pubDate>{format_datetime(self.at, usegmt=True)}</pubDate></item>"
        )


@dataclass(kw_only=True)
class Wire:
    """Everything between a document that was fetched and the feeds that readers get."""

    sources: Sequence[Source]
    store: Store = field(default_factory=new_store)
    topic: Topic = field(default_factory=lambda: Topic(id="all", title="All", match={"any": (parse_query("*"),)}))
    others: Sequence[Topic] = ()
    """Published beside it."""
    now: datetime = MONDAY

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Everything that is derived is made anew from the store."""
        self.judge = Judge(self.store, ranks={source.id: source.rank for source in self.sources})
        self.publisher = Publisher(
            store=self.store,
            topics=[self.topic, *self.others],
            sources=self.sources,
            settings=Imprint(base_url="https://wire.example", title="Wire"),
            analyser=Analyser(),
            site=SITE,
            clock=lambda: self.now,
            observe=lambda _: None,
        )
        self.publisher.load()
        self.editor = Editor(
            self.store,
            clock=lambda: self.now,
            replace_entries=partial(place_again, self.store, self.judge),
            rebuild=partial(rebuild, self.store, self.judge),
        )

    def take(self, source: Source, *listed: Told, language: str = "en", publish: bool = True) -> Remembered:
        """One pass of `source`, whose document has this in it."""
        items = "".join(one.xml(source) for one in listed)
        body = (
            f'<rss version="2.0"><channel><title>{source.name}</title><link>{source.url}</link>'
            f"<language>{language}</language>{items}</channel></rss>"
        ).encode()
        state = self.store.states().get(source.id)
        seen = state.seen if state else ()
        kept = remember(
            self.store,
            judge=self.judge,
            source=source,
            state=state,
            outcome=Fetched(url=source.url, body=body, body_hash=str(hash(body))),
            feed=read(body, source=source, url=source.url, content_type="", now=self.now, seen=seen),
            now=self.now,
            pace=PACE,
        )
        self.publisher.take(kept.changed)
        if publish:
            self.publisher.publish()
        return kept

    def decide(self, kind: DecisionKind, entry: str, other: str = "", *, undo: bool = False) -> Answer:
        return self._told(self.editor.carry_out(Decide(kind=kind, entry=entry, other=other, undo=undo)))

    def rebuild(self) -> Answer:
        return self._told(self.editor.carry_out(Rebuild()))

    def _told(self, answer: Answer) -> Answer:
        self.publisher.take(getattr(answer, "changed", ()))
        self.publisher.publish()
        return answer

    def document(self, suffix: str) -> str:
        return self.publisher.shelf.documents[f"/feeds/{self.topic.id}.{suffix}"].body.decode()

    def page(self) -> str:
        return self.publisher.shelf.documents[f"/topics/{self.topic.id}"].body.decode()

    def items(self) -> list[dict]:
        return json.loads(self.document("json"))["items"]

    def placements(self) -> dict[str, Placement]:
        """Of every entry, by its source, as long as each source has one."""
        listed = {entry.id: entry.source for entry in self.store.entries()}
        found = self.store.placements(listed)
        return {source: found.get(one) or Placement(entry=one) for one, source in listed.items()}

    def ids(self) -> dict[str, str]:
        return {entry.source: entry.id for entry in self.store.entries()}

    def everything(self) -> dict[str, Placement]:
        return dict(self.store.placements(entry.id for entry in self.store.entries()))


TREATY = (
    "Ministers of nine river states signed a treaty in Lindholm on Monday that shares the water of the Orla for thirty"
    " years. The upper states promise to let at least two fifths of the summer flow pass their dams, and a court of"
    " five engineers will settle quarrels. Farmers on the lower banks had blocked the bridges of Tarn for weeks."
    " We will be able to plant again in spring, said Ada Kerr, who grows beets near the mouth of the river."
    " The parliaments have until autumn to agree, and the smallest of them votes first. Engineers warned that"
    " the gauges of the upper valley are older than the dams and would have to be replaced before anybody counts."
)
FERRY = (
    "The ferry Sturmvogel ran onto a sandbank off Sandholm in thick fog, and the coastguard brought all passengers"
    " ashore by midnight. Nobody was hurt, the shipping line said. The captain had reported a broken radar an hour"
    " before the accident and asked for a tug, which was busy with a barge in the outer harbour. Divers are to look at"
    " the hull on the next calm day, and until then the island is served by a fishing boat that takes forty people."
    " Islanders have asked for a second ferry for years; the county council found the old one good enough in a report."
)


def without_end(text: str, sentences: int = 1) -> str:
    return ". ".join(text.split(". ")[:-sentences]) + "."


def near_copies(text: str) -> list[str]:
    """The text as five outlets print it: none is equal to another one."""
    parts = text.split(". ")
    return [
        text,
        f"LINDHOLM, March 2 – {text}",
        without_end(text),
        ". ".join([*parts[:2], *parts[3:]]),
        f"{text} The editors will follow this story as it goes on.",
    ]


def five(names: Iterable[str] = ("harbour", "orla", "tarn", "lantern", "valley")) -> list[Source]:
    return [source_of(name) for name in names]


def print_all(wire: Wire, title: str, texts: Iterable[str], sources: Iterable[Source], *, publish: bool = True) -> None:
    """Each of `sources` prints one of `texts`, an hour apart."""
    for source, text in zip(sources, texts, strict=True):
        wire.take(source, Told(title=title, text=text, at=wire.now), publish=publish)
        wire.now += HOUR


def links(item: dict) -> set[str]:
    """The article that is shown, and those of the other outlets that print it."""
    return {item["url"], *(one["url"] for one in item["_topicwire"].get("also", ()))}
