"""Topics: which entries are in (`decide`), and what a topic's feed holds (`select`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import quote
from uuid import uuid5

from feeds.errors import QueryError
from feeds.model import Entry, Match, Origin, Placement, PublishedEntry, Site, Source, TopicFeed
from feeds.query.expr import Everything, Query
from feeds.query.match import find, holds, word_count
from feeds.text.forms import ANALYSIS, Analyser

ANY: Final = "any"
"""The table of lines that are meant for every language."""
LATE: Final = timedelta(days=1)
"""An entry older than this when first seen is placed by `published`: a new source must not bury a topic."""

Lines = Mapping[str, tuple[Query, ...]]
"""Query lines by primary language subtag, or `any`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Conditions beside the words; each empty one holds for every entry."""

    languages: tuple[str, ...] = ()
    """BCP 47 tags, compared by primary subtag."""
    sources: tuple[str, ...] = ()
    """Source ids."""
    tags: tuple[str, ...] = ()
    """The source has at least one of them."""
    max_age: timedelta | None = None
    """Counted from `published`."""
    min_words: int = 0
    """Words of the content, or of the summary where that is longer."""

    @property
    def narrows(self) -> bool:
        """Whether any condition is set."""
        return self != Where()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Texts in one language that a topic must take and must not take: they keep the topic honest."""

    language: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An example that a topic gets wrong; `wanted`: it stands under `yes`."""

    text: str
    language: str
    wanted: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named query with a published feed."""

    id: str
    title: str
    match: Lines
    exclude: Lines = field(default_factory=dict)
    """`[topic.not]`."""
    where: Where = Where()
    collapse: Literal["none", "copies"] = "copies"
    limit: int = 50
    max_age: timedelta | None = None
    """How long an entry stays in the feed, counted from the time by which it is ordered; None: no limit."""
    examples: tuple[Example, ...] = ()
    version: str = field(init=False, compare=False)
    """Hash of what decides (lines, `where`, the analysis); with (entry id, revision) the key of a decision."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", _version(self))


def _version(topic: Topic) -> str:
    where = topic.where
    deciding = {
        "analysis": ANALYSIS,
        "match": {language: [query.text for query in lines] for language, lines in topic.match.items()},
        "not": {language: [query.text for query in lines] for language, lines in topic.exclude.items()},
        "where": [sorted(where.languages), sorted(where.sources), sorted(where.tags), where.min_words],
    }
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]


def check(topic: Topic) -> None:
    """Refuse a topic that takes everything by accident; raises QueryError at the line to blame."""
    if topic.where.narrows:
        return
    for lines in topic.match.values():
        for query in lines:
            if isinstance(query.expr, Everything):
                raise QueryError(
                    '"*" takes every entry: allowed only when [topic.where] narrows', query=query.text, offset=0
                )


# --- is this entry in? ----------------------------------------------------------------------------------------------


def decide(topic: Topic, entry: Entry, *, source: Source | None, analyser: Analyser) -> Match | None:
    """Whether `topic` takes `entry`, and by which line: everything but age.

    `source` is the entry's own, None when it left the config (its tags and name are then unknown). The answer depends
    on the entry, the source's tags and name, and `topic.version`.
    """
    if not _where_holds(topic.where, entry, source, analyser):
        return None
    met = _first(topic.match, entry, source, analyser)
    if met is None or _first(topic.exclude, entry, source, analyser) is not None:
        return None
    return Match(line=met.text, spans=find(met, entry, source=source, analyser=analyser))


def _where_holds(where: Where, entry: Entry, source: Source | None, analyser: Analyser) -> bool:
    return (
        (not where.sources or entry.source in where.sources)
        and (not where.languages or primary(entry.language) in {primary(tag) for tag in where.languages})
        and (not where.tags or (source is not None and not set(where.tags).isdisjoint(source.tags)))
        and (not where.min_words or word_count(entry, analyser=analyser) >= where.min_words)
    )


def _first(lines: Lines, entry: Entry, source: Source | None, analyser: Analyser) -> Query | None:
    """The first line for the entry's language, or of `any`, that holds."""
    for query in _lines_for(lines, entry.language):
        if holds(query, entry, source=source, analyser=analyser):
            return query
    return None


def _lines_for(lines: Lines, language: str) -> Iterable[Query]:
    own = primary(language)
    for key, queries in lines.items():
        if key != ANY and own and primary(key) == own:
            yield from queries
    yield from lines.get(ANY, ())


