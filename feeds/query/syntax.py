"""Reads a line of a topic; the grammar stands in `grammar.lark`, what goes wrong is said in `complaints`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from itertools import takewhile
from typing import Final

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from feeds.errors import QueryError
from feeds.query import complaints, leaves, sense
from feeds.query.expr import (
    TEXT_FIELDS,
    VALUE_FIELDS,
    And,
    Boost,
    Everything,
    Expr,
    In,
    Is,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Ref,
    Word,
)
from feeds.query.written import written

LONGEST: Final = 2000
"""Characters of a line: a line is written by hand; the longest real one seen has under 400."""
DEEPEST: Final = 50
"""Nested brackets and NOTs: far beyond what a person can read, far below Python's own limit."""

_Node = Tree[Token] | Token


def parse_query(text: str) -> Query:
    """The query that `text` writes; raises QueryError with the place, in words for its author.

    Refused besides what cannot be read: lines that would hold for nearly everything or for nothing.
    """
    if text.strip() == "*":
        return Query(text, Everything())
    fail = partial(QueryError, query=text)
    if len(text) > LONGEST:
        raise fail(f"the line is longer than {LONGEST} characters: write several", offset=LONGEST)
    if not text.strip():
        raise fail("the line is empty", offset=0, expected=complaints.OPERAND)
    try:
        tree = _grammar().parse(text)
    except UnexpectedCharacters as error:
        offset: int = getattr(error, "pos_in_stream", 0)  # lark types it as None
        raise fail(complaints.character(text[offset]), offset=offset) from error
    except UnexpectedInput as error:
        raise _misplaced(text, error) from error
    expr = _Reading(text).expr(tree.children[0], depth=0)
    _check(expr, fail)
    return Query(text, expr)


def _check(expr: Expr, fail: Callable[..., QueryError]) -> None:
    """Refuse a line that means something, but not what anybody wants."""
    if not sense.is_anchored(expr):
        raise fail(
            "this would take nearly everything: beside what it must not have, a line needs something to look for",
            offset=0,
            expected=complaints.OPERAND,
            holds="always",
        )
    if pair := sense.clash(expr):
        raise fail(complaints.clash(*map(written, pair)), offset=0, holds="never")


@cache
def _grammar() -> Lark:
    grammar = files(__package__ or "feeds.query").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="basic")


def _misplaced(text: str, error: UnexpectedInput) -> QueryError:
    """A token, or the end, where it cannot stand."""
    assert isinstance(error, UnexpectedToken)
    at_end = error.token.type == "$END"
    offset = len(text) if at_end else error.token.start_pos or 0
    read = takewhile(lambda token: (token.start_pos or 0) < offset, _grammar().lex(text))
    seen = tuple((token.type, str(token), token.start_pos or 0) for token in read)
    found = None if at_end else str(error.token)
    message, offset = complaints.place(found, offset, seen)
    return QueryError(message, query=text, offset=offset, expected=complaints.expected(error.expected))


