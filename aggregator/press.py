"""What one topic's documents are: its feed in every format, made anew when the feed is another one, and checked.

Which topics there are, and when all of it reaches readers, is decided in aggregator/publish.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aggregator.catch import Catch
from aggregator.events import EntryRefused, KeptBack, Observer
from aggregator.imprint import Imprint
from feeds import render
from feeds.model import Document, Origin, Site, TopicFeed
from feeds.read.attribution import with_added
from feeds.topics import select


@dataclass(slots=True, eq=False)
class InPrint:
    """What is published of one topic: derived, and dropped with the process."""

    catch: Catch
    feed: TopicFeed | None = None
    """What the documents say; None: there are none yet."""
    prepared: render.Prepared | None = None
    written: Mapping[str, render.Written] = field(default_factory=dict)
    """Its documents by path, which the next ones take over what they can from."""
    failed: TopicFeed | None = None
    """What could not be rendered: told once, and not tried again until it is another one."""
    fresh: bool = True
    """Whether its page may have to be another one."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """By path; those of a private topic as if it were for everybody."""
        return {path: made.document for path, made in self.written.items()}

    def reset(self) -> None:
        """Readers keep what is in print until it is replaced, but nothing of it counts: all is rendered anew."""
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

    def prepare(self, feed: TopicFeed, *, before: render.Prepared | None = None) -> render.Prepared:
        """What every format says of `feed`; `before`, what they said last, saves time and changes nothing."""
        return render.prepare(feed, registry=with_added(self._settings.outlets), before=before)

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
            prepared = self.prepare(feed, before=one.prepared)
            made = self._written(topic, prepared, before=one.written)
        except Exception as error:  # noqa: BLE001 - whatever breaks in one topic, the others go on and readers keep theirs
            self._observe(KeptBack(topic=topic, reason=f"{type(error).__name__}: {error}"))
            return False
        written = {path: one for path, one in made.items() if isinstance(one, render.Written)}
        for path, flawed in made.items():
            if isinstance(flawed, render.Flawed):
                self._observe(KeptBack(topic=topic, reason=f"{path}: {flawed.reason}"))
                return False
        known = set(one.prepared.refused) if one.prepared else set()
        for refused in prepared.refused:
            if refused not in known:
                self._observe(EntryRefused(topic=topic, entry=refused.entry, reason=refused.reason))
        one.feed, one.prepared, one.written, one.fresh = feed, prepared, written, True
        return True

    def _written(
        self, topic: str, prepared: render.Prepared, before: Mapping[str, render.Written]
    ) -> Mapping[str, render.Written | render.Flawed]:
        """The topic's documents by path."""
        minutes = max(1, round(self._settings.ttl / timedelta(minutes=1)))
        forms: tuple[tuple[str, Callable[[render.Prepared], bytes], str], ...] = (
            (f"/feeds/{topic}.atom", render.atom, render.ATOM),
            (f"/feeds/{topic}.rss", partial(render.rss, ttl_minutes=minutes), render.RSS),
            (f"/feeds/{topic}.json", render.json_feed, render.JSON),
        )
        return {path: render.written(prepared, write, media, before=before.get(path)) for path, write, media in forms}
