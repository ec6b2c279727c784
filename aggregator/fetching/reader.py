"""Who reads documents for a pass."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from feeds.model import ReadFeed, Source
from feeds.read import read


class Reader(Protocol):
    """`feeds.read.read`, called where hostile bytes do no harm."""

    async def __call__(
        self, body: bytes, /, *, source: Source, url: str, content_type: str, now: datetime, seen: Collection[str]
    ) -> ReadFeed:
        """The entries of a document; raises ParseError, and anything that nobody foresaw."""


async def read_here(
    body: bytes, *, source: Source, url: str, content_type: str, now: datetime, seen: Collection[str]
) -> ReadFeed:
    """In a thread of this process, which hostile bytes can keep busy: for documents that are trusted."""
    return await asyncio.to_thread(
        read, body, source=source, url=url, content_type=content_type, now=now, seen=frozenset(seen)
    )
