"""What a query means once it is read, and the rules that queries make: a few frozen types.

`Word`, `Phrase`, `Near` and `Pattern` stand in a text; `In` narrows them to one field; `Is` compares a plain value;
`Ref` asks another topic; `And`, `Or`, `Not` combine; `Boost` weighs; `Everything` is the line `*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

TEXT_FIELDS: Final = ("title", "summary", "body", "author", "category")
"""Fields that hold words."""
VALUE_FIELDS: Final = ("source", "host", "lang", "credit")
"""Fields that hold values, compared as a whole."""
SEARCHED: Final = ("title", "summary", "body")
"""Where a word is looked for when no field is named."""
ANY: Final = "any"
"""The table of lines that are meant for every language."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written; several tokens when it has hyphens or other marks inside.

    `prefix`: it ended in `*`; `exact`: no other form of it counts. Never both.
    """

    text: str
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in this order inside one field, with at most `gaps` other words between them in all."""

    words: tuple[Word, ...]
    gaps: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """Two places inside one field, in any order, with at most `within` words between them.

    Both sides are made of `Word`, `Phrase`, `Near` and `Or` only: things that stand at a place.
    """

    left: Expr
    right: Expr
    within: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, found anywhere in a field."""

    text: str


@dataclass(frozen=True, slots=True)
class In:
    """`part`, looked for in one of `TEXT_FIELDS` only."""

    field: str
    part: Expr


@dataclass(frozen=True, slots=True)
class Is:
    """One of `VALUE_FIELDS` has this value; `credit` may have several, of which one must be it."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Another topic takes the entry, by all its rules but age."""

    topic: str
    offset: int = field(default=0, compare=False, repr=False)
    """Where it stands in its line."""
    rules: Rules | None = field(default=None, hash=False, repr=False)
    """What the topic asks for; None: not looked up yet (`feeds.topics.references`), so that it cannot be decided."""


@dataclass(frozen=True, slots=True)
class And:
    """All of them, wherever each is found."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where `part` does not."""

    part: Expr


@dataclass(frozen=True, slots=True)
class Boost:
    """Holds where `part` does, and counts `weight` times as much."""

    part: Expr
    weight: float


@dataclass(frozen=True, slots=True)
class Everything:
    """The line `*`: holds for every entry; a topic may use it only under a `where` that narrows."""


Expr = Word | Phrase | Near | Pattern | In | Is | Ref | And | Or | Not | Boost | Everything


@dataclass(frozen=True, slots=True)
class Query:
    """A line of a topic: as its author wrote it, and what it means."""

    text: str
    expr: Expr


def values(expr: Expr, field: str) -> Iterator[str]:
    """Everything that `field`, one of `VALUE_FIELDS`, is compared with in `expr`."""
    match expr:
        case Is(name, value) if name == field:
            yield value
        case And(parts) | Or(parts):
            for part in parts:
                yield from values(part, field)
        case Not(part) | In(part=part) | Boost(part=part):
            yield from values(part, field)
        case Word() | Phrase() | Near() | Pattern() | Is() | Ref() | Everything():
            return


def words_in(expr: Expr) -> Iterator[Word]:
    """Every word that is looked for in `expr`; not those that must not be there, and not those of other topics."""
    match expr:
        case Word():
            yield expr
        case Phrase(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from words_in(part)
        case Near(left, right):
            yield from words_in(left)
            yield from words_in(right)
        case In(part=part) | Boost(part=part):
            yield from words_in(part)
        case Not() | Pattern() | Is() | Ref() | Everything():
            return


Lines = Mapping[str, tuple[Query, ...]]
"""Query lines by primary language subtag, or `any`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Conditions beside the words; each empty one holds for every entry."""

    languages: tuple[str, ...] = ()
    """BCP 47 tags, compared by primary subtag."""
    sources: tuple[str, ...] = ()
    """Source ids."""
    tags: tuple[str, ...] = ()
    """The source has at least one of them."""
    max_age: timedelta | None = None
    """Counted from `published`."""
    min_words: int = 0
    """Words of the content, or of the summary where that is longer."""

    @property
    def narrows(self) -> bool:
        """Whether any condition is set."""
        return self != Where()


class Rules(Protocol):
    """What decides whether an entry is in: of a topic, all that is asked of the entry itself."""

    @property
    def where(self) -> Where: ...

    @property
    def match(self) -> Lines: ...

    @property
    def exclude(self) -> Lines: ...

    @property
    def min_score(self) -> float:
        """What the lines of `match` that hold must count together; 0: one that holds is enough."""
