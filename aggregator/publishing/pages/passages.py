"""Texts of entries in pieces, with what a topic's line met in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.publishing.pages.views import Piece
from feeds.model import Entry, Source, Span
from feeds.query.expr import Lines, Query
from feeds.query.match import find
from feeds.query.reading import plain
from feeds.text.forms import Analyser

BEGINNING: Final = 240
"""Characters of a summary: three lines of a page, six on a phone."""
AROUND: Final = 80
"""Characters of context on each side of a passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An entry's texts as a page shows them; see `aggregator.publishing.pages.views.EntryLine`."""

    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]
    passage: tuple[Piece, ...]


def marked(entry: Entry, spans: Sequence[Span]) -> Marked:
    """`entry` with its `spans`, which are those that `feeds.query.match.find` found in it."""
    title = pieces(entry.title, _inside(spans, "title"))
    field = "summary" if entry.summary else "body"
    summary = _beginning(plain(entry, field), _inside(spans, field))
    is_shown = any(piece.found for piece in (*title, *summary))
    hidden = [span for span in spans if span.field in {"summary", "body"}]
    passage = _passage(plain(entry, hidden[0].field), hidden) if hidden and not is_shown else ()
    return Marked(title=title, summary=summary, passage=passage)


def where(lines: Lines, line: str, entry: Entry, *, source: Source | None, analyser: Analyser) -> Sequence[Span]:
    """Where the one of `lines` that is written `line` holds in `entry`; nowhere if none is."""
    query = _query(lines, line)
    return find(query, entry, source=source, analyser=analyser) if query else ()


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """All of `text`; the spans may overlap, and reach beyond it."""
    found: list[Piece] = []
    done = 0
    for start, end in _apart(spans, len(text)):
        if start > done:
            found.append(Piece(text=text[done:start]))
        found.append(Piece(text=text[start:end], found=True))
        done = end
    if done < len(text):
        found.append(Piece(text=text[done:]))
    return tuple(found)


def _apart(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Overlapping ones as one, in order, cut to a text of this length."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted((start, min(end, length)) for start, end in spans if start < min(end, length)):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def beginning(text: str) -> str:
    """The first `BEGINNING` characters, cut between words."""
    if len(text) <= BEGINNING:
        return text
    return text[:BEGINNING].rsplit(maxsplit=1)[0] + " …"


def _beginning(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    cut = beginning(text)
    most = len(cut) if cut == text else len(cut) - 2  # no word is found in the mark at the end
    return pieces(cut, [(start, min(end, most)) for start, end in spans if start < most])


def _passage(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    first = spans[0]
    start, end = max(0, first.start - AROUND), min(len(text), first.end + AROUND)
    if start:
        start = text.find(" ", start, first.start) + 1 or start
    if end < len(text):
        blank = text.rfind(" ", first.end, end)
        end = blank if blank > 0 else end
    inside = [
        (span.start - start, span.end - start)
        for span in spans
        if span.field == first.field and start <= span.start and span.end <= end
    ]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shifted = [(begin + len(before), stop + len(before)) for begin, stop in inside]
    return pieces(before + text[start:end] + after, shifted)


def _inside(spans: Iterable[Span], field: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans if span.field == field]


def _query(lines: Lines, line: str) -> Query | None:
    return next((query for queries in lines.values() for query in queries if query.text == line), None)
