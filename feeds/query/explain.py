"""Why a query holds for an entry or does not: every clause of it, true or false, and what it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from feeds.model import Span
from feeds.query.expr import (
    SEARCHED,
    And,
    Boost,
    Everything,
    Expr,
    In,
    Is,
    Near,
    Not,
    Or,
    Pattern,
    Phrase,
    Ref,
    Rules,
    Word,
)
from feeds.query.match import in_order
from feeds.query.reading import Reading, plain
from feeds.query.written import written
from feeds.text.tokens import fold
from feeds.text.tokens import spans as words_at

_ALIKE: Final = 4
"""Letters at the beginning that make a word worth showing beside one that was not found."""
_MOST_NEAREST: Final = 3
_DEEPEST: Final = 3
"""Topics that name each other, of which each is unfolded: each may name the next in many lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of a query, with what became of it for one entry."""

    text: str
    """As a person would write it."""
    holds: bool
    score: float
    """What it counts; see `Reading.score`."""
    spans: tuple[Span, ...] = ()
    """Where it was found; empty for what has no place, and for what does not hold."""
    forms: tuple[str, ...] = ()
    """What stands there, as the entry writes it, each once."""
    nearest: tuple[str, ...] = ()
    """For words that were not found: what of them is there, or begins like them, as the entry writes it."""
    parts: tuple[Clause, ...] = ()
    """Of AND, OR, NOT, a field with more than one word behind it, a weight: what they were made of. Of another topic:
    its conditions and lines, those that must not hold under NOT."""


def explained(reading: Reading, expr: Expr, fields: tuple[str, ...] = SEARCHED, *, depth: int = 0) -> Clause:
    """What became of `expr` in `reading`. Every truth in it is an answer of `reading`.

    `depth` tells how many topics led here, one naming the next.
    """
    holds = reading.holds(expr, fields)
    spans = in_order(reading.spans(expr, fields)) if holds else ()
    return Clause(
        text=written(expr),
        holds=holds,
        score=reading.score(expr, fields),
        spans=spans,
        forms=tuple(dict.fromkeys(form(reading, span) for span in spans)),
        nearest=() if holds else tuple(dict.fromkeys(_nearest(reading, expr, fields)))[:_MOST_NEAREST],
        parts=tuple(_unfolded(reading, expr, fields, depth)),
    )


def _unfolded(reading: Reading, expr: Expr, fields: tuple[str, ...], depth: int) -> Iterator[Clause]:
    if isinstance(expr, Ref):
        if expr.rules is not None and depth < _DEEPEST:
            yield from _asked(reading, expr.rules, depth + 1)
        return
    for part, inside in _parts(expr, fields):
        yield explained(reading, part, inside, depth=depth)


def _asked(reading: Reading, rules: Rules, depth: int) -> Iterator[Clause]:
    """What another topic asks for."""
    for key, met in reading.conditions(rules.where):
        yield Clause(text=f"where.{key}", holds=met, score=0)
    for _, query in reading.lines(rules.match):
        yield explained(reading, query.expr, depth=depth)
    if rules.min_score:
        enough = reading.total(rules.match) >= rules.min_score
        yield Clause(text=f"min_score {rules.min_score:g}", holds=enough, score=0)
    for _, query in reading.lines(rules.exclude):
        yield explained(reading, Not(query.expr), depth=depth)


def form(reading: Reading, span: Span) -> str:
    """What stands at `span`."""
    return plain(reading.entry, span.field)[span.start : span.end]


def _parts(expr: Expr, fields: tuple[str, ...]) -> list[tuple[Expr, tuple[str, ...]]]:
    match expr:
        case And(parts) | Or(parts):
            return [(part, fields) for part in parts]
        case Not(part) | Boost(part=part):
            return [(part, fields)]
        case In(field, part) if not isinstance(part, Word | Phrase | Near | Pattern):
            return [(part, (field,))]
        case Word() | Phrase() | Near() | Pattern() | In() | Is() | Ref() | Everything():
            return []


def _nearest(reading: Reading, expr: Expr, fields: tuple[str, ...]) -> Iterator[str]:
    match expr:
        case Word():
            yield from _alike(reading, expr, fields)
        case Phrase(words):
            for word in words:
                yield from _found_or_alike(reading, word, fields)
        case Near(left, right):
            yield from _found_or_alike(reading, left, fields)
            yield from _found_or_alike(reading, right, fields)
        case In(field, part):
            yield from _nearest(reading, part, (field,))
        case Boost(part):
            yield from _nearest(reading, part, fields)
        case Pattern() | Is() | Ref() | And() | Or() | Not() | Everything():
            return


def _found_or_alike(reading: Reading, expr: Expr, fields: tuple[str, ...]) -> Iterator[str]:
    """One that is there, else what is nearest to it."""
    found = in_order(reading.spans(expr, fields))
    if found:
        yield form(reading, found[0])
    else:
        yield from _nearest(reading, expr, fields)


def _alike(reading: Reading, word: Word, fields: tuple[str, ...]) -> Iterator[str]:
    """Words that begin as `word` does."""
    beginning = fold(word.text)[:_ALIKE]
    if len(beginning) < _ALIKE:
        return
    for field in fields:
        for _, text in reading.texts(field):
            for start, end in words_at(text.text):
                if fold(text.text[start:end]).startswith(beginning):
                    yield text.text[start:end]


def shortfall(clause: Clause) -> str:
    """Of a clause that does not hold: which of its parts fell short, and what comes nearest."""
    failed = [part for part in clause.parts if not part.holds]
    if failed:
        return shortfall(max(failed, key=closeness))
    if clause.parts:
        there = ", ".join(clause.parts[0].forms) or clause.parts[0].text
        return f"{clause.text} fails, for there is {there}"
    near = f" (nearest: {', '.join(clause.nearest)})" if clause.nearest else ""
    return f"{clause.text} is not there{near}"


def closeness(clause: Clause) -> float:
    """From 0 to 1: how much of a clause holds, for choosing the one that is worth showing."""
    if clause.holds:
        return 1
    if not clause.parts:
        return 0.5 if clause.nearest else 0
    return sum(map(closeness, clause.parts)) / (len(clause.parts) + 1)
