"""Bytes of a feed to clean entries: decode, repair, parse, normalise."""

from __future__ import annotations

from datetime import datetime

from feeds.model import ReadFeed, Source

# Under other names: the modules keep theirs.
from feeds.read.normalize import normalize as made_clean
from feeds.read.parse import parse as parsed

__all__ = ["read"]


def read(body: bytes, *, source: Source, url: str, content_type: str, now: datetime) -> ReadFeed:
    """The clean entries of the document `body` that `url` served; `now` is aware and UTC.

    Raises `feeds.errors.ParseError` when it is no feed or cannot be trusted; a bad entry costs only itself.
    """
    feed = parsed(body, url=url, content_type=content_type)
    return made_clean(feed, source=source, url=url, now=now)
