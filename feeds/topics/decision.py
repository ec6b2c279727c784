"""Whether a topic takes an entry, and by which line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from feeds.model import Entry, Match, Source
from feeds.query.expr import Query
from feeds.query.match import find, holds, word_count
from feeds.text.forms import Analyser, primary
from feeds.topics.topic import ANY, Example, Lines, Topic, Where


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An example that a topic gets wrong; `wanted`: it stands under `yes`."""

    text: str
    language: str
    wanted: bool
    reason: str


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
