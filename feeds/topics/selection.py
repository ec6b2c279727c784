"""What a topic's feed holds: copies collapsed, the old left out, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote
from uuid import uuid5

from feeds.model import Entry, Match, Origin, Placement, PublishedEntry, Site, TopicFeed
from feeds.topics.topic import Topic

LATE: Final = timedelta(days=1)
"""An entry older than this when first seen is placed by `published`: a new source must not bury a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that a topic took, with what deduplication knows of it."""

    entry: Entry
    placement: Placement | None
    match: Match
    rank: int = 0
    """Of its source: among copies the highest is shown."""


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
    """The topic's feed: copies collapsed, the old left out, newest first, cut to the limit.

    `candidates` in any order give the same value. `origins` is by source id; `base_url` makes addresses, never ids.
    """
    tellings = [telling for telling in _collapsed(topic.collapse, candidates) if _is_fresh(topic, telling, now)]
    tellings.sort(key=lambda telling: _order(telling.first))
    listed = tellings[: topic.limit]
    base = base_url.rstrip("/")
    return TopicFeed(
        id=feed_urn(site, topic.id),
        topic=topic.id,
        title=topic.title,
        home=f"{base}/topics/{quote(topic.id)}",
        feed_url=f"{base}/feeds/{quote(topic.id)}",
        language=language,
        updated=max((telling.changed() for telling in listed), default=site.since),
        entries=tuple(_publish(topic, telling, site, origins) for telling in listed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """One text, as it will be shown."""

    original: str
    """Id of the entry that the others copy: the one that the published id is made from, whichever is shown."""
    shown: Entry
    hidden: Sequence[Entry] = ()
    """Its copies, first seen first."""

    @property
    def first(self) -> Entry:
        """The one that was seen first: it gives the place in the feed, so that no copy makes its readers look twice."""
        return min(
            (self.shown, *self.hidden), key=lambda entry: (entry.first_seen, entry.id != self.original, entry.id)
        )

    def changed(self) -> datetime:
        """When what readers see of it changed last: a copy that comes is named, or even shown."""
        return max(max(entry.first_seen, entry.revised) for entry in (self.shown, *self.hidden))


def _collapsed(collapse: str, candidates: Iterable[Candidate]) -> list[_Telling]:
    """What is shown, each with the copies that it hides.

    Shown is the one whose source ranks highest; among equals the original, else the copy that was first seen. This
    comes before age and limit: a copy must not surface because the entry that hid it grew old.
    """
    if collapse == "none":
        return [_Telling(original=candidate.entry.id, shown=candidate.entry) for candidate in candidates]
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        copy_of = candidate.placement.copy_of if candidate.placement else None
        groups.setdefault(copy_of or candidate.entry.id, []).append(candidate)
    tellings = []
    for original, group in groups.items():
        first, *others = sorted(
            group, key=lambda one: (-one.rank, one.entry.id != original, one.entry.first_seen, one.entry.id)
        )
        hidden = sorted((other.entry for other in others), key=lambda entry: (entry.first_seen, entry.id))
        tellings.append(_Telling(original=original, shown=first.entry, hidden=hidden))
    return tellings


def _is_fresh(topic: Topic, telling: _Telling, now: datetime) -> bool:
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


def _publish(topic: Topic, telling: _Telling, site: Site, origins: Mapping[str, Origin]) -> PublishedEntry:
    entry, first = telling.shown, telling.first
    others = dict.fromkeys(copy.source for copy in telling.hidden if copy.source != entry.source)
    return PublishedEntry(
        id=entry_urn(site, topic.id, telling.original),
        entry=entry,
        origin=_origin(origins, entry.source),
        also=tuple(_origin(origins, source) for source in others),
        first_seen=None if first is entry else first.first_seen,
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
