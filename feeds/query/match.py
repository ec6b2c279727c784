"""Whether a query holds for an entry, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from feeds.model import Entry, Source, Span
from feeds.query.expr import SEARCHED, Query
from feeds.query.reading import MOST_SPANS, Reading
from feeds.text.forms import Analyser


def holds(query: Query, entry: Entry, *, source: Source | None, analyser: Analyser) -> bool:
    """Whether `query` holds for `entry`; `source` is the entry's own, None when unknown."""
    return Reading(entry, source, analyser).holds(query.expr)


def score(query: Query, entry: Entry, *, source: Source | None, analyser: Analyser) -> float:
    """What `query` counts for `entry`: the sum of its clauses that hold, by their weights; 0 where it does not hold."""
    return Reading(entry, source, analyser).score(query.expr)


def find(query: Query, entry: Entry, *, source: Source | None, analyser: Analyser) -> tuple[Span, ...]:
    """Where `query` holds: spans in the plain text of each field, in its order of fields and of text.

    The plain text of `body` is `plain_text(entry.content)`, of `author` and `category` the names joined by `", "`.
    Empty when the query does not hold, and when what holds has no place (`lang:uk`, `*`). At most `MOST_SPANS`.
    """
    reading = Reading(entry, source, analyser)
    return in_order(reading.spans(query.expr)) if reading.holds(query.expr) else ()


def word_count(entry: Entry, *, analyser: Analyser) -> int:
    """Words of the content, or of the summary where that is longer."""
    return Reading(entry, None, analyser).word_count()


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The first `MOST_SPANS` of them, each once, in the order of fields and of text."""
    ordered = sorted(set(spans), key=lambda span: (_ORDER[span.field], span.start, span.end))
    return tuple(ordered[:MOST_SPANS])


_ORDER: Final = {name: position for position, name in enumerate((*SEARCHED, "author", "category"))}
