"""Bytes of a feed to clean entries: decode, repair, parse, normalise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from feeds.dedupe.terms import Terms
from feeds.model import Hint, ParsedFeed, ReadFeed, Source
from feeds.model.fetching import NO_HINT
from feeds.read.attribution import Registry

# Under other names: the modules keep theirs.
from feeds.read.document import opened as open_xml
from feeds.read.hints import hint_in
from feeds.read.jsonfeed import looks_like_json, open_json, parse_json
from feeds.read.marks import Marks
from feeds.read.normalize import normalize as made_clean
from feeds.read.parse import parse_part, parse_whole
from feeds.read.unseen import read_unseen

__all__ = ["read"]


def read(  # noqa: PLR0913 - what the answer depends on
    body: bytes,
    *,
    source: Source,
    url: str,
    content_type: str,
    now: datetime,
    seen: Collection[str] = (),
    registry: Registry | None = None,
    terms: Terms | None = None,
) -> ReadFeed:
    """The clean entries of the document `body` that `url` served; `now` is aware and UTC.

    `seen` is what the last reading of this source gave as its `seen`. Entries that stand unchanged since then are left
    out, and `unread` has their marks, if reading all of them again would give the same for the others; else, and
    without `seen`, all are there.

    `registry` knows the outlets that entries may credit, by default those shipped; `terms` finds what they are
    about, and is worth keeping for the next document.

    Raises `feeds.errors.ParseError` when it is no feed or cannot be trusted; a bad entry costs only itself.
    """
    opened = _json(body, content_type) if looks_like_json(body) else _xml(body, url, content_type)
    feed = None
    if opened.marks and seen:
        feed = read_unseen(
            opened.part,
            marks=opened.marks,
            source=source,
            url=url,
            now=now,
            seen=seen,
            registry=registry,
            terms=terms,
        )
    if feed is None:
        feed = made_clean(opened.whole(), source=source, url=url, now=now, registry=registry, terms=terms)
    return replace(feed, hint=opened.hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A document of whatever format, taken apart and not yet parsed."""

    marks: Marks | None
    hint: Hint = NO_HINT
    whole: Callable[[], ParsedFeed]
    part: Callable[[Sequence[int]], ParsedFeed | None]


def _xml(body: bytes, url: str, content_type: str) -> _Opened:
    document = open_xml(body, url=url, content_type=content_type)
    return _Opened(
        marks=document.marks,
        hint=hint_in(document.pieces.head, document.pieces.tail),
        whole=partial(parse_whole, document),
        part=partial(parse_part, document),
    )


def _json(body: bytes, content_type: str) -> _Opened:
    document = open_json(body, content_type=content_type)
    return _Opened(marks=document.marks, whole=partial(parse_json, document), part=partial(parse_json, document))
