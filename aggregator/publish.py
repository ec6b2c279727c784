"""Topics become documents: decided once, rendered when something changed, published all at once.

Everything kept here is derived from the store and the config, so a restart makes the same documents again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.catch import Catch, Catches
from aggregator.events import EntryRefused, KeptBack, Observer, Published
from aggregator.export import StaticCopy
from aggregator.page_set import Listed, PageSet
from aggregator.pages.views import SiteView
from aggregator.shelf import Shelf
from feeds import render
from feeds.errors import StoreError
from feeds.model import Document, Origin, Placement, Site, Source, SourceState, TopicFeed
from feeds.text.forms import Analyser
from feeds.topics import Topic, select
from storage.port import Change, Store

_FILES = ("/feeds/{}.atom", "/feeds/{}.rss", "/feeds/{}.json", "/topics/{}", "/topics/{}.json")
"""What there is of every topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Under what name and address topics are published, and where their files go."""

    base_url: str
    """What readers see before every path, without slash at its end; no request header takes its place."""
    title: str
    language: str = "en"
    folder: Path | None = None
    """Of the static copy; None: no copy."""
    ttl: timedelta = timedelta(minutes=15)
    """When another look makes sense: half the default interval of a source, so news waits that long on average."""


@dataclass(slots=True)
class _Standing:
    """What is published of one topic: derived, and dropped with the process."""

    catch: Catch
    feed: TopicFeed | None = None
    """What the documents say; None: there are none yet."""
    prepared: render.Prepared | None = None
    documents: Mapping[str, Document] = field(default_factory=dict)
    failed: TopicFeed | None = None
    """What could not be rendered: told once, and not tried again until it is another one."""
    fresh: bool = True
    """Whether its page may have to be another one."""


class Publisher:
    """Keeps the shelf, and the publish folder, at what the store and the topics say. For one caller at a time."""

    def __init__(  # noqa: PLR0913 - the parts that app.py brings together, each by name
        self,
        *,
        store: Store,
        topics: Sequence[Topic],
        sources: Sequence[Source],
        settings: Imprint,
        analyser: Analyser,
        site: Site,
        clock: Callable[[], datetime],
        observe: Observer,
    ) -> None:
        self.shelf = Shelf()
        self._store = store
        self._sources = {source.id: source for source in sources}
        self._settings = settings
        self._catches = Catches(topics, store=store, sources=self._sources, analyser=analyser, observe=observe)
        self._standings: dict[str, _Standing] = {}
        """By topic id, in the order of the topics."""
        self._pages = PageSet(
            store=store,
            site=SiteView(
                title=settings.title, language=settings.language, root=urlsplit(settings.base_url).path.rstrip("/")
            ),
            since=site.since,
            analyser=analyser,
            observe=observe,
        )
        self._site = site
        self._clock = clock
        self._observe = observe
        self._origins: Mapping[str, Origin] = {}
        self._frozen: set[str] = set()
        """Ids of entries that are known to be remembered as published."""
        self._copy = StaticCopy(settings.folder, observe=observe) if settings.folder else None

    def load(self) -> None:
        """Decide on everything that is stored. Raises StoreError."""
        self._catches.load()

    def take(self, entry_ids: Iterable[str]) -> None:
        """Decide anew on entries that an ingest brought or changed, or that aged out. Raises StoreError."""
        touched = tuple(entry_ids)
        self._pages.take(touched)
        self._catches.take(touched)

    def adopt(self, topic: Topic) -> Iterator[None]:
        """Look through all that is stored for a topic that is new, or takes the place of the one with its id.

        Goes on a step at a time: in between its caller may let others call everything here, and readers have what they
        had until the `publish` behind the last step. Raises StoreError.
        """
        return self._catches.adopt(topic)

    def publish(self) -> None:
        """Render what changed, put it on the shelf in one go, then write the files.

        Raises StoreError. Nothing else stops it: what cannot be rendered or written is observed, and keeps what
        readers had before.
        """
        now = self._clock()
        states = self._store.states()
        origins = _origins(self._sources, states)
        renamed = origins != self._origins
        self._origins = origins
        self._standings = {catch.topic.id: self._standing(catch) for catch in self._catches}
        changed = [s for s in self._standings.values() if self._renew(s, now, renamed=renamed)]
        self._freeze(changed, now)
        before, after = self.shelf.documents, self._everything(states)
        if after != before:
            self.shelf.swap(after)
        for standing in changed:
            assert standing.prepared is not None
            self._observe(Published(topic=standing.catch.topic.id, entries=len(standing.prepared.entries)))
        if self._copy is not None:
            # A topic that cannot be rendered after a start leaves what subscribers had before.
            stay = {path.format(topic) for path in _FILES for topic in self._standings}
            self._copy.follow(self.shelf.documents, stay=stay)

    def _freeze(self, changed: Iterable[_Standing], now: datetime) -> None:
        """Remember what is published for the first time: from now on its id stays, whatever copies come.

        A store that refuses stops nothing here: readers are not to wait for it, and the next round tries again.
        """
        shown = {entry.original for one in changed if one.feed for entry in one.feed.entries} - self._frozen
        placements = {one: Placement(entry=one) for one in shown} | dict(self._store.placements(shown))
        fresh = [replace(placement, published=now) for placement in placements.values() if placement.published is None]
        try:
            if fresh:
                self._store.commit(Change(placements=tuple(fresh)))
        except StoreError:
            return
        self._frozen |= shown
        self._catches.take(placement.entry for placement in fresh)

    def look(self) -> Mapping[str, render.Prepared]:
        """What each topic's feed would hold if it was published now, by topic; nothing is. Raises StoreError."""
        now = self._clock()
        self._origins = _origins(self._sources, self._store.states())
        return {catch.topic.id: render.prepare(self._select(catch, now)) for catch in self._catches}

    def _standing(self, catch: Catch) -> _Standing:
        """What is published of the catch's topic; of one that was changed, that of before until it is rendered."""
        standing = self._standings.get(catch.topic.id) or _Standing(catch)
        standing.catch = catch
        return standing

    def _renew(self, standing: _Standing, now: datetime, *, renamed: bool) -> bool:
        """Render a topic if its feed is another one now; True: there are new documents.

        An entry that came, went or changed can make it one, and so can age, or a source that goes by a new name.
        """
        catch = standing.catch
        topic = catch.topic
        ages = topic.max_age is not None or topic.where.max_age is not None
        if not (catch.stale or ages or renamed):
            return False
        stale, catch.stale = catch.stale, False
        feed = self._select(catch, now)
        if feed in (standing.feed, standing.failed):
            standing.fresh |= stale and feed != standing.failed
            return False
        rendered = self._render(standing, feed)
        standing.failed = None if rendered else feed
        return rendered

    def _select(self, catch: Catch, now: datetime) -> TopicFeed:
        return select(
            catch.topic,
            catch.candidates.values(),
            site=self._site,
            base_url=self._settings.base_url,
            language=self._settings.language,
            origins=self._origins,
            now=now,
        )

    def _render(self, standing: _Standing, feed: TopicFeed) -> bool:
        topic = standing.catch.topic.id
        try:
            prepared = render.prepare(feed)
            documents = self._documents(standing, prepared)
        except Exception as error:  # noqa: BLE001 - whatever breaks in one topic, the others go on and readers keep theirs
            self._observe(KeptBack(topic=topic, reason=f"{type(error).__name__}: {error}"))
            return False
        for path, made in documents.items():
            if reason := render.flaw(made):
                self._observe(KeptBack(topic=topic, reason=f"{path}: {reason}"))
                return False
        known = set(standing.prepared.refused) if standing.prepared else set()
        for refused in prepared.refused:
            if refused not in known:
                self._observe(EntryRefused(topic=topic, entry=refused.entry, reason=refused.reason))
        standing.feed, standing.prepared, standing.documents, standing.fresh = feed, prepared, documents, True
        return True

    def _documents(self, standing: _Standing, prepared: render.Prepared) -> Mapping[str, Document]:
        topic, modified = standing.catch.topic.id, prepared.updated
        minutes = max(1, round(self._settings.ttl / timedelta(minutes=1)))
        bodies = {
            f"/feeds/{topic}.atom": (render.atom(prepared), render.ATOM),
            f"/feeds/{topic}.rss": (render.rss(prepared, ttl_minutes=minutes), render.RSS),
            f"/feeds/{topic}.json": (render.json_feed(prepared), render.JSON),
        }
        return {path: render.document(body, media, modified) for path, (body, media) in bodies.items()}

    def _everything(self, states: Mapping[str, SourceState]) -> Mapping[str, Document]:
        """All topics' documents, and the pages."""
        listed = []
        for standing in self._standings.values():
            if standing.prepared:
                catch = standing.catch
                listed.append(
                    Listed(
                        topic=catch.topic,
                        prepared=standing.prepared,
                        candidates=catch.candidates,
                        fresh=standing.fresh,
                    )
                )
                standing.fresh = False
        documents = dict(self._pages.renew(listed, sources=self._sources, origins=self._origins, states=states))
        for standing in self._standings.values():
            documents.update(standing.documents)
        return documents


def _origins(sources: Mapping[str, Source], states: Mapping[str, SourceState]) -> Mapping[str, Origin]:
    """Every source that ever brought something, as readers see it; the config's word before the feed's own."""
    origins = {
        state.source: Origin(id=state.source, title=state.title or _host(state.url), url=state.url, home=state.home)
        for state in states.values()
    }
    for source in sources.values():
        known = origins.get(source.id)
        title = source.name or (known.title if known else _host(source.url))
        origins[source.id] = Origin(id=source.id, title=title, url=source.url, home=known.home if known else "")
    return origins


def _host(url: str) -> str:
    """A name for a source that has not said its own yet."""
    return (urlsplit(url).hostname or url).removeprefix("www.")
