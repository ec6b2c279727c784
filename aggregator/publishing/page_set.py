"""The pages of everything that is published, kept in step: each is drawn when what it shows has changed, and only then.

Derived from the store, the config and what topics' feeds say, so a restart draws the same pages again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from aggregator.observing.events import KeptBack, Observer
from aggregator.publishing import pages
from aggregator.publishing.health_feed import PATH as HEALTH
from aggregator.publishing.health_feed import HealthFeed, Telling
from aggregator.publishing.pages.passages import Marked, marked, where
from aggregator.publishing.pages.sources import sources_view
from aggregator.publishing.pages.topics import Reasons, index_view, tally_of, topic_view
from aggregator.publishing.pages.views import Link, MissingView, SiteView, TopicView, Troubles, View
from aggregator.publishing.pages.written import as_json
from aggregator.publishing.shelf import NOT_FOUND
from aggregator.publishing.story_set import StorySet, with_a_page
from feeds.errors import StoreError
from feeds.model import Document, Entry, Origin, Source, SourceState
from feeds.render import HTML, Prepared, Shown, document
from feeds.text.forms import Analyser
from feeds.topics import Candidate, Topic
from storage.port import Store

PLAIN_JSON = "application/json"
"""No feed: a reader that is looking for one must not take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A topic that has a page."""

    topic: Topic
    prepared: Prepared
    """What its feed says."""
    candidates: Mapping[str, Candidate]
    """All that it took, by entry id."""
    fresh: bool
    """Whether either may be another one than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    view: View
    modified: datetime
    documents: Mapping[str, Document]
    """By path; empty: it could not be drawn, and there was nothing before."""


