"""What was brought, unpacked: small deliveries several at once, a large one by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.ingesting.asking import Found
from feeds.model import Source
from storage.work import Delivery

TOGETHER = 64 << 10
"""Bytes of deliveries that are unpacked in one go, by one call of a thread in place of one for each: some 400 that
bring nothing new, of 160 bytes, or what a few small feeds list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A delivery, its source as the config has it, and what was found."""

    delivery: Delivery
    source: Source
    found: Found

    @property
    def is_quiet(self) -> bool:
        """Whether it can share a commit: see `aggregator.ingesting.ingest`."""
        return self.found.feed is None or not (self.found.feed.entries or self.found.late)


def together(deliveries: Iterable[Delivery]) -> Iterator[tuple[Delivery, ...]]:
    """All of them, in their order: as many at once as have `TOGETHER` bytes, or one that has more."""
    group: list[Delivery] = []
    size = 0
    for one in deliveries:
        size += len(one.document)
        if group and size > TOGETHER:
            yield tuple(group)
            group, size = [], len(one.document)
        group.append(one)
    if group:
        yield tuple(group)
