"""Topics become documents: decided once, rendered when something changed (press.py), published all at once.

Everything kept here is derived from the store and the config, so a restart makes the same documents again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.observing.events import Observer, Published
from aggregator.publishing.archives import ROUND, Archives
from aggregator.publishing.catch import Catch, Catches
from aggregator.publishing.export import StaticCopy
from aggregator.publishing.health_feed import HealthFeed
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.origins import origins_of
from aggregator.publishing.page_set import Listed, PageSet
from aggregator.publishing.pages.views import SiteView
from aggregator.publishing.press import InPrint, Press
from aggregator.publishing.readers import Readers
from aggregator.publishing.shelf import Private, Shelf, Stock
from feeds import render
from feeds.model import Document, Notice, Origin, Site, Source, SourceState
from feeds.text.forms import Analyser
from feeds.topics import Part, Topic
from storage.port import Store

_FILES = ("/feeds/{}.atom", "/feeds/{}.rss", "/feeds/{}.json", "/topics/{}", "/topics/{}.json")
"""What there is of every topic."""


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
        notices: Callable[[], tuple[Notice, ...]] | None = None,
        timer: Callable[[], float] = time.monotonic,
        elsewhere: Callable[[Stock], None] = lambda _: None,
    ) -> None:
        """`notices` gives what was told besides news, also what is not stored yet; None: as `store` has it.

        `timer` gives seconds. `elsewhere` brings what is on the shelf to other machines, and may raise StoreError.
        """
        self.shelf = Shelf()
        self._store = store
        self._sources = {source.id: source for source in sources}
        self._settings = settings
        self._catches = Catches(topics, store=store, sources=self._sources, analyser=analyser, observe=observe)
        self._printed: dict[str, InPrint] = {}
        """By topic id, in the order of the topics."""
        self._archives = Archives(store)
        self._press = Press(settings, archives=self._archives, site=site, observe=observe)
        self._analyser = analyser
        self._site = site
        self._clock = clock
        self._observe = observe
        self._timer = timer
        self._elsewhere = elsewhere
        self._notices = notices or store.notices
        self._origins: Mapping[str, Origin] = {}
        self._readers = Readers(store)
        self._revised = False
        """Whether there are settings under which nothing was published yet."""
        self._named: list[tuple[object, ...]] | None = None
        """What decides on the addresses of the topics that are on the shelf."""
        self._pages = self._page_set()
        self._copy = StaticCopy(settings.folder, observe=observe) if settings.folder else None

    def _page_set(self) -> PageSet:
        settings = self._settings
        root = urlsplit(settings.base_url).path.rstrip("/")
        return PageSet(
            store=self._store,
            site=SiteView(title=settings.title, language=settings.language, root=root),
            since=self._site.since,
            health=HealthFeed(self._notices, site=self._site, imprint=settings),
            analyser=self._analyser,
            observe=self._observe,
        )

    def load(self) -> None:
        """Decide on everything that is stored, and on nothing else; anew, if it was done before. Raises StoreError."""
        self._pages = self._page_set()
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

    def drop(self, topic_id: str) -> None:
        """Publish the topic no longer."""
        self._catches.drop(topic_id)

    def arrange(self, topic_ids: Sequence[str]) -> None:
        """Name the topics in this order from now on."""
        self._catches.arrange(topic_ids)

    def follow(self, sources: Iterable[Source]) -> Iterator[None]:
        """Take these for the config's sources from now on; entries whose source goes by other words are looked at anew.

        Goes on a step at a time, as `adopt` does. Raises StoreError.
        """
        self._sources = {source.id: source for source in sources}
        return self._catches.follow(self._sources)

    def revise(self, settings: Imprint) -> None:
        """Publish under these settings from now on."""
        if settings == self._settings:
            return
        if settings.folder != self._settings.folder:
            self._copy = StaticCopy(settings.folder, observe=self._observe) if settings.folder else None
        self._settings = settings
        self._press = Press(settings, archives=self._archives, site=self._site, observe=self._observe)
        self._pages = self._page_set()
        self._revised = True
        for one in self._printed.values():
            one.reset()

    def publish(self) -> bool:
        """Render what changed, put it on the shelf in one go, then write the files, and bring it elsewhere.

        True: there are archives that are not in print yet, some of which the next call brings, even if nothing changes
        in between. Raises StoreError. Nothing else stops it: what cannot be rendered or written is observed, and keeps
        what readers had before.
        """
        now = self._clock()
        states = self._store.states()
        origins = origins_of(self._sources, states)
        renamed = origins != self._origins
        self._origins = origins
        self._printed = {catch.topic.id: self._in_print(catch) for catch in self._catches}
        changed = [one for one in self._printed.values() if self._press.renew(one, origins, now, renamed=renamed)]
        bound = self._bind()
        self._freeze(changed, bound, now)
        shut = any(one.fresh for one in self._printed.values() if one.catch.topic.token)
        self._shelve(self._everything(states), anew=bool(changed or bound) or shut)
        for one in changed:
            assert one.prepared is not None
            self._observe(Published(topic=one.catch.topic.id, entries=len(one.prepared.entries)))
        if self._copy is not None:
            self._copy.follow(self.shelf.documents, stay=self._staying())
        self._elsewhere(self.shelf.stock)
        return any(one.archives.behind for one in self._printed.values())

    def _bind(self) -> list[Part]:
        """Render archives that are not as they are to be, for a while, and one at least; which they are.

        Those come first to which feeds lead, in all topics.
        """
        ends, bound = self._timer() + ROUND, []
        for leading in (True, False):
            for one in self._printed.values():
                for part in one.archives.go_on(self._press, leading=leading):
                    bound.append(part)
                    if self._timer() >= ends:
                        return bound
        return bound

    def _staying(self) -> set[str]:
        """Paths whose files stay though there is no document: what subscribers had before the start.

        So a topic that cannot be rendered leaves its own, and an archive those that the next rounds bring anew.
        """
        public = [one for one in self._printed.values() if not one.catch.topic.token]
        stay = {path.format(one.catch.topic.id) for path in _FILES for one in public}
        for one in public:
            stay |= one.archives.missing
            if one.prepared is None:
                stay.update(self._archives.paths(one.catch.topic))
        return stay

    def _shelve(self, documents: Mapping[str, Document], *, anew: bool) -> None:
        named = [self._addresses(one) for one in self._printed.values()]
        if anew or self._revised or named != self._named or documents != self.shelf.documents:
            self._named, self._revised = named, False
            self._swap(documents)

    def _addresses(self, one: InPrint) -> tuple[object, ...]:
        topic = one.catch.topic
        return topic.id, topic.token, topic.formerly, one.archives.names

    def _freeze(self, changed: Iterable[InPrint], bound: Iterable[Part], now: datetime) -> None:
        """From now on the ids of what is published stay, whatever copies come."""
        shown = {entry.original for one in changed if one.feed for entry in one.feed.entries}
        shown |= {telling.original for part in bound for telling in part.tellings}
        self._catches.take(self._readers.see_entries(shown, now))

    def _swap(self, documents: Mapping[str, Document]) -> None:
        """Put everything on the shelf: for all, for those who know a token, and where former addresses lead."""
        topics = [catch.topic for catch in self._catches]
        open_to_all = {topic.id for topic in topics if not topic.token}
        private = tuple(
            Private(
                token=topic.token,
                documents=self._private(self._printed[topic.id]),
                coming=self._printed[topic.id].archives.missing,
                moved=dict.fromkeys(topic.formerly, topic.id),
            )
            for topic in topics
            if topic.token
        )
        moved = {old: topic.id for topic in topics if not topic.token for old in topic.formerly}
        gone = self._readers.see_topics(open_to_all) - {topic.id for topic in topics} - set(moved)
        coming = frozenset().union(*(self._printed[topic].archives.missing for topic in open_to_all))
        self.shelf.swap(documents, private=private, moved=moved, gone=gone, coming=coming)

    def _private(self, one: InPrint) -> Mapping[str, Document]:
        """The documents of a topic that no page but its own may mention."""
        page = self._pages.alone(self._listed(one)) if one.prepared else {}
        one.fresh = False
        return {**one.documents, **page}

    def look(self) -> Mapping[str, render.Prepared]:
        """What each topic's feed would hold if it was published now, by topic; nothing is. Raises StoreError."""
        now = self._clock()
        self._origins = origins_of(self._sources, self._store.states())
        press = self._press
        return {catch.topic.id: press.prepare(press.select(catch, self._origins, now)) for catch in self._catches}

    def _in_print(self, catch: Catch) -> InPrint:
        """What is published of the catch's topic; of one that was changed, that of before until it is rendered."""
        one = self._printed.get(catch.topic.id) or InPrint(catch)
        one.catch = catch
        return one

    def _everything(self, states: Mapping[str, SourceState]) -> Mapping[str, Document]:
        """The documents of all topics that are for everybody, and the pages."""
        public = [one for one in self._printed.values() if one.prepared and not one.catch.topic.token]
        listed = [self._listed(one) for one in public]
        documents = dict(self._pages.renew(listed, sources=self._sources, origins=self._origins, states=states))
        feeds = [one.prepared for one in listed]
        modified = max((prepared.updated for prepared in feeds), default=self._site.since)
        opml = render.topics_opml(feeds, title=self._settings.title)
        documents["/topics.opml"] = render.document(opml, render.OPML, modified)
        for one in public:
            one.fresh = False
            documents.update(one.documents)
        return dict(sorted(documents.items()))

    def _listed(self, one: InPrint) -> Listed:
        assert one.prepared is not None
        catch = one.catch
        return Listed(topic=catch.topic, prepared=one.prepared, candidates=catch.candidates, fresh=one.fresh)
