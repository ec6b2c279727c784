"""Stored entries, as a person names them: by id, by the beginning of one, by address, by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aggregator.cleaned import Cleaned
from feeds.errors import TopicwireError
from feeds.model import Entry, Source, Span
from feeds.query.expr import Query
from feeds.query.match import in_order
from feeds.query.reading import Reading
from feeds.query.sense import is_weighed
from feeds.read.urls import canonical
from feeds.text.forms import Analyser
from storage.port import Keys, Store

SHOWN = 5
"""Ids that are told where a name fits several."""


class Unnamed(TopicwireError):  # noqa: N818 - reads as the state it reports
    """What was asked for is not stored, or is several things."""


def named(store: Store, name: str) -> tuple[Entry, ...]:
    """The entries that `name` means: an id, the beginning of exactly one, or an address, which several may share.

    Raises Unnamed when there is none, or when several ids begin so; StoreError.
    """
    cleaned = Cleaned(store)
    if "://" in name:
        address = canonical(name)
        if found := store.known(Keys(urls=frozenset((address,)))) if address else ():
            return tuple(map(cleaned.without, found))
        raise Unnamed(f"no stored entry has the address {name}")
    if entry := cleaned.entry(name):
        return (entry,)
    begun = store.beginning(name) if name else ()
    if len(begun) == 1:
        return tuple(filter(None, map(cleaned.entry, begun)))
    if begun:
        told = ", ".join(begun[:SHOWN]) + (", …" if len(begun) > SHOWN else "")
        raise Unnamed(f'{len(begun)} entries have ids that begin with "{name}": {told}')
    raise Unnamed(f'no stored entry has the id "{name}", or one that begins so; an address begins with https://')


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