class _Reading:
    """One line on its way from lark's tree to our types."""

    def __init__(self, text: str) -> None:
        self.text = text

    def fail(self, message: str, where: Token, *expected: str, shift: int = 0) -> QueryError:
        return QueryError(message, query=self.text, offset=(where.start_pos or 0) + shift, expected=expected)

    def failing(self, where: Token) -> leaves.Fail:
        return lambda message, *expected, shift=0: self.fail(message, where, *expected, shift=shift)

    def expr(self, node: _Node, *, depth: int) -> Expr:
        if isinstance(node, Token):
            return self.leaf(node)
        if depth >= DEEPEST:
            raise self.fail(f"nested deeper than {DEEPEST}: nobody can read that", _first_token(node))
        match str(node.data):
            case "field":
                return self.field(node.children, depth=depth)
            case "near":
                return self.near(node.children, depth=depth)
            case "boost":
                return self.boost(node.children, depth=depth)
            case "mistake":
                raise self.mistake(_first_token(node))
            case combination:
                parts = tuple(self.expr(child, depth=depth + 1) for child in node.children if not _is_operator(child))
                if combination == "not" and sense.is_weighed(parts[0]):
                    raise self.fail("^ weighs nothing here: what must not hold is not counted", _first_token(node))
                return _combined(combination, parts)

    def leaf(self, token: Token) -> Expr:
        match token.type:
            case "PREFIX":
                return leaves.prefix(str(token), self.failing(token))
            case "PHRASE":
                return leaves.phrase(str(token), self.failing(token))
            case "PATTERN":
                return leaves.pattern(str(token), self.failing(token))
            case "EXACT":
                return leaves.word(str(token), self.failing(token))
            case "REF":
                return Ref(str(token)[1:], offset=token.start_pos or 0)
            case _:
                return leaves.word(str(token), self.failing(token))

    def near(self, children: list[_Node], *, depth: int) -> Expr:
        left = self.place(children[0], depth=depth)
        for operator, child in zip(children[1::2], children[2::2], strict=True):
            within = int(str(operator).partition("/")[2])
            left = Near(left, self.place(child, depth=depth), within)
        return left

    def place(self, node: _Node, *, depth: int) -> Expr:
        expr = self.expr(node, depth=depth + 1)
        if sense.is_weighed(expr):
            raise self.fail("NEAR is weighed as a whole: (a NEAR/3 b)^2", _first_token(node))
        if not _has_place(expr):
            raise self.fail(
                "NEAR joins words, phrases and (a OR b) only; join anything else with a space",
                _first_token(node),
                "a word",
                'a "phrase"',
                "(a OR b)",
            )
        return expr

    def boost(self, children: list[_Node], *, depth: int) -> Expr:
        node, token = children
        assert isinstance(token, Token)
        weight = float(str(token)[1:])
        if self.text[(token.start_pos or 0) - 1].isspace():
            raise self.fail(f"{token} stands right behind what it weighs: word{token}", token)
        if not weight:
            raise self.fail(f"{token} would make it count nothing; write a number above 0", token)
        return Boost(self.expr(node, depth=depth + 1), weight)

    def field(self, children: list[_Node], *, depth: int) -> Expr:
        token, node = children
        assert isinstance(token, Token)
        name = str(token)[:-1].casefold()
        if name in VALUE_FIELDS:
            return self.value(name, node, token, depth=depth)
        part = self.expr(node, depth=depth + 1)
        if name not in TEXT_FIELDS:
            raise self.fail(complaints.unknown_field(str(token)[:-1], TEXT_FIELDS + VALUE_FIELDS), token, *TEXT_FIELDS)
        if inner := _other_than_text(part):
            raise self.fail(f"{name}: cannot hold {inner}", token)
        return In(name, part)

    def value(self, name: str, node: _Node, token: Token, *, depth: int) -> Expr:
        """A field that holds values: what stands behind it is taken as written, not as words."""
        if isinstance(node, Token):
            match node.type:
                case "WORD":
                    return leaves.value(name, str(node), self.failing(node))
                case "PHRASE" if not _is_special(node):
                    return leaves.value(name, leaves.unquoted(node), self.failing(node))
        elif depth < DEEPEST and str(node.data) in {"or", "and", "not", "group"}:
            parts = (
                self.value(name, child, token, depth=depth + 1) for child in node.children if not _is_operator(child)
            )
            return _combined(str(node.data), tuple(parts))
        elif str(node.data) == "mistake":
            raise self.mistake(_first_token(node))
        raise self.fail(
            f"{name}: is compared as a whole, without *, patterns and NEAR: write {name}:value or {name}:(one OR two)",
            token,
        )

    def mistake(self, token: Token) -> QueryError:
        message, expected = complaints.mistake(token.type, str(token))
        return self.fail(message, token, *expected)


def _combined(how: str, parts: tuple[Expr, ...]) -> Expr:
    match how:
        case "or":
            return Or(parts)
        case "and":
            return And(parts)
        case "not":
            return Not(parts[0])
        case _:
            return parts[0]


def _is_operator(node: _Node) -> bool:
    return isinstance(node, Token) and node.type in {"AND", "OR", "NOT", "MINUS", "NEAR"}


def _is_special(phrase: str) -> bool:
    """Whether it is more than text in quotes: `="…"`, `"…"~3`."""
    return phrase[0] == "=" or phrase[-1].isdigit()


def _first_token(node: _Node) -> Token:
    return node if isinstance(node, Token) else next(node.scan_values(lambda value: isinstance(value, Token)))


def _has_place(expr: Expr) -> bool:
    match expr:
        case Word() | Phrase() | Near():
            return True
        case Or(parts):
            return all(_has_place(part) for part in parts)
        case _:
            return False


def _other_than_text(expr: Expr) -> str:
    """What in `expr` cannot be looked for in one field; empty: all of it can."""
    match expr:
        case In() | Is():
            return "another field"
        case Ref(topic):
            return f"@{topic}: another topic looks where its own lines say; write it without a field"
        case And(parts) | Or(parts):
            return next(filter(None, map(_other_than_text, parts)), "")
        case Not(part) | Boost(part=part):
            return _other_than_text(part)
        case _:
            return ""
