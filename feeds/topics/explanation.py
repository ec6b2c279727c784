"""Why a topic takes an entry or does not: every condition and every line that was tried."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Entry, Source
from feeds.query.explain import Clause, explained
from feeds.query.expr import Lines, Where
from feeds.query.reading import Reading
from feeds.text.forms import Analyser
from feeds.topics.topic import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One key of `where` that is set."""

    key: str
    wanted: str
    has: str
    """What the entry has; empty: unknown, or nothing."""
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedLine:
    """A line that was tried on the entry: one for its language, or of `any`."""

    table: str
    """The language that it is meant for, or `any`."""
    text: str
    """As its author wrote it."""
    clause: Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A topic's decision on an entry, and what it came from; `takes` is what `decide` says."""

    topic: str
    entry: str
    takes: bool
    reason: str
    """In a sentence."""
    where: tuple[Condition, ...]
    match: tuple[TriedLine, ...]
    exclude: tuple[TriedLine, ...]
    score: float
    """What the lines of `match` that hold count together."""
    min_score: float
    """What they must count; 0: one that holds is enough."""


def explain(topic: Topic, entry: Entry, *, source: Source | None, analyser: Analyser) -> Explanation:
    """Why `topic` takes `entry`, or does not: everything but age; parameters as those of `decide`."""
    reading = Reading(entry, source, analyser)
    where = _conditions(topic.where, reading)
    match, exclude = _tried(topic.match, reading), _tried(topic.exclude, reading)
    score = reading.total(topic.match)
    return Explanation(
        topic=topic.id,
        entry=entry.id,
        takes=reading.takes(topic) is not None,
        reason=_reason(where, match, exclude, score, topic, entry),
        where=where,
        match=match,
        exclude=exclude,
        score=score,
        min_score=topic.min_score,
    )


def _conditions(where: Where, reading: Reading) -> tuple[Condition, ...]:
    """Those that are set; their truth comes from the reading, as the decision does."""
    wanted = {
        "sources": ", ".join(where.sources),
        "languages": ", ".join(where.languages),
        "tags": ", ".join(where.tags),
        "min_words": str(where.min_words),
    }
    has = {
        "sources": reading.entry.source,
        "languages": reading.language,
        "tags": ", ".join(reading.source.tags) if reading.source else "",
        "min_words": str(reading.word_count()) if where.min_words else "",
    }
    return tuple(
        Condition(key=key, wanted=wanted[key], has=has[key], holds=holds) for key, holds in reading.conditions(where)
    )


def _tried(lines: Lines, reading: Reading) -> tuple[TriedLine, ...]:
    return tuple(
        TriedLine(table=table, text=query.text, clause=explained(reading, query.expr))
        for table, query in reading.lines(lines)
    )


def _reason(
    where: tuple[Condition, ...],
    match: tuple[TriedLine, ...],
    exclude: tuple[TriedLine, ...],
    score: float,
    topic: Topic,
    entry: Entry,
) -> str:
    unmet = next((condition for condition in where if not condition.holds), None)
    held = next((line for line in match if line.clause.holds), None)
    barred = next((line for line in exclude if line.clause.holds), None)
    if unmet:
        return f"where.{unmet.key} asks for {unmet.wanted}, and the entry has {unmet.has or 'none'}"
    if held is None:
        lines = f'"{entry.language}"' if entry.language else "an unknown language"
        return f"no line for {lines} or any holds" if match else f"there is no line for {lines}, and none of any"
    if topic.min_score and score < topic.min_score:
        return f"the lines that hold count {score:g}, and min_score asks for {topic.min_score:g}"
    if barred:
        return f"the line {barred.text} of `not` holds"
    return f"the line {held.text} holds"
