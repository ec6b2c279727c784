"""Pages written for tests: each kind with everything that can be on it; a reader of pages that takes no broken one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

from aggregator.publishing.pages.passages import marked
from aggregator.publishing.pages.sources import sources_view
from aggregator.publishing.pages.stories import Told, story_view
from aggregator.publishing.pages.topics import Reasons, index_view, topic_line, topic_view
from aggregator.publishing.pages.views import Link, MissingView, SiteView, StoryView, Tally, TopicView, Troubles, View
from feeds.model import Credit, CreditRole, Origin, Placement, Revision, RevisionKind, Source, SourceState, Span
from feeds.render import prepare
from tests.fakes.topic_feeds import DZVIN, NOON, RIVER, STEP, a_feed, an_entry, the_golden_feed

SITE = SiteView(title="My <feeds>", language="en", root="/news")
TALLY = Tally(last=date(2026, 3, 14), days=(0,) * 27 + (1, 0, 2))
TROUBLES = Troubles(feed="https://feeds.example/news/feeds/_health.atom", refused="2 problems, the first in line 3")
NO_TROUBLES = Troubles(feed="", refused="")
HOUR = timedelta(hours=1)


class Reading(HTMLParser):
    """Start tags in order, each with its attributes, and the text; every opened element is closed."""

    VOID = frozenset({"meta", "link"})

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.text += f" {data}"

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def a_story(site: SiteView = SITE) -> StoryView:
    """Told by an outlet that edited it, by another in another language, by a third in the words of the first."""
    entry = an_entry(
        3,
        title="Senate signs the treaty",
        content="<p>The senate signed the treaty on the river on Friday.</p>",
        summary="",
        revision=1,
        revised=NOON - HOUR,
        credits=(
            Credit(outlet="Dzvin", role=CreditRole.ORIGIN, text="Dzvin", span=Span(field="body", start=0, end=5)),
        ),
    )
    before = Revision(
        entry=entry.id,
        number=0,
        replaced=NOON - HOUR,
        changes=("title", "content"),
        kind=RevisionKind.MATERIAL,
        title="Senate debates the treaty",
        summary="",
        content="<p>The senate will sign the treaty on the river on Friday.</p>",
        url=entry.url,
    )
    edition = an_entry(2, id="dzvin:2", source="dzvin", title="Сенат підписав угоду", language="uk", summary="Угода.")
    copy = an_entry(1, id="step:1", source="step", title="Senate signs the treaty")
    told = Told(
        id="5t0ry",
        entries=(entry, edition, copy),
        placements={
            "dzvin:2": Placement(entry="dzvin:2", edition_of=entry.id),
            "step:1": Placement(entry="step:1", copy_of=entry.id),
        },
        revisions={entry.id: (before,)},
    )
    topics = (Link(name="River treaty & border", url=f"{site.root}/topics/river-treaty"),)
    return story_view(told, topics=topics, origins={"river": RIVER, "dzvin": DZVIN, "step": STEP}, site=site)


def a_topic(feed=None, *, site: SiteView = SITE, why=None, found=(), story: str = "") -> TopicView:
    """The page of `feed`, whose first entry has the spans `found` and is, as the second one, of the story `a_story`."""
    prepared = prepare(the_golden_feed() if feed is None else feed)
    entries = {one.entry.id: one.entry for one in prepared.feed.entries}
    first = [shown.entry for shown in prepared.entries[:2]]

    def reasons(shown):
        spans = found if shown.entry in first[:1] else ()
        return Reasons(
            why=(why or {}).get(shown.entry, ""),
            story=story if shown.entry in first else "",
            marked=marked(entries[shown.entry], spans),
        )

    tally = TALLY if prepared.entries else replace(TALLY, last=None)
    return topic_view(prepared, tally=tally, reasons=reasons, stories={"5t0ry": a_story(site)}, site=site)


def the_sources(site: SiteView = SITE) -> View:
    """One of each kind: in order, failing, moved, not asked yet, switched off."""
    sources = [Source(id=name, url=f"https://ann:secret@{name}.example/feed?token=1") for name in "abcd"]
    sources.append(Source(id="e", url="https://e.example/feed", enabled=False))

    def state(name, **facts):
        return SourceState(source=name, url=f"https://ann:secret@{name}.example/feed?token=1", last_fetch=NOON, **facts)

    states = {
        "a": state("a", last_ok=NOON, last_new=NOON - HOUR),
        "b": state("b", failures=2, failing_since=NOON - HOUR, last_ok=NOON - 2 * HOUR, last_error="no answer in 30 s"),
        "c": state("c", last_ok=NOON, moved_to="https://new.example/feed?token=1"),
    }
    origins = {
        name: Origin(id=name, title=f"{name.upper()} Post", url="", home="https://a.example/") for name in "abcde"
    }
    return sources_view(sources, states, origins=origins, site=site, troubles=TROUBLES)


def every_page(site: SiteView = SITE) -> dict[str, View]:
    """By a name for people."""
    lines = [topic_line(prepare(the_golden_feed()), tally=TALLY, site=site)]
    found = (Span(field="title", start=0, end=5), Span(field="summary", start=12, end=19))
    return {
        "index": index_view(lines, site=site, troubles=TROUBLES),
        "no topics": index_view([], site=site, troubles=NO_TROUBLES),
        "topic": a_topic(site=site, why={"river:1": 'river NEAR/3 "treaty"'}, found=found, story="5t0ry"),
        "no entries": a_topic(a_feed(), site=site),
        "story": a_story(site),
        "sources": the_sources(site),
        "no sources": sources_view([], {}, origins={}, site=site, troubles=NO_TROUBLES),
        "missing": MissingView(site=site),
    }
