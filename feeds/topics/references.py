"""`@other` in the lines of topics: each finds the topic that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from feeds.errors import QueryError
from feeds.query.expr import (
    And,
    Boost,
    Everything,
    Expr,
    In,
    Is,
    Lines,
    Near,
    Not,
    Or,
    Pattern,
    Phrase,
    Query,
    Ref,
    Word,
)  # fmt: skip
from feeds.topics.topic import Topic

DEEPEST: Final = 10
"""Topics that ask one another in a row: more than a person can follow, and each is decided for the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misnamed:
    """A line of a topic in which an `@other` cannot be followed."""

    topic: str
    error: QueryError


def resolve(
    topics: Sequence[Topic], *, broken: AbstractSet[str] = frozenset()
) -> tuple[tuple[Topic, ...], tuple[Misnamed, ...]]:
    """`topics` with every `@other` in their lines bound to the rules of the topic it names, in the same order.

    What cannot be followed stays unbound and is told: one that names no topic, one that leads back to where it stands.
    `broken` are ids of topics that exist and cannot be used: to name one of these is no mistake of its own.
    """
    found = _Resolving(topics, broken)
    return tuple(found.bound(topic) for topic in topics), tuple(found.misnamed)


def bind(query: Query, topics: Sequence[Topic]) -> Query:
    """A line that belongs to no topic, with every `@other` bound; `topics` are bound themselves. Raises QueryError."""
    known = {topic.id: topic for topic in topics}

    def look_up(ref: Ref) -> Ref:
        if ref.topic not in known:
            raise _unknown(ref, query, known)
        return replace(ref, rules=known[ref.topic])

    return replace(query, expr=_mapped(query.expr, look_up))


def refs(expr: Expr) -> Iterator[Ref]:
    """Every `@other` in `expr`."""
    match expr:
        case Ref():
            yield expr
        case And(parts) | Or(parts):
            for part in parts:
                yield from refs(part)
        case Not(part) | In(part=part) | Boost(part=part):
            yield from refs(part)
        case Word() | Phrase() | Near() | Pattern() | Is() | Everything():
            return


class _Resolving:
    """Topics on their way; a topic is bound after those that it names."""

    def __init__(self, topics: Sequence[Topic], broken: AbstractSet[str]) -> None:
        self.topics: dict[str, Topic] = {}
        for topic in topics:
            self.topics.setdefault(topic.id, topic)
        self.broken = broken
        self.done: dict[str, Topic] = {}
        self.depths: dict[str, int] = {}
        self.path: list[str] = []
        self.misnamed: list[Misnamed] = []

    def bound(self, topic: Topic) -> Topic:
        if self.topics[topic.id] is not topic:  # an id that is taken: told elsewhere
            return topic
        if topic.id not in self.done:
            self.path.append(topic.id)
            self.depths[topic.id] = 0
            self.done[topic.id] = replace(topic, match=self.lines(topic.match), exclude=self.lines(topic.exclude))
            self.path.pop()
        return self.done[topic.id]

    def lines(self, lines: Lines) -> Lines:
        return {table: tuple(map(self.query, queries)) for table, queries in lines.items()}

    def query(self, query: Query) -> Query:
        if next(refs(query.expr), None) is None:
            return query
        return replace(query, expr=_mapped(query.expr, lambda ref: self.ref(ref, query)))

    def ref(self, ref: Ref, query: Query) -> Ref:
        own = self.path[-1]
        if ref.topic not in self.topics:
            if ref.topic not in self.broken:
                self.misnamed.append(Misnamed(topic=own, error=_unknown(ref, query, self.topics)))
            return ref
        if ref.topic in self.path:
            circle = (*self.path[self.path.index(ref.topic) :], ref.topic)
            message = f"@{ref.topic} leads back here: {' → '.join(circle)}; take one of these out"
        elif len(self.path) > DEEPEST or self.depth_of(ref.topic) > DEEPEST:
            message = f"@{ref.topic} asks more than {DEEPEST} topics in a row: write what it looks for here instead"
        else:
            return replace(ref, rules=self.done[ref.topic])
        self.misnamed.append(Misnamed(topic=own, error=QueryError(message, query=query.text, offset=ref.offset)))
        return ref

    def depth_of(self, topic: str) -> int:
        """How many topics in a row are asked through `topic`, which is bound then."""
        self.bound(self.topics[topic])
        depth = self.depths[topic] + 1
        if self.path:
            self.depths[self.path[-1]] = max(self.depths[self.path[-1]], depth)
        return depth


def _unknown(ref: Ref, query: Query, known: Mapping[str, Topic]) -> QueryError:
    close = get_close_matches(ref.topic, known, n=1)
    guess = f"; did you mean @{close[0]}?" if close else f"; the topics are {', '.join(known) or 'none'}"
    return QueryError(f'there is no topic "{ref.topic}"{guess}', query=query.text, offset=ref.offset)


def _mapped(expr: Expr, change: Callable[[Ref], Ref]) -> Expr:  # noqa: PLR0911 - one per kind of expression
    """`expr` with `change` made to every `@other` in it."""
    match expr:
        case Ref():
            return change(expr)
        case And(parts):
            return And(tuple(_mapped(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(_mapped(part, change) for part in parts))
        case Not(part):
            return Not(_mapped(part, change))
        case In(field, part):
            return In(field, _mapped(part, change))
        case Boost(part, weight):
            return Boost(_mapped(part, change), weight)
        case Word() | Phrase() | Near() | Pattern() | Is() | Everything():
            return expr
