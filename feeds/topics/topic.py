"""What a topic is: its lines, its conditions, its examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from feeds.errors import QueryError
from feeds.model import RevisionKind
from feeds.query.expr import Everything, Lines, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Texts in one language that a topic must take and must not take: they keep the topic honest."""

    language: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A named query with a published feed."""

    id: str
    title: str
    match: Lines
    exclude: Lines = field(default_factory=dict)
    """`[topic.not]`."""
    where: Where = field(default_factory=Where)
    min_score: float = 0
    """What the lines that hold must count together; 0: one that holds is enough."""
    collapse: Literal["none", "copies", "stories"] = "copies"
    update: RevisionKind = RevisionKind.MATERIAL
    """The least kind of an edit that moves an entry's `updated`; any other one changes its text alone."""
    limit: int = 50
    max_age: timedelta | None = None
    """How long an entry stays in the feed, counted from the time by which it is ordered; None: no limit."""
    examples: tuple[Example, ...] = ()
    token: str = field(default="", repr=False)
    """Only who knows it gets the feed; empty: everybody does."""
    formerly: tuple[str, ...] = ()
    """Ids that the topic had before, oldest first."""

    @property
    def first_id(self) -> str:
        """The id under which readers met it: what it publishes keeps its permanent ids when it is renamed."""
        return self.formerly[0] if self.formerly else self.id


def check(topic: Topic) -> None:
    """Refuse a topic that takes everything by accident; raises QueryError at the line to blame."""
    if topic.where.narrows:
        return
    for lines in topic.match.values():
        for query in lines:
            if isinstance(query.expr, Everything):
                raise QueryError(
                    '"*" takes every entry, so it is allowed only where [topic.where] narrows: '
                    'add e.g. tags = ["…"] there, or write words instead',
                    query=query.text,
                    offset=0,
                    holds="always",
                )
