"""Whether a topic takes an entry, and by which line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from feeds.model import Entry, Match, Source
from feeds.query.expr import Query
from feeds.query.match import holds, word_count
from feeds.text.forms import Analyser, primary
from feeds.topics.topic import ANY, Lines, Topic, Where


def decide(topic: Topic, entry: Entry, *, source: Source | None, analyser: Analyser) -> Match | None:
    """Whether `topic` takes `entry`, and by which line: everything but age.

    `source` is the entry's own, None when it left the config (its tags and name are then unknown). Where the line met
    the entry, `feeds.query.match.find` tells whoever wants to show it.
    """
    if not _where_holds(topic.where, entry, source, analyser):
        return None
    met = _first(topic.match, entry, source, analyser)
    if met is None or _first(topic.exclude, entry, source, analyser) is not None:
        return None
    return Match(line=met.text)


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


def misjudged(topic: Topic, title: str, *, language: str, wanted: bool, analyser: Analyser) -> str:
    """How `topic` misjudges an example, in words; empty: it decides as the example says.

    An example is the title of an entry of which nothing is known but its language (empty: not even that): `match` and
    `not` are held to it, and `where` is not.
    """
    entry = _example(title, language)
    met = _first(topic.match, entry, None, analyser)
    barred = _first(topic.exclude, entry, None, analyser)
    if wanted == (met is not None and barred is None):
        return ""
    if met is None:
        lines = f'"{language}"' if language else "an unknown language"
        return f"no line for {lines} or any takes this, but the example says yes"
    if barred is None:
        return f"the line {met.text} takes this, but the example says no"
    return f"the line {barred.text} of `not` keeps this out, though {met.text} takes it, but the example says yes"


def _example(title: str, language: str) -> Entry:
    never = datetime.min.replace(tzinfo=UTC)  # lines do not look at times
    return Entry(
        id="", source="", guid="", url="", canonical_url="", title=title, language=language,
        published=never, updated=never, first_seen=never, revised=never,
    )  # fmt: skip
