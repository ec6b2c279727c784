"""A document to what its publisher wrote: the only importer of feedparser.

RSS 0.90–2.0, RSS 1.0, Atom 0.3 and 1.0. That a document is ill-formed is no reason to refuse it.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import replace
from xml.sax import SAXException

import feedparser

from feeds.model import ParsedEntry, ParsedFeed, Skipped
from feeds.read.document import Document, opened
from feeds.read.elements import Raw, count_of, entries_of, feed_of
from feeds.read.marks import Marks, stand_alone
from feeds.read.splice import Spliced
from feeds.read.strangers import refusal
from feeds.read.wellformed import Direct, is_plain

# It would look for a parser that nobody has, at each document: a third of what a small one costs.
feedparser.api.PREFERRED_XML_PARSERS = []


def parse(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """The feed in `body`, which `url` served with the HTTP header `content_type` ("" when it had none).

    Entries that exceed a limit or break the parser are skipped and named. Raises ParseError, whose message is for
    people, when the document is no feed, is cut off, or is broken so that no entry of it can be trusted.
    """
    return parse_whole(opened(body, url=url, content_type=content_type))


def parse_whole(document: Document) -> ParsedFeed:
    """All of `document`, as `parse` has it; entries that stand apart carry their marks."""
    pieces = document.pieces
    feed = _read(pieces, document.marks)
    if refused := refusal(document.text, feed=feed, root=pieces.root, url=document.url):
        raise refused
    return feed


def parse_part(document: Document, places: Sequence[int]) -> ParsedFeed | None:
    """The document as if it had only the entries with these indices, ascending.

    None when they do not come out of it one by one, so that only the whole document can say what it holds.
    """
    pieces, marks = document.pieces, document.marks
    chosen = tuple(pieces.entries[place] for place in places)
    if marks is None or not stand_alone(chosen):
        return None
    raw, well_formed = _feedparser("".join((pieces.head, *chosen, pieces.tail)))
    if raw is None or not well_formed:
        return None
    entries = _marked(raw, [marks.entries[place] for place in places])
    if entries is None:
        return None
    positions = pieces.positions()
    return replace(
        feed_of(raw, entries, pieces.skipped),
        envelope=marks.envelope,
        places=tuple(positions[place] for place in places),
    )


def _read(spliced: Spliced, marks: Marks | None) -> ParsedFeed:
    whole, well_formed = _feedparser(spliced.text())
    if whole is not None and (well_formed or not spliced.entries):
        if marks and stand_alone(spliced.entries) and (entries := _marked(whole, marks.entries)) is not None:
            return replace(
                feed_of(whole, entries, spliced.skipped), envelope=marks.envelope, places=spliced.positions()
            )
        return feed_of(whole, tuple(entries_of(whole)), spliced.skipped)
    apart, failed = _one_by_one(spliced)
    if whole is not None and count_of(whole) > len(apart):
        return feed_of(whole, tuple(entries_of(whole)), spliced.skipped)
    frame, _ = _feedparser(spliced.head + spliced.closing)
    skipped = sorted((*spliced.skipped, *failed), key=lambda one: one.position)
    return feed_of(whole or frame or {}, apart, tuple(skipped))


def _marked(raw: Raw, marks: Collection[str]) -> tuple[ParsedEntry, ...] | None:
    """The entries with their marks; None when there are not as many of them, so that one cannot tell whose is whose."""
    return tuple(entries_of(raw, marks)) if count_of(raw) == len(marks) else None


def _one_by_one(spliced: Spliced) -> tuple[tuple[ParsedEntry, ...], tuple[Skipped, ...]]:
    """Each entry read as if it were the document's only one, so that none can spoil another."""
    entries: list[ParsedEntry] = []
    failed: list[Skipped] = []
    for position, entry in zip(spliced.positions(), spliced.entries, strict=True):
        alone, _ = _feedparser(spliced.alone(entry))
        found = tuple(entries_of(alone)) if alone is not None else ()
        entries += found
        if not found:
            failed.append(Skipped(position=position, reason="its mark-up cannot be read"))
    return tuple(entries), tuple(failed)


class _Direct(Direct, feedparser.api.StrictFeedParser):  # type: ignore[misc] # feedparser has no types
    """feedparser's reader of well-formed documents."""


def _feedparser(document: str) -> tuple[Raw | None, bool]:
    """What feedparser read, None when it gave up, and whether a strict XML parser agreed."""
    if (read := _well_formed(document)) is not None:
        return read, True
    try:
        # BytesIO: given bytes or text, it would open a file or an address of that name.
        found = feedparser.parse(
            io.BytesIO(document.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # noqa: BLE001 - its lenient parser raises whatever it trips over; all of it means «unreadable»
        return None, False
    return found, not isinstance(found.get("bozo_exception"), SAXException)


def _well_formed(document: str) -> Raw | None:
    """What `feedparser.parse` would find in a well-formed document, but dates as times; None for all others."""
    if not is_plain(document):
        return None
    reader = _Direct("", None, "utf-8")
    try:
        reader.read(document)
    except Exception:  # noqa: BLE001 - whatever it is, feedparser itself says what can be had of the document
        return None
    return {"feed": reader.feeddata, "entries": reader.entries, "version": reader.version}
