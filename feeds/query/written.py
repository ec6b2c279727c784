"""A query, or a part of it, as a person would write it: for showing which part held."""

from __future__ import annotations

from typing import Final

from feeds.query.expr import And, Boost, Everything, Expr, In, Is, Near, Not, Or, Pattern, Phrase, Ref, Word

_OR, _AND, _NOT, _NEAR, _WEIGHED, _ATOM = range(6)
_RANKS: Final = {Or: _OR, And: _AND, Not: _NOT, Near: _NEAR, Boost: _WEIGHED}
"""How tightly each operator binds; what is not listed needs no brackets."""


def written(expr: Expr) -> str:
    """A line that means `expr`: reading it gives `expr` again, if it came from a line."""
    return _written(expr, _OR)


def _written(expr: Expr, rank: int) -> str:
    """`expr` where something of at least `rank` may stand."""
    own = _RANKS.get(type(expr), _ATOM)
    return f"({_plain(expr)})" if own < rank else _plain(expr)


def _plain(expr: Expr) -> str:  # noqa: C901, PLR0911 - one per kind of expression
    match expr:
        case Word():
            return _word(expr)
        case Phrase(words, gaps):
            inside = " ".join(word.text + "*" * word.prefix for word in words)
            return f'{"=" * words[0].exact}"{inside}"{f"~{gaps}" if gaps else ""}'
        case Pattern(text):
            return f"/{text}/"
        case Near(left, right, within):
            first = _written(left, _NEAR if isinstance(left, Near) else _ATOM)
            return f"{first} NEAR/{within} {_written(right, _ATOM)}"
        case In(field, part):
            return f"{field}:{_written(part, _ATOM)}"
        case Is(field, value):
            return f"{field}:{value}" if _is_plain(value) else f'{field}:"{value}"'
        case Ref(topic):
            return f"@{topic}"
        case Boost(part, weight):
            return f"{_written(part, _ATOM)}^{weight:g}"
        case And(parts):
            return " ".join(_written(part, _NOT) for part in parts)
        case Or(parts):
            return " OR ".join(_written(part, _AND) for part in parts)
        case Not(part):
            return f"NOT {_written(part, _NOT)}"
        case Everything():
            return "*"


def _word(word: Word) -> str:
    text = word.text if _is_plain(word.text) or word.prefix else f'"{word.text}"'
    return "=" * word.exact + text + "*" * word.prefix


_OPERATORS: Final = frozenset(("and", "or", "not", "near"))


def _is_plain(text: str) -> bool:
    """Whether `text` can stand without quotes."""
    marks = ' \t\n"“”„«»()*:;,!?^~=@<>[]{}|\\'
    return text[:1].isalnum() and text.casefold() not in _OPERATORS and not any(mark in text for mark in marks)
