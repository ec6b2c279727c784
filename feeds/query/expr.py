"""What a query means once it is read: a few frozen types.

`Word`, `Phrase` and `Near` are places in a text; `In` narrows them to one field; `Is` compares a plain value;
`And`, `Or`, `Not` combine; `Everything` is the line `*`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TEXT_FIELDS: Final = ("title", "summary", "body", "author", "category")
"""Fields that hold words."""
VALUE_FIELDS: Final = ("source", "host", "lang")
"""Fields that hold one value, compared as a whole."""
SEARCHED: Final = ("title", "summary", "body")
"""Where a word is looked for when no field is named."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written; several tokens when it has hyphens or other marks inside. `prefix`: it ended in `*`."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after the other inside one field."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Two places inside one field, in any order, with at most `within` words between them.

    Both sides are made of `Word`, `Phrase`, `Near` and `Or` only: things that stand at a place.
    """

    left: Expr
    right: Expr
    within: int


@dataclass(frozen=True, slots=True)
class In:
    """`part`, looked for in one of `TEXT_FIELDS` only."""

    field: str
    part: Expr


@dataclass(frozen=True, slots=True)
class Is:
    """One of `VALUE_FIELDS` has this value."""

    field: str
    value: str


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
class Everything:
    """The line `*`: holds for every entry; a topic may use it only under a `where` that narrows."""


Expr = Word | Phrase | Near | In | Is | And | Or | Not | Everything


@dataclass(frozen=True, slots=True)
class Query:
    """A line of a topic: as its author wrote it, and what it means."""

    text: str
    expr: Expr


def is_anchored(expr: Expr) -> bool:
    """Whether `expr` can hold only for entries that have something it names.

    `NOT a` and `a OR NOT b` are not: they hold for nearly everything that was ever published.
    """
    match expr:
        case And(parts):
            return any(is_anchored(part) for part in parts)
        case Or(parts):
            return all(is_anchored(part) for part in parts)
        case Not(part):
            return _denial_is_anchored(part)
        case In(part=part):
            return is_anchored(part)
        case Word() | Phrase() | Near() | Is():
            return True
        case Everything():
            return False


def _denial_is_anchored(expr: Expr) -> bool:
    """`is_anchored(Not(expr))`, by De Morgan."""
    match expr:
        case And(parts):
            return all(_denial_is_anchored(part) for part in parts)
        case Or(parts):
            return any(_denial_is_anchored(part) for part in parts)
        case Not(part):
            return is_anchored(part)
        case In(part=part):
            return _denial_is_anchored(part)
        case Word() | Phrase() | Near() | Is() | Everything():
            return False
