"""Texts with what was found in them: in colour on a terminal, between [ ] in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from aggregator.cli.tables import PLENTY
from aggregator.observing.printable import escaped
from feeds.model import Entry, Span
from feeds.query.expr import TEXT_FIELDS
from feeds.query.reading import plain

FOUND = "bold yellow"
AROUND = 60
"""Characters of context on each side of a passage."""


def console() -> Console:
    """Standard output: as wide as the terminal, or wide enough that no line of a pipe is folded."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=PLENTY, no_color=True, soft_wrap=True)


def marked(text: str, spans: Iterable[Span], *, colour: bool) -> Text:
    """`text` with its spans shown; they may overlap."""
    shown, done = Text(), 0
    for start, end in _apart(spans):
        shown.append(escaped(text[done:start]))
        piece = escaped(text[start:end])
        shown.append(piece if colour else f"[{piece}]", style=FOUND)
        done = end
    shown.append(escaped(text[done:]))
    return shown


def _apart(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Overlapping ones as one, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def passages(entry: Entry, spans: Sequence[Span], *, colour: bool) -> list[Text]:
    """For each field but the title: a line with the first passage that was found in it."""
    lines = []
    for field in TEXT_FIELDS[1:]:
        inside = [span for span in spans if span.field == field]
        if inside:
            line = Text().append(f"{field}: ", style="dim")
            lines.append(line.append_text(_passage(plain(entry, field), inside, colour=colour)))
    return lines


def _passage(text: str, spans: Sequence[Span], *, colour: bool) -> Text:
    start = max(0, spans[0].start - AROUND)
    end = min(len(text), spans[0].end + AROUND)
    inside = [
        Span(field=span.field, start=span.start - start, end=span.end - start)
        for span in spans
        if span.start >= start and span.end <= end
    ]
    cut = Text("…" if start else "")
    cut.append_text(marked(text[start:end], inside, colour=colour))
    return cut.append("…" if end < len(text) else "")
