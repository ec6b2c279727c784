"""An entry while queries and topics are tried on it.

Whether something holds is worked out here and nowhere else: who decides, explains, highlights or counts asks the same
methods, so that no explanation can differ from what was decided.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from feeds.model import Entry, Source, Span
from feeds.query import patterns
from feeds.query.expr import (
    ANY,
    SEARCHED,
    And,
    Boost,
    Everything,
    Expr,
    In,
    Is,
    Lines,
    Near,
    Not,
    Or,
    Pattern,
    Phrase,
    Query,
    Ref,
    Rules,
    Where,
    Word,
)
from feeds.query.places import places, stands
from feeds.sanitize import plain_text
from feeds.text.analysed import AnalysedText
from feeds.text.forms import Analyser, primary
from feeds.text.tokens import fold, words

MOST_SPANS: Final = 200
"""Evidence is for people and for highlighting; a book-length entry on one word would make it larger than the entry."""

_Texts = tuple[tuple[int, AnalysedText], ...]
"""A field's texts, each with its offset in the field: names of authors are texts of their own, so that no phrase
crosses from one to the next."""


class Reading:
    """One entry with its source (None: unknown); what was analysed is kept by the analyser.

    `where=False`: nothing but its text is known, so that no topic's `where` is held to it.
    """

    def __init__(self, entry: Entry, source: Source | None, analyser: Analyser, *, where: bool = True) -> None:
        self.entry = entry
        self.source = source
        self.analyser = analyser
        self.language = primary(entry.language)
        key = (entry.title, entry.summary, entry.content, entry.authors, entry.categories, self.language)
        self._known = analyser.once(key, _nothing)
        self._where = where
        self._followed: dict[int, bool] = {}

    def texts(self, field: str) -> _Texts:
        """What a text field holds."""
        if field not in self._known:
            self._known[field] = tuple((offset, self._analysed(text)) for offset, text in _plain(self.entry, field))
        return self._known[field]

    def _analysed(self, text: str) -> AnalysedText:
        """Many feeds give the same text as summary and as content: that is analysed once."""
        summary = self._known.get("summary", ())
        if summary and text == self.entry.summary:
            return summary[0][1]
        return AnalysedText(text, self.language, self.analyser)

    def word_count(self) -> int:
        """Words of the content, or of the summary where that is longer."""
        return max((len(text) for field in ("summary", "body") for _, text in self.texts(field)), default=0)

    # What a topic asks.

    def takes(self, rules: Rules, *, among: Container[int] | None = None) -> Query | None:
        """The first line by which `rules` take the entry; None: they do not.

        `among`: of the lines of `match`, by their numbers among those that `lines` gives, no others can hold.
        """
        if self._where and not all(met for _, met in self.conditions(rules.where)):
            return None
        met = self.first(rules.match, among=among)
        if met is None or (rules.min_score and self.total(rules.match) < rules.min_score):
            return None
        return None if self.first(rules.exclude) else met

    def conditions(self, where: Where) -> Iterator[tuple[str, bool]]:
        """Every condition that is set, by its key, and whether it is met; age is judged when a feed is made."""
        if where.sources:
            yield "sources", self.entry.source in where.sources
        if where.languages:
            yield "languages", self.language in {primary(tag) for tag in where.languages}
        if where.tags:
            yield "tags", self.source is not None and not set(where.tags).isdisjoint(self.source.tags)
        if where.min_words:
            yield "min_words", self.word_count() >= where.min_words

    def first(self, lines: Lines, *, among: Container[int] | None = None) -> Query | None:
        """The first line for the entry's language, or of `any`, that holds."""
        for number, (_, query) in enumerate(self.lines(lines)):
            if (among is None or number in among) and self.holds(query.expr):
                return query
        return None

    def total(self, lines: Lines) -> float:
        """What all lines for the entry's language and of `any` that hold count together."""
        return sum(self.score(query.expr) for _, query in self.lines(lines))

    def lines(self, lines: Lines) -> Iterator[tuple[str, Query]]:
        """Those for the entry's language, then those of `any`, each with the key of its table."""
        return lines_for(lines, self.language)

    # What a line asks.

    def holds(self, expr: Expr, fields: tuple[str, ...] = SEARCHED) -> bool:  # noqa: C901, PLR0911 - one per kind
        match expr:
            case Word() | Phrase() | Near():
                return any(
                    stands(expr, text, self.language, self.analyser)
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
                return self._has(field, value)
            case Pattern(pattern):
                return any(patterns.found(pattern, text.text) for field in fields for _, text in self.texts(field))
            case Boost(part):
                return self.holds(part, fields)
            case Ref():
                return self._follows(expr)
            case Everything():
                return True

    def score(self, expr: Expr, fields: tuple[str, ...] = SEARCHED) -> float:
        """What `expr` counts: 0 where it does not hold; else a clause 1, `^n` n times that, NOT nothing.

        AND and OR count what those of their parts count together that hold.
        """
        if not self.holds(expr, fields):
            return 0
        match expr:
            case And(parts) | Or(parts):
                return sum(self.score(part, fields) for part in parts)
            case Not():
                return 0
            case In(field, part):
                return self.score(part, (field,))
            case Boost(part, weight):
                return weight * self.score(part, fields)
            case Word() | Phrase() | Near() | Pattern() | Is() | Ref() | Everything():
                return 1

    def _follows(self, ref: Ref) -> bool:
        """Whether the other topic takes the entry: worked out once for a reading, since many lines may ask for it."""
        if ref.rules is None:
            raise ValueError(f"@{ref.topic} was not looked up")
        key = id(ref.rules)  # not the name: while a topic changes, two of one name are known
        if key not in self._followed:
            self._followed[key] = self.takes(ref.rules) is not None
        return self._followed[key]

    def _has(self, field: str, value: str) -> bool:
        """Whether a field that holds values has this one."""
        wanted = value.casefold()
        match field:
            case "lang":
                return self.language != "" and self.language == primary(wanted)
            case "host":
                host, wanted = (urlsplit(self.entry.url).hostname or "").lower(), wanted.removeprefix("www.")
                return host == wanted or host.endswith(f".{wanted}")
            case "credit":
                return any(True for _ in self._credited(value))
            case _:
                named = self.source is not None and _named(self.source.name) == _named(value)
                return self.entry.source.casefold() == wanted or named

    def _credited(self, name: str) -> Iterator[Span]:
        """Where an outlet is credited that has this name in the registry, or in the text."""
        wanted = _named(name)
        for credit in self.entry.credits:
            if wanted in (_named(credit.outlet), _named(credit.text)):
                yield credit.span

    # Where it stands.

    def spans(self, expr: Expr, fields: tuple[str, ...] = SEARCHED) -> Iterator[Span]:  # noqa: C901, PLR0912
        """Where the parts of `expr` that hold stand; nothing for what must not hold."""
        match expr:
            case Word() | Phrase() | Near():
                for field in fields:
                    yield from self._spans_in(field, lambda text: self._placed(expr, text))
            case Pattern(pattern):
                for field in fields:
                    yield from self._spans_in(field, lambda text: patterns.spans(pattern, text.text, most=MOST_SPANS))
            case And(parts):
                for part in parts:
                    yield from self.spans(part, fields)
            case Or(parts):
                for part in parts:
                    if self.holds(part, fields):
                        yield from self.spans(part, fields)
            case In(field, part):
                yield from self.spans(part, (field,))
            case Boost(part):
                yield from self.spans(part, fields)
            case Is("credit", name):
                yield from (span for span in self._credited(name) if span.end > span.start)
            case Not() | Is() | Ref() | Everything():
                return

    def _placed(self, expr: Expr, text: AnalysedText) -> Iterator[tuple[int, int]]:
        for marks in places(expr, text, self.language, self.analyser).values():
            yield from map(text.span, marks)

    def _spans_in(self, field: str, find: Callable[[AnalysedText], Iterable[tuple[int, int]]]) -> Iterator[Span]:
        for offset, text in self.texts(field):
            for start, end in find(text):
                yield Span(field=field, start=offset + start, end=offset + end)


def lines_for(lines: Lines, language: str) -> Iterator[tuple[str, Query]]:
    """Those for `language` (a primary subtag, empty for unknown), then those of `any`, each with its table's key."""
    for key, queries in lines.items():
        if key != ANY and language and primary(key) == language:
            for query in queries:
                yield key, query
    for query in lines.get(ANY, ()):
        yield ANY, query


def _nothing() -> dict[str, _Texts]:
    return {}


def _named(name: str) -> tuple[str, ...]:
    """A name as names are compared: its words, folded."""
    return tuple(map(fold, words(name)[0]))


def plain(entry: Entry, field: str) -> str:
    """The text in which spans of `field` count."""
    return ", ".join(text for _, text in _plain(entry, field))


def _plain(entry: Entry, field: str) -> Iterable[tuple[int, str]]:
    match field:
        case "title":
            return [(0, entry.title)]
        case "summary":
            return [(0, entry.summary)] if entry.summary else []
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