def primary(tag: str) -> str:
    """The primary subtag of a BCP 47 tag, in small letters: `en-GB` → `en`."""
    return tag.replace("_", "-").partition("-")[0].lower()


def fails(topic: Topic, examples: Iterable[Example], analyser: Analyser) -> tuple[Fault, ...]:
    """The examples that `topic` gets wrong, in their order; only its lines are tried, as titles, `where` is not."""
    faults = []
    for example in examples:
        for text in (*example.yes, *example.no):
            fault = _fault(topic, example, text, analyser)
            if fault is not None:
                faults.append(fault)
    return tuple(faults)


def _fault(topic: Topic, example: Example, text: str, analyser: Analyser) -> Fault | None:
    entry = _sample(text, example.language)
    met = _first(topic.match, entry, None, analyser)
    barred = _first(topic.exclude, entry, None, analyser)
    wanted = text in example.yes
    if wanted == (met is not None and barred is None):
        return None
    if met is None:
        tables = f"{primary(example.language)} or any" if example.language else "any"
        reason = f"no line of match for {tables} meets it"
    else:
        reason = f"the line {met.text} meets it" if barred is None else f"the line {barred.text} of not keeps it out"
    return Fault(text=text, language=example.language, wanted=wanted, reason=reason)


def _sample(text: str, language: str) -> Entry:
    """An entry that has nothing but a title; its times are never looked at."""
    never = datetime.min.replace(tzinfo=UTC)
    return Entry(
        id="", source="", guid="", url="", canonical_url="", title=text, language=language,
        published=never, updated=never, first_seen=never, revised=never,
    )  # fmt: skip


# --- what does the feed hold? ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that a topic took, with what deduplication knows of it."""

    entry: Entry
    placement: Placement | None
    match: Match


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
    shown = [
        (entry, copies) for entry, copies in _collapsed(topic.collapse, candidates) if _is_fresh(topic, entry, now)
    ]
    shown.sort(key=lambda pair: _order(pair[0]))
    published = tuple(_publish(topic, entry, copies, site, origins) for entry, copies in shown[: topic.limit])
    base = base_url.rstrip("/")
    return TopicFeed(
        id=feed_urn(site, topic.id),
        topic=topic.id,
        title=topic.title,
        home=f"{base}/topics/{quote(topic.id)}",
        feed_url=f"{base}/feeds/{quote(topic.id)}",
        language=language,
        updated=max((max(p.entry.first_seen, p.entry.revised) for p in published), default=site.since),
        entries=published,
    )


def _collapsed(collapse: str, candidates: Iterable[Candidate]) -> Iterable[tuple[Entry, Sequence[Entry]]]:
    """Each shown entry with the copies that it hides.

    The shown one is the original where it matched, else the copy that was first seen. This comes before age and limit:
    a copy must not surface because the entry that hid it grew old.
    """
    if collapse == "none":
        return [(candidate.entry, ()) for candidate in candidates]
    tellings: dict[str, list[Entry]] = {}
    for candidate in candidates:
        copy_of = candidate.placement.copy_of if candidate.placement else None
        tellings.setdefault(copy_of or candidate.entry.id, []).append(candidate.entry)
    shown = []
    for original, entries in tellings.items():
        entries.sort(key=lambda entry: (entry.id != original, entry.first_seen, entry.id))
        shown.append((entries[0], entries[1:]))
    return shown


def _is_fresh(topic: Topic, entry: Entry, now: datetime) -> bool:
    """Whether neither age limit has passed."""
    limit, published_limit = topic.max_age, topic.where.max_age
    return (limit is None or now - _moment(entry) <= limit) and (
        published_limit is None or now - entry.published <= published_limit
    )


def _moment(entry: Entry) -> datetime:
    """The time by which an entry is ordered."""
    return entry.published if entry.first_seen - entry.published > LATE else entry.first_seen


def _order(entry: Entry) -> tuple[float, float, str]:
    """Newest first; entries seen together by `published`, then by id, so that the order never depends on arrival."""
    return (-_moment(entry).timestamp(), -entry.published.timestamp(), entry.id)


def _publish(
    topic: Topic, entry: Entry, copies: Sequence[Entry], site: Site, origins: Mapping[str, Origin]
) -> PublishedEntry:
    others = dict.fromkeys(copy.source for copy in copies if copy.source != entry.source)
    return PublishedEntry(
        id=entry_urn(site, topic.id, entry.id),
        entry=entry,
        origin=_origin(origins, entry.source),
        also=tuple(_origin(origins, source) for source in others),
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
