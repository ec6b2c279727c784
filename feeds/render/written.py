"""Documents written with what is in the last one: entries that are as they were are not written again.

A document is a head, its entries and a tail. The formats write head, tail and the entries that are new, in a document
of these alone; it is parsed back, and the others are put between. The bytes are those that the format would have
written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Final
from xml.parsers import expat

from feeds.model import Document
from feeds.render.documents import ATOM, JSON, RSS, document, unlike
from feeds.render.entries import Prepared
from feeds.render.squeezed import Known, Squeezed, squeeze


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How a format lays entries out. No text holds any of this: there `<`, or a new line, is written otherwise."""

    before: bytes
    """What is somewhere before all entries, so that nothing before it is taken for one."""
    entry: bytes
    """With what an entry begins."""
    between: bytes
    end: bytes
    """What follows the last entry."""


_LAYOUTS: Final[Mapping[str, _Layout]] = {
    ATOM: _Layout(before=b"<feed ", entry=b"  <entry", between=b"\n", end=b"\n</feed>"),
    RSS: _Layout(before=b"<rss ", entry=b"    <item>", between=b"\n", end=b"\n  </channel>"),
    JSON: _Layout(before=b'\n "items": [', entry=b"  {", between=b",\n", end=b"\n ]"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document of a topic, and what the next one of this topic in this format can take over."""

    document: Document
    prepared: Prepared
    """What it says."""
    squeezed: Squeezed
    """Its pieces: head, entries, tail; one alone where there is no entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flawed:
    """A document that nobody may see, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """A document, cut."""

    texts: list[bytes] = field(default_factory=list)
    origins: list[int | None] = field(default_factory=list)
    """The pieces of the document before that are equal; None: none is."""

    def add(self, text: bytes, origin: int | None = None) -> None:
        self.texts.append(text)
        self.origins.append(origin)


def written(
    prepared: Prepared, write: Callable[[Prepared], bytes], media_type: str, *, before: Written | None = None
) -> Written | Flawed:
    """The document that `write` makes of `prepared`, in the feed format `media_type`, ready to serve.

    It is the same with and without `before`, one that was made for the same topic in this format, which only saves
    time. Every entry is parsed back in the document in which it was first written, and XML once more as a whole; a list
    of what was parsed, between the head and tail that were, is JSON by its grammar (RFC 8259 §5). What `write` raises
    is not caught.
    """
    kept = _kept(prepared, before)
    new = tuple(shown for shown in prepared.entries if shown.id not in kept) or prepared.entries[:1]
    part = write(replace(prepared, entries=new))
    if reason := unlike(part, media_type, [(shown.id, shown.title) for shown in new]):
        return Flawed(reason=reason)
    known = Known(body=before.document.body, squeezed=before.squeezed) if before and kept else None
    pieces = (
        _pieces(part, prepared, _LAYOUTS[media_type], known, kept) if new else _Pieces(texts=[part], origins=[None])
    )
    body = b"".join(pieces.texts)
    if known and media_type != JSON and (reason := _broken(body)):
        return Flawed(reason=reason)
    starts = [0, *accumulate(map(len, pieces.texts[:-1]))]
    squeezed = squeeze(body, starts, known=known, origins=pieces.origins)
    made = document(body, media_type, prepared.updated, squeezed=squeezed.gzip)
    return Written(document=made, prepared=prepared, squeezed=squeezed)


def _kept(prepared: Prepared, before: Written | None) -> dict[str, int]:
    """Entries that are written in `before` as they would be now: their published ids, with the pieces they are."""
    if before is None or not _same_words(before.prepared, prepared):
        return {}
    known = {shown.id: (number, shown) for number, shown in enumerate(before.prepared.entries, 1)}
    found = ((shown, *known[shown.id]) for shown in prepared.entries if shown.id in known)
    return {shown.id: number for shown, number, other in found if shown is other or shown == other}


def _same_words(one: Prepared, other: Prepared) -> bool:
    """Whether both feeds say the same in their entries: formats name the topic there."""
    return (one.feed.topic, one.feed.title) == (other.feed.topic, other.feed.title)


def _pieces(part: bytes, prepared: Prepared, layout: _Layout, known: Known | None, kept: Mapping[str, int]) -> _Pieces:
    """The document, cut at its entries, each with what stands between it and the one before.

    `part` has those that are not `kept`, or one of these; there is one at least.
    """
    head, new, tail = _cut(part, layout)
    fresh = iter(new)
    pieces = _Pieces()
    pieces.add(head, 0 if known and known.piece(0) == head else None)
    for place, shown in enumerate(prepared.entries, 1):
        origin = kept.get(shown.id)
        if known is None or origin is None:
            pieces.add(next(fresh) if place == 1 else layout.between + next(fresh))
        elif (place == 1) == (origin == 1):
            pieces.add(known.piece(origin), origin)
        else:
            text = known.piece(origin)
            pieces.add(text[len(layout.between) :] if place == 1 else layout.between + text)
    last = len(known.squeezed.starts) - 1 if known else 0
    pieces.add(tail, last if known and known.piece(last) == tail else None)
    return pieces


def _cut(part: bytes, layout: _Layout) -> tuple[bytes, list[bytes], bytes]:
    """(all before the entries, the entries, all behind them); there is one at least."""
    start = part.index(b"\n" + layout.entry, part.index(layout.before)) + 1
    end = part.index(layout.end, start)
    first, *others = part[start:end].split(layout.between + layout.entry)
    return part[:start], [first, *(layout.entry + other for other in others)], part[end:]


def _broken(xml: bytes) -> str:
    """Why `xml` is not well-formed, in words; empty: it is."""
    try:
        expat.ParserCreate().Parse(xml, True)
    except expat.ExpatError as error:
        return str(error)
    return ""
