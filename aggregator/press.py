"""What one topic's documents are: its feed in every format, made anew when the feed is another one, and checked.

Which topics there are, and when all of it reaches readers, is decided in aggregator/publish.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.catch import Catch
from aggregator.events import EntryRefused, KeptBack, Observer
from aggregator.imprint import Imprint
from feeds import render
from feeds.model import Document, Origin, Site, TopicFeed
from feeds.topics import select


@dataclass(slots=True, eq=False)
class InPrint:
    """What is published of one topic: derived, and dropped with the process."""

    catch: Catch
    feed: TopicFeed | None = None
    """What the documents say; None: there are none yet."""
    prepared: render.Prepared | None = None
    documents: Mapping[str, Document] = field(default_factory=dict)
    """By path; those of a private topic as if it were for everybody."""
    failed: TopicFeed | None = None
    """What could not be rendered: told once, and not tried again until it is another one."""
    fresh: bool = True
    """Whether its page may have to be another one."""

    def reset(self) -> None:
        """Nothing that is in print counts any longer: render everything anew when asked next."""
        self.feed = self.failed = None
        self.fresh = self.catch.stale = True


class Press:
    """Renders topics under the settings that it was made with. For one caller at a time."""

    def __init__(self, settings: Imprint, *, site: Site, observe: Observer) -> None:
        self._settings = settings
        self._site = site
        self._observe = observe

    def select(self, catch: Catch, origins: Mapping[str, Origin], now: datetime) -> TopicFeed:
        """What the topic's feed holds now; `origins` are the sources as readers see them, by id."""
        return select(
            catch.topic,
            catch.candidates.values(),
            site=self._site,
            base_url=self._settings.base_url,
            language=self._settings.language,
            origins=origins,
            now=now,
        )

    def prepare(self, feed: TopicFeed) -> render.Prepared:
        """What every format says of `feed`."""
        return render.prepare(feed)

    def renew(self, one: InPrint, origins: Mapping[str, Origin], now: datetime, *, renamed: bool) -> bool:
        """Render a topic if its feed is another one now; True: there are new documents.

        An entry that came, went or changed can make it one, and so can age, or a source that goes by a new name
        (`renamed`). What cannot be rendered is observed, and leaves in print what there was.
        """
        catch = one.catch
        topic = catch.topic
        ages = topic.max_age is not None or topic.where.max_age is not None
        if not (catch.stale or ages or renamed):
            return False
        stale, catch.stale = catch.stale, False
        feed = self.select(catch, origins, now)
        if feed in (one.feed, one.failed):
            one.fresh |= stale and feed != one.failed
            return False
        rendered = self._render(one, feed)
        one.failed = None if rendered else feed
        return rendered

    def _render(self, one: InPrint, feed: TopicFeed) -> bool:
        topic = one.catch.topic.id
        try:
            prepared = self.prepare(feed)
            documents = self._documents(topic, prepared)
        except Exception as error:  # noqa: BLE001 - whatever breaks in one topic, the others go on and readers keep theirs
            self._observe(KeptBack(topic=topic, reason=f"{type(error).__name__}: {error}"))
            return False
        for path, made in documents.items():
            if reason := render.flaw(made):
                self._observe(KeptBack(topic=topic, reason=f"{path}: {reason}"))
                return False
        known = set(one.prepared.refused) if one.prepared else set()
        for refused in prepared.refused:
            if refused not in known:
                self._observe(EntryRefused(topic=topic, entry=refused.entry, reason=refused.reason))
        one.feed, one.prepared, one.documents, one.fresh = feed, prepared, documents, True
        return True

    def _documents(self, topic: str, prepared: render.Prepared) -> Mapping[str, Document]:
        minutes = max(1, round(self._settings.ttl / timedelta(minutes=1)))
        bodies = {
            f"/feeds/{topic}.atom": (render.atom(prepared), render.ATOM),
            f"/feeds/{topic}.rss": (render.rss(prepared, ttl_minutes=minutes), render.RSS),
            f"/feeds/{topic}.json": (render.json_feed(prepared), render.JSON),
        }
        modified = prepared.updated
        return {path: render.document(body, media, modified) for path, (body, media) in bodies.items()}
