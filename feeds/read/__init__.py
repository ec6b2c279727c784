"""Bytes of a feed to clean entries: decode, repair, parse, normalise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from feeds.model import ReadFeed, Source
from feeds.read.document import opened
from feeds.read.hints import hint_in
from feeds.read.marks import marks_of

# Under other names: the modules keep theirs.
from feeds.read.normalize import normalize as made_clean
from feeds.read.parse import parse_whole
from feeds.read.unseen import read_unseen

__all__ = ["read"]


def read(
    body: bytes,
    *,
    source: Source,
    url: str,
    content_type: str,
    now: datetime,
    seen: Collection[str] = (),
) -> ReadFeed:
    """The clean entries of the document `body` that `url` served; `now` is aware and UTC.

    `seen` is what the last reading of this source gave as its `seen`. Entries that stand unchanged since then are left
    out, and `unread` has their marks, if reading all of them again would give the same for the others; else, and
    without `seen`, all are there.

    Raises `feeds.errors.ParseError` when it is no feed or cannot be trusted; a bad entry costs only itself.
    """
    document = opened(body, url=url, content_type=content_type)
    marks = marks_of(document.pieces)
    feed = read_unseen(document, marks, source=source, now=now, seen=seen) if marks else None
    if feed is None:
        feed = made_clean(parse_whole(document, marks=marks), source=source, url=url, now=now)
    return replace(feed, hint=hint_in(document.pieces.head, document.pieces.tail))
