"""Stored entries by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aggregator.publishing.cleaned import Cleaned
from feeds.model import Entry, Source, Span
from feeds.query.expr import Query
from feeds.query.match import in_order
from feeds.query.reading import Reading
from feeds.query.sense import is_weighed
from feeds.text.forms import Analyser
from storage.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that a query holds for."""

    entry: Entry
    score: float
    spans: tuple[Span, ...]


def search(store: Store, query: Query, *, sources: Mapping[str, Source], analyser: Analyser) -> Iterator[Hit]:
    """The stored entries that `query` holds for: newest first, or where it has weights, by score. Raises StoreError."""
    hits = _hits(store, query, sources, analyser)
    if is_weighed(query.expr):
        yield from sorted(hits, key=lambda hit: -hit.score)  # stable: of equal scores the newest first
    else:
        yield from hits


def _hits(store: Store, query: Query, sources: Mapping[str, Source], analyser: Analyser) -> Iterator[Hit]:
    for entry in Cleaned(store).entries():
        reading = Reading(entry, sources.get(entry.source), analyser)
        if reading.holds(query.expr):
            yield Hit(entry=entry, score=reading.score(query.expr), spans=in_order(reading.spans(query.expr)))
