"""What a topic's feed holds: copies or stories collapsed, the old left out, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote
from uuid import uuid5

from feeds.model import Entry, Origin, PublishedEntry, Site, Succession, TopicFeed
from feeds.topics.collapsing import Candidate, Telling, collapsed
from feeds.topics.topic import Topic

LATE: Final = timedelta(days=1)
"""An entry older than this when first seen is placed by `published`: a new source must not bury a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What the documents of all topics have in common."""

    site: Site
    base_url: str
    """What readers see before every path; it makes addresses, never ids."""
    language: str
    origins: Mapping[str, Origin]
    """By source id."""


def select(  # noqa: PLR0913 - everything that the feed depends on, and nothing else
    topic: Topic,
    candidates: Iterable[Candidate],
    *,
    site: Site,
    base_url: str,
    language: str,
    origins: Mapping[str, Origin],
    now: datetime,
) -> TopicFeed:
    """The topic's feed: copies or stories collapsed, the old left out, newest first, cut to the limit.

    `candidates` in any order give the same value. `origins` is by source id; `base_url` makes addresses, never ids.
    """
    masthead = Masthead(site=site, base_url=base_url, language=language, origins=origins)
    return made_of(topic, arranged(topic, candidates, now=now)[: topic.limit], masthead)


def arranged(topic: Topic, candidates: Iterable[Candidate], *, now: datetime) -> list[Telling]:
    """All that the topic shows, however much, in the feed's order: copies or stories collapsed, the old left out."""
    shown = (one for one in candidates if not (one.placement and one.placement.held))
    tellings = [telling for telling in collapsed(topic.collapse, shown) if _is_fresh(topic, telling, now)]
    tellings.sort(key=lambda telling: _order(telling.first))
    return tellings


def made_of(
    topic: Topic,
    tellings: Sequence[Telling],
    masthead: Masthead,
    *,
    path: str = "",
    succession: Succession | None = None,
) -> TopicFeed:
    """A document of the topic's feed that holds these: the feed itself, or what is at `path` below its address."""
    base, site = masthead.base_url.rstrip("/"), masthead.site
    name = "/".join(quote(part, safe="") for part in (topic.token, topic.id) if part)
    return TopicFeed(
        id=feed_urn(site, topic.first_id),
        topic=topic.id,
        title=topic.title,
        home=f"{base}/topics/{name}",
        feed_url=f"{base}/feeds/{name}{path}",
        succession=succession or Succession(),
        language=masthead.language,
        updated=max((telling.changed() for telling in tellings), default=site.since),
        entries=tuple(_publish(topic, telling, site, masthead.origins) for telling in tellings),
    )


def _is_fresh(topic: Topic, telling: Telling, now: datetime) -> bool:
    """Whether neither age limit has passed."""
    return all(age <= limit for _, limit, age in _ages(topic, telling.first, telling.shown, now))


def ages(topic: Topic, entry: Entry, now: datetime) -> Iterator[tuple[str, timedelta, timedelta]]:
    """Every limit of age that `topic` sets, by its key, and the age of `entry`, which has no copies, to go with it."""
    yield from _ages(topic, entry, entry, now)


def _ages(topic: Topic, first: Entry, shown: Entry, now: datetime) -> Iterator[tuple[str, timedelta, timedelta]]:
    if topic.max_age is not None:
        yield "max_age", topic.max_age, now - _moment(first)
    if topic.where.max_age is not None:
        yield "where.max_age", topic.where.max_age, now - shown.published


def _moment(entry: Entry) -> datetime:
    """The time by which an entry is ordered."""
    return entry.published if entry.first_seen - entry.published > LATE else entry.first_seen


def _order(entry: Entry) -> tuple[float, float, str]:
    """Newest first; entries seen together by `published`, then by id, so that the order never depends on arrival."""
    return (-_moment(entry).timestamp(), -entry.published.timestamp(), entry.id)


def _publish(topic: Topic, telling: Telling, site: Site, origins: Mapping[str, Origin]) -> PublishedEntry:
    entry, first = telling.shown, telling.first
    others: dict[str, str] = {}
    for other in (*telling.hidden, *telling.others):
        if other.source != entry.source:
            others.setdefault(other.source, other.url)
    return PublishedEntry(
        id=entry_urn(site, topic.first_id, telling.original),
        entry=entry,
        original=telling.original,
        origin=_origin(origins, entry.source),
        also=tuple(replace(_origin(origins, source), page=page) for source, page in others.items()),
        first_seen=None if first is entry else first.first_seen,
        edited=entry.edited(topic.update),
        switched=None if first is entry else entry.first_seen,
    )


def _origin(origins: Mapping[str, Origin], source: str) -> Origin:
    """The source as readers see it; one that left the config keeps its id as its name."""
    return origins.get(source) or Origin(id=source, title=source, url="")


def feed_urn(site: Site, topic_id: str) -> str:
    """The permanent id of a topic's feed: `urn:uuid:`, version 5 under the site's id."""
    return uuid5(site.id, f"topic:{topic_id}").urn


def entry_urn(site: Site, topic_id: str, entry_id: str) -> str:
    """An entry's permanent id in one topic's feed: another in each, for newsboat shows an id once over all feeds."""
    return uuid5(uuid5(site.id, f"topic:{topic_id}"), f"entry:{entry_id}").urn
