"""What one topic's documents are: its feed in every format, made anew when the feed is another one, and checked.

Which topics there are, and when all of it reaches readers, is decided in aggregator/publishing/publish.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from aggregator.observing.events import EntryRefused, KeptBack, Observer
from aggregator.publishing.archives import Archives, Binding
from aggregator.publishing.catch import Catch
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.made import Made
from feeds import render
from feeds.conditional import fresh_for
from feeds.model import Document, Origin, Site, TopicFeed
from feeds.read.attribution import with_added
from feeds.topics import Masthead, Part, Topic, arranged, divide, written
from feeds.websub import links


@dataclass(slots=True, eq=False)
class InPrint:
    """What is published of one topic: derived, and dropped with the process."""

    catch: Catch
    feed: TopicFeed | None = None
    """What the documents say; None: there are none yet."""
    made: Made | None = None
    """Its documents, likewise."""
    failed: TopicFeed | None = None
    """What could not be rendered: told once, and not tried again until it is another one."""
    archives: Binding = field(default_factory=Binding)
    fresh: bool = True
    """Whether its page may have to be another one."""

    @property
    def prepared(self) -> render.Prepared | None:
        return self.made.prepared if self.made else None

    @property
    def documents(self) -> Mapping[str, Document]:
        """By path, with those of its archives."""
        return {**(self.made.documents if self.made else {}), **self.archives.documents}

    def reset(self) -> None:
        """Readers keep what is in print until it is replaced, but nothing of it counts: all is rendered anew."""
        self.feed = self.failed = None
        self.fresh = self.catch.stale = True
        self.archives.reset()


class Press:
    """Renders topics under the settings that it was made with. For one caller at a time."""

    def __init__(self, settings: Imprint, *, archives: Archives, site: Site, observe: Observer) -> None:
        self._settings = settings
        self._archives = archives
        self._site = site
        self._observe = observe
        self._refused: set[tuple[str, render.Refused]] = set()
        """What was told of entries, by topic."""

    def select(self, catch: Catch, origins: Mapping[str, Origin], now: datetime) -> TopicFeed:
        """What the topic's feed holds now; `origins` are the sources as readers see them, by id. Raises StoreError."""
        tellings = arranged(catch.topic, catch.candidates.values(), now=now)
        parts = divide(catch.topic, tellings, self._archives.of(catch.topic))
        return self._current(catch.topic, parts, self._masthead(origins))

    def _current(self, topic: Topic, parts: Sequence[Part], masthead: Masthead) -> TopicFeed:
        """What subscribers ask for, and a hub may tell of."""
        return replace(written(topic, parts, 0, masthead), hub=self._settings.hub_of(topic))

    def _masthead(self, origins: Mapping[str, Origin]) -> Masthead:
        settings = self._settings
        return Masthead(site=self._site, base_url=settings.base_url, language=settings.language, origins=origins)

    def prepare(self, feed: TopicFeed, *, before: render.Prepared | None = None) -> render.Prepared:
        """What every format says of `feed`; `before`, what they said last, saves time and changes nothing."""
        return render.prepare(feed, registry=with_added(self._settings.outlets), before=before)

    def renew(self, one: InPrint, origins: Mapping[str, Origin], now: datetime, *, renamed: bool) -> bool:
        """Render a topic if its feed is another one now; True: there are new documents.

        An entry that came, went or changed can make it one, and so can age, or a source that goes by a new name
        (`renamed`). What cannot be rendered is observed, and leaves in print what there was. Its archives are told what
        they are to be, and nothing of them is rendered here. Raises StoreError.
        """
        catch = one.catch
        topic = catch.topic
        ages = topic.max_age is not None or topic.where.max_age is not None
        if not (catch.stale or ages or renamed):
            return False
        stale, catch.stale = catch.stale, False
        masthead = self._masthead(origins)
        tellings = arranged(topic, catch.candidates.values(), now=now)
        parts = divide(topic, tellings, self._archives.keep(topic, tellings))
        feed = self._current(topic, parts, masthead)
        rendered = False
        if feed in (one.feed, one.failed):
            one.fresh |= stale and feed != one.failed
        else:
            rendered = self._render(one, feed)
            one.failed = None if rendered else feed
        if feed == one.feed:
            one.archives.follow(topic, parts, masthead)
        return rendered

    def make(self, path: str, feed: TopicFeed, *, before: Made | None = None) -> Made | None:
        """`feed` at `path` in every format, without what cannot be published; None, which is observed: it cannot be.

        `before`, an earlier document of the same topic, saves time and changes nothing.
        """
        try:
            prepared = self.prepare(feed, before=before.prepared if before else None)
            made = self._written(prepared, before=before.written if before else {})
        except Exception as error:  # noqa: BLE001 - whatever breaks in one topic, the others go on and readers keep theirs
            self._observe(KeptBack(topic=feed.topic, reason=f"{type(error).__name__}: {error}"))
            return None
        for suffix, flawed in made.items():
            if isinstance(flawed, render.Flawed):
                self._observe(KeptBack(topic=feed.topic, reason=f"{path}{suffix}: {flawed.reason}"))
                return None
        self._tell(feed.topic, prepared.refused)
        done = {suffix: one for suffix, one in made.items() if isinstance(one, render.Written)}
        return Made(path=path, prepared=prepared, written=done)

    def _tell(self, topic: str, refused: Iterable[render.Refused]) -> None:
        """Once each, in whatever document of the topic it would be."""
        for one in refused:
            if (topic, one) not in self._refused:
                self._refused.add((topic, one))
                self._observe(EntryRefused(topic=topic, entry=one.entry, reason=one.reason))

    def _render(self, one: InPrint, feed: TopicFeed) -> bool:
        topic = one.catch.topic.id
        made = self.make(f"/feeds/{topic}", feed, before=one.made)
        if made is None:
            return False
        one.feed, one.made, one.fresh = feed, made, True
        return True

    def _written(
        self, prepared: render.Prepared, before: Mapping[str, render.Written]
    ) -> Mapping[str, render.Written | render.Flawed]:
        """The documents by suffix."""
        minutes = max(1, round(self._settings.ttl / timedelta(minutes=1)))
        forms: tuple[tuple[str, Callable[[render.Prepared], bytes], str], ...] = (
            (".atom", render.atom, render.ATOM),
            (".rss", partial(render.rss, ttl_minutes=minutes), render.RSS),
            (".json", render.json_feed, render.JSON),
        )
        fresh = fresh_for(_moments(prepared.feed), self._settings.pace)
        made = {
            suffix: render.written(prepared, write, media, before=before.get(suffix)) for suffix, write, media in forms
        }
        hub, base = prepared.feed.hub, prepared.feed.feed_url
        return {
            suffix: _told_with(one, fresh_for=fresh, link=links(hub, f"{base}{suffix}")) for suffix, one in made.items()
        }


def _told_with(
    one: render.Written | render.Flawed, *, fresh_for: timedelta, link: str
) -> render.Written | render.Flawed:
    """With what is no part of its bytes."""
    if isinstance(one, render.Flawed):
        return one
    return replace(one, document=replace(one.document, fresh_for=fresh_for, link=link))


def _moments(feed: TopicFeed) -> list[datetime]:
    """When its entries came about: what was read late, as with a source's first document, did so before we met it."""
    return [min(one.entry.published, one.first_seen or one.entry.first_seen) for one in feed.entries]
