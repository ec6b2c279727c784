"""Which of several media types a request likes best (RFC 9110 §12.5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def preferred(accept: str, offers: Sequence[str]) -> str:
    """The one of `offers` (`type/subtype`, our favourite first) that an Accept header ranks highest.

    A range that names the type exactly counts before `type/*`, and that before `*/*`; among equals the order of
    `offers` decides. A request that accepts none of them, or says nothing, gets the first.
    """
    ranges = list(_ranges(accept)) or [("*/*", 1.0)]
    return max(offers, key=lambda offer: _quality(offer, ranges))  # max keeps the first of equals


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    for wanted in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        found = [quality for media_range, quality in ranges if media_range == wanted]
        if found:
            return max(found)
    return 0.0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range:
            yield media_range, next((_weight(p) for p in parameters if p.startswith("q=")), 1.0)


def _weight(parameter: str) -> float:
    """`q=0.8`; what is no number between 0 and 1 counts as nothing wanted."""
    try:
        weight = float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
