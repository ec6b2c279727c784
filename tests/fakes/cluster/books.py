"""What the outlets wrote down, held against what was promised. Pure: lists go in, figures come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.fakes.cluster.audit import Due
from tests.fakes.cluster.log import ABORTED, FULL, Asked

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long a source was due, in seconds."""

    source: int
    due: float
    until: float
    """When a delivery was taken."""
    late: float
    """Without the time in which the database was away."""


def answered(requests: Iterable[Asked]) -> int:
    return sum(one.kind != ABORTED for one in requests)


def meetings(requests: Sequence[Asked], each: int) -> list[tuple[Asked, Asked]]:
    """Requests that began while another one to the same host had not ended; `each` sources make a host."""
    return [(a, b) for a, b in _neighbours(requests, each) if b.began < a.ended]


def closest(requests: Sequence[Asked], each: int) -> float:
    """The shortest time between the end of a request and the beginning of the next one at its host."""
    return min((b.began - a.ended for a, b in _neighbours(requests, each)), default=0.0)


def _neighbours(requests: Sequence[Asked], each: int) -> Iterator[tuple[Asked, Asked]]:
    """Each request, and the one at the same host among those before it that ended last."""
    last: dict[int, Asked] = {}
    for one in sorted(requests, key=lambda one: one.began):
        before = last.get(one.source // each)
        if before:
            yield before, one
        if before is None or one.ended > before.ended:
            last[one.source // each] = one


def given(requests: Iterable[Asked], window: int) -> Mapping[int, frozenset[int]]:
    """By source, the numbers of all entries that were in a document which was sent to its end."""
    found: dict[int, set[int]] = {}
    for one in requests:
        if one.kind == FULL:
            found.setdefault(one.source, set()).update(range(max(0, one.entries - window), one.entries))
    return {source: frozenset(numbers) for source, numbers in found.items()}


def waits(dues: Iterable[Due], away: Sequence[Span]) -> Iterator[Waited]:
    """For each time that a source became due, how long it took until it had been asked and a delivery was taken.

    One that was put off without having been asked counts from when it was due first.
    """
    since: dict[int, float] = {}
    for one in dues:
        if one.due is not None:
            since.setdefault(one.source, max(one.due, one.at))
        elif began := since.pop(one.source, None):
            late = one.at - began - _within(began, one.at, away)
            yield Waited(source=one.source, due=began, until=one.at, late=late)


def longest_silence(requests: Iterable[Asked], away: Sequence[Span]) -> float:
    """The longest time between two requests to one source, as its publisher saw it, less the database's absence."""
    return max(
        (
            later - earlier - _within(earlier, later, away)
            for moments in _by_source(requests).values()
            for earlier, later in pairwise(moments)
        ),
        default=0.0,
    )


def _by_source(requests: Iterable[Asked]) -> dict[int, list[float]]:
    """When each source was asked, in order."""
    found: dict[int, list[float]] = {}
    for one in requests:
        found.setdefault(one.source, []).append(one.began)
    for moments in found.values():
        moments.sort()
    return found


def _within(begin: float, end: float, spans: Iterable[Span]) -> float:
    """How much of the time between two moments lies in the spans."""
    return sum(max(0.0, min(end, last) - max(begin, first)) for first, last in spans)
