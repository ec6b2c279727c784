"""A document's bytes to pieces that can be parsed; what is no feed is turned away."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.errors import ParseError
from feeds.model import FailureKind
from feeds.read.charset import decode
from feeds.read.marks import Marks, marks_of
from feeds.read.repair import repair
from feeds.read.splice import Spliced, limited, splice
from feeds.read.strangers import cut_off_after, page_refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An XML document that may be a feed."""

    url: str
    text: str = field(repr=False)
    """As it was served."""
    pieces: Spliced = field(repr=False)
    """Repaired, and without what exceeds the limits."""
    marks: Marks | None = None
    """Of the pieces; None when its entries do not stand apart."""


def opened(body: bytes, *, url: str, content_type: str) -> Document:
    """The document in `body`, which `url` served with the HTTP header `content_type` ("" when it had none).

    Raises ParseError, whose message is for people, when it is empty, a web page, broken at its start, or cut off: what
    arrived of it would count as all of it, and the rest would never be asked for again.
    """
    if not body.strip():
        raise ParseError("the source answered with an empty document", kind=FailureKind.BROKEN)
    text = decode(body, content_type)
    pieces = splice(repair(text))
    if page := page_refusal(text, root=pieces.root, url=url):
        raise page
    if pieces.cut_off:
        raise cut_off_after(pieces.whole_entries())
    kept = limited(pieces)
    return Document(url=url, text=text, pieces=kept, marks=marks_of(kept))
