"""What a topic is: its lines, its conditions, its examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from feeds.errors import QueryError
from feeds.model import RevisionKind
from feeds.query.expr import Everything, Query

ANY: Final = "any"
"""The table of lines that are meant for every language."""
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
class Topic:
    """A named query with a published feed."""

    id: str
    title: str
    match: Lines
    exclude: Lines = field(default_factory=dict)
    """`[topic.not]`."""
    where: Where = Where()
    collapse: Literal["none", "copies", "stories"] = "copies"
    update: RevisionKind = RevisionKind.MATERIAL
    """The least kind of an edit that moves an entry's `updated`; any other one changes its text alone."""
    limit: int = 50
    max_age: timedelta | None = None
    """How long an entry stays in the feed, counted from the time by which it is ordered; None: no limit."""
    examples: tuple[Example, ...] = ()


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
