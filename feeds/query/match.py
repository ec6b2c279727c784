"""Whether a query holds for an entry, and where.

Both questions go through the same places: a word, a phrase or a NEAR holds in a field if it has a place there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from feeds.model import Entry, Source, Span
from feeds.query.expr import SEARCHED, And, Everything, Expr, In, Is, Near, Not, Or, Phrase, Query, Word
from feeds.query.places import places
from feeds.sanitize import plain_text
from feeds.text.analysed import AnalysedText
from feeds.text.forms import Analyser, primary
from feeds.text.tokens import fold

MOST_SPANS: Final = 200
"""Evidence is for people and for highlighting; a book-length entry on one word would make it larger than the entry."""


def holds(query: Query, entry: Entry, *, source: Source | None, analyser: Analyser) -> bool:
    """Whether `query` holds for `entry`; `source` is the entry's own, None when unknown."""
    return _Reading(entry, source, analyser).holds(query.expr, SEARCHED)


def find(query: Query, entry: Entry, *, source: Source | None, analyser: Analyser) -> tuple[Span, ...]:
    """Where `query` holds: spans in the plain text of each field, in its order of fields and of text.

    The plain text of `body` is `plain_text(entry.content)`, of `author` and `category` the names joined by `", "`.
    Empty when the query does not hold, and when what holds has no place (`lang:uk`, `*`). At most `MOST_SPANS`.
    """
    reading = _Reading(entry, source, analyser)
    if not reading.holds(query.expr, SEARCHED):
        return ()
    spans = sorted(
        set(reading.spans(query.expr, SEARCHED)), key=lambda span: (_ORDER[span.field], span.start, span.end)
    )
    return tuple(spans[:MOST_SPANS])


def word_count(entry: Entry, *, analyser: Analyser) -> int:
    """Words of the content, or of the summary where that is longer."""
    reading = _Reading(entry, None, analyser)
    return max(len(text) for field in ("summary", "body") for _, text in reading.texts(field))


def keys_of(entry: Entry, field: str, *, analyser: Analyser) -> frozenset[str]:
    """The keys of all words in one of `TEXT_FIELDS`."""
    return frozenset().union(*(text.keys for _, text in _Reading(entry, None, analyser).texts(field)))


_ORDER: Final = {name: position for position, name in enumerate((*SEARCHED, "author", "category"))}
_Texts = tuple[tuple[int, AnalysedText], ...]
"""A field's texts, each with its offset in the field: names of authors are texts of their own, so that no phrase
crosses from one to the next."""


class _Reading:
    """An entry while queries are tried on it; what was analysed is kept by the analyser."""

    def __init__(self, entry: Entry, source: Source | None, analyser: Analyser) -> None:
        self.entry = entry
        self.source = source
        self.analyser = analyser
        self.language = primary(entry.language)
        key = (entry.title, entry.summary, entry.content, entry.authors, entry.categories, self.language)
        empty: dict[str, _Texts] = {}
        self.known = analyser.once(key, lambda: empty)

    def texts(self, field: str) -> _Texts:
        if field not in self.known:
            self.known[field] = tuple((offset, self.analysed(text)) for offset, text in _plain(self.entry, field))
        return self.known[field]

    def analysed(self, text: str) -> AnalysedText:
        """Many feeds give the same text as summary and as content: that is analysed once."""
        summary = self.known.get("summary", ())
        if summary and text == self.entry.summary:
            return summary[0][1]
        return AnalysedText(text, self.language, self.analyser)

    def holds(self, expr: Expr, fields: tuple[str, ...]) -> bool:  # noqa: PLR0911 - one per kind of expression
        match expr:
            case Word() | Phrase() | Near():
                return any(
                    places(expr, text, self.language, self.analyser)
                    for field in fields
                    for _, text in self.texts(field)
                )
            case And(parts):
                return all(self.holds(part, fields) for part in parts)
            case Or(parts):
                return any(self.holds(part, fields) for part in parts)
            case Not(part):
                return not self.holds(part, fields)
            case In(field, part):
                return self.holds(part, (field,))
            case Is(field, value):
                return self.has(field, value)
            case Everything():
                return True

    def has(self, field: str, value: str) -> bool:
        """Whether a field that holds one value has this one."""
        wanted = value.casefold()
        if field == "lang":
            return self.language != "" and self.language == primary(wanted)
        if field == "host":
            host, wanted = (urlsplit(self.entry.url).hostname or "").lower(), wanted.removeprefix("www.")
            return host == wanted or host.endswith(f".{wanted}")
        named = self.source is not None and fold(self.source.name) == fold(value)
        return self.entry.source.casefold() == wanted or named

    def spans(self, expr: Expr, fields: tuple[str, ...]) -> Iterator[Span]:
        """Where the parts of `expr` that hold stand; nothing for what must not hold."""
        match expr:
            case Word() | Phrase() | Near():
                for field in fields:
                    yield from self.spans_in(field, expr)
            case And(parts):
                for part in parts:
                    yield from self.spans(part, fields)
            case Or(parts):
                for part in parts:
                    if self.holds(part, fields):
                        yield from self.spans(part, fields)
            case In(field, part):
                yield from self.spans(part, (field,))
            case Not() | Is() | Everything():
                return

    def spans_in(self, field: str, expr: Expr) -> Iterator[Span]:
        for offset, text in self.texts(field):
            for marks in places(expr, text, self.language, self.analyser).values():
                for start, end in map(text.span, marks):
                    yield Span(field=field, start=offset + start, end=offset + end)


def _plain(entry: Entry, field: str) -> Iterable[tuple[int, str]]:
    match field:
        case "title":
            return [(0, entry.title)]
        case "summary":
            return [(0, entry.summary)]
        case "body":
            return [(0, plain_text(entry.content))] if entry.content else []
        case "author":
            return _joined(entry.authors)
        case _:
            return _joined(entry.categories)


def _joined(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    offset = 0
    for name in names:
        yield offset, name
        offset += len(name) + len(", ")