class PageSet:
    """Pages by path, each also as JSON. For one caller at a time."""

    def __init__(
        self,
        *,
        store: Store,
        site: SiteView,
        since: datetime,
        health: HealthFeed,
        analyser: Analyser,
        observe: Observer,
    ) -> None:
        """`since` is when the site began: the time of pages that show no entry."""
        self._health = health
        self._telling = Telling(documents={}, troubles=Troubles(feed="", refused=""), since=since)
        self._untold = ""
        self._sources: Mapping[str, Source] = {}
        self._site = site
        self._since = since
        self._analyser = analyser
        self._observe = observe
        self._stories = StorySet(store, site=site)
        self._refusal = ""
        self._topics: dict[str, TopicView] = {}
        self._told_in: dict[str, dict[str, None]] = {}
        """The stories that a topic shows, in its order."""
        self._told: list[tuple[str, str, tuple[str, ...]]] = []
        """The same, by the topics' ids and titles, in the order of the index."""
        self._wanted: Mapping[str, tuple[Link, ...]] = {}
        """Stories that have a page, with links to the topics that show them."""
        self._marked: dict[str, dict[str, tuple[Entry, str, Marked]]] = {}
        """What was found in the entries of a topic, which costs more than all else: by entry, while it stays."""
        self._drawn: dict[str, _Drawn] = {}
        self._put(NOT_FOUND, MissingView(site=site), since)

    def take(self, entry_ids: Iterable[str]) -> None:
        """Take note of entries that came, changed, moved or left."""
        self._stories.take(entry_ids)

    def renew(
        self,
        listed: Sequence[Listed],
        *,
        sources: Mapping[str, Source],
        origins: Mapping[str, Origin],
        states: Mapping[str, SourceState],
    ) -> Mapping[str, Document]:
        """All pages as of now. Nothing is raised: what cannot be drawn or looked up is as it was, and observed."""
        self._sources = sources
        present = {one.topic.id for one in listed}
        for gone in self._topics.keys() - present:
            self._forget(gone)
        if self._look_at_topics(listed):
            self._wanted = self._stories_of(listed)
        try:
            changed = self._stories.renew(self._wanted, origins=origins)
            self._refusal = ""
        except StoreError as error:
            changed = frozenset()
            if str(error) != self._refusal:  # told when it begins, not at every round
                self._refusal = str(error)
                self._observe(KeptBack(topic="", reason=self._refusal))
        self._draw_stories(changed)
        for one in listed:
            if one.fresh or one.topic.id not in self._topics or changed & self._told_in[one.topic.id].keys():
                self._draw_topic(one)
        lines = [self._topics[one.topic.id].topic for one in listed if one.topic.id in self._topics]
        newest = max((one.prepared.updated for one in listed), default=self._since)
        told = self._tell(origins)
        self._put("/", index_view(lines, site=self._site, troubles=told.troubles), max(newest, told.since))
        self._draw_sources(origins, states, told)
        drawn = {path: made for drawn in self._drawn.values() for path, made in drawn.documents.items()}
        return drawn | dict(told.documents)

    def _tell(self, origins: Mapping[str, Origin]) -> Telling:
        """What the health feed says; as before, where it cannot be read or drawn, which is told once."""
        try:
            self._telling = self._health.renew(origins)
            self._untold = ""
        except Exception as error:  # noqa: BLE001 - whatever breaks the health feed, all others go on
            reason = f"{HEALTH}: {type(error).__name__}: {error}"
            if reason != self._untold:
                self._untold = reason
                self._observe(KeptBack(topic="", reason=reason))
        return self._telling

    def alone(self, one: Listed) -> Mapping[str, Document]:
        """The page of a topic that is private: by itself, and without links to stories, which are for everybody."""
        path = f"/topics/{one.topic.id}"
        view = topic_view(
            one.prepared,
            tally=tally_of(one.candidates.values()),
            reasons=self._reasons(one),
            stories={},
            site=self._site,
        )
        self._marked.pop(one.topic.id, None)
        address = f"{self._site.root}/topics/{quote(one.topic.token)}/{quote(one.topic.id)}"
        view = replace(view, topic=replace(view.topic, path=address))
        return _documents(path, view, one.prepared.updated)

    def _look_at_topics(self, listed: Sequence[Listed]) -> bool:
        """Take note of the stories that each topic shows; whether they, or the topics, are others than before."""
        before, self._told_in = self._told_in, {}
        for one in listed:
            stories = before.get(one.topic.id)
            if one.fresh or stories is None:
                found = (_story(one.candidates.get(shown.entry)) for shown in one.prepared.entries)
                stories = dict.fromkeys(story for story in found if story)
            self._told_in[one.topic.id] = stories
        told = [(one.topic.id, one.topic.title, tuple(self._told_in[one.topic.id])) for one in listed]
        known, self._told = self._told, told
        return known != told

    def _stories_of(self, listed: Iterable[Listed]) -> Mapping[str, tuple[Link, ...]]:
        """Stories that have a page, with links to the topics that show them."""
        chosen = with_a_page([tuple(self._told_in[one.topic.id]) for one in listed])
        wanted: dict[str, list[Link]] = {}
        for one in listed:
            link = Link(name=one.topic.title, url=f"{self._site.root}/topics/{quote(one.topic.id)}")
            for story in self._told_in[one.topic.id]:
                if story in chosen:
                    wanted.setdefault(story, []).append(link)
        return {story: tuple(links) for story, links in wanted.items()}

    def _draw_stories(self, changed: Iterable[str]) -> None:
        views = self._stories.views
        for story in sorted(changed):
            if story in views:
                self._put(f"/stories/{story}", views[story], views[story].updated)
            else:
                self._drawn.pop(f"/stories/{story}", None)

    def _draw_topic(self, one: Listed) -> None:
        stories = self._stories.views
        view = topic_view(
            one.prepared,
            tally=tally_of(one.candidates.values()),
            reasons=self._reasons(one),
            stories=stories,
            site=self._site,
        )
        self._topics[one.topic.id] = view
        told = (stories[story].updated for story in self._told_in[one.topic.id] if story in stories)
        self._put(f"/topics/{one.topic.id}", view, max((one.prepared.updated, *told)))

    def _reasons(self, one: Listed) -> Callable[[Shown], Reasons]:
        entries = {published.id: published.entry for published in one.prepared.feed.entries}
        before = self._marked.get(one.topic.id, {})
        after: dict[str, tuple[Entry, str, Marked]] = {}
        self._marked[one.topic.id] = after

        def of(shown: Shown) -> Reasons:
            entry, candidate = entries[shown.id], one.candidates.get(shown.entry)
            line = candidate.match.line if candidate else ""
            known = before.get(entry.id)
            if known is None or known[0] is not entry or known[1] != line:
                source = self._sources.get(entry.source)
                spans = where(one.topic.match, line, entry, source=source, analyser=self._analyser)
                known = (entry, line, marked(entry, spans))
            after[entry.id] = known
            return Reasons(why=line, story=_story(candidate), marked=known[2])

        return of

    def _draw_sources(self, origins: Mapping[str, Origin], states: Mapping[str, SourceState], told: Telling) -> None:
        view = sources_view(self._sources.values(), states, origins=origins, site=self._site, troubles=told.troubles)
        moments = (moment for line in view.sources for moment in (line.last_new, line.failing_since) if moment)
        self._put("/sources", view, max((told.since, *moments)))

    def _put(self, path: str, view: View, modified: datetime) -> None:
        """Draw what is to be seen at `path`, if it is another thing than before."""
        drawn = self._drawn.get(path)
        if drawn and drawn.view == view:
            if drawn.modified != modified:  # what was drawn anew for it would be the same
                told = {at: replace(made, last_modified=modified) for at, made in drawn.documents.items()}
                self._drawn[path] = replace(drawn, modified=modified, documents=told)
            return
        try:
            documents = _documents(path, view, modified)
        except Exception as error:  # noqa: BLE001 - whatever breaks one page, the others and all feeds go on
            self._observe(KeptBack(topic="", reason=f"{path}: {type(error).__name__}: {error}"))
            documents = dict(drawn.documents) if drawn else {}
        self._drawn[path] = _Drawn(view=view, modified=modified, documents=documents)

    def _forget(self, topic: str) -> None:
        for known in (self._topics, self._told_in, self._marked):
            known.pop(topic, None)
        self._drawn.pop(f"/topics/{topic}", None)


def _documents(path: str, view: View, modified: datetime) -> dict[str, Document]:
    documents = {path: document(pages.page(view), HTML, modified)}
    if path != NOT_FOUND:
        documents[json_path(path)] = document(as_json(view), PLAIN_JSON, modified)
    return documents


def json_path(path: str) -> str:
    """Where the values behind the page at `path` are."""
    return "/index.json" if path == "/" else f"{path}.json"


def _story(candidate: Candidate | None) -> str:
    return candidate.placement.story if candidate and candidate.placement else ""
