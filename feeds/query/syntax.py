"""Reads a line of a topic; the grammar stands in `grammar.lark`, what goes wrong is said in `complaints`."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from itertools import takewhile
from typing import Final

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from feeds.errors import QueryError
from feeds.query import complaints
from feeds.query.expr import (
    TEXT_FIELDS,
    VALUE_FIELDS,
    And,
    Everything,
    Expr,
    In,
    Is,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Word,
    is_anchored,
)
from feeds.text.tokens import spans

LONGEST: Final = 2000
"""Characters of a line: a line is written by hand; the longest real one seen has under 400."""
DEEPEST: Final = 50
"""Nested brackets and NOTs: far beyond what a person can read, far below Python's own limit."""
SHORTEST_PREFIX: Final = 3
"""Letters before `*`: two letters begin up to a tenth of the words of a text."""

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
    if not is_anchored(expr):
        raise fail(
            "this would take nearly everything: beside what it must not have, a line needs something to look for",
            offset=0,
            expected=complaints.OPERAND,
        )
    return Query(text, expr)


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

    def fail(self, message: str, where: Token, *expected: str) -> QueryError:
        return QueryError(message, query=self.text, offset=where.start_pos or 0, expected=expected)

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
            case "mistake":
                raise self.mistake(_first_token(node))
            case combination:
                parts = (self.expr(child, depth=depth + 1) for child in node.children if not _is_operator(child))
                return _combined(combination, tuple(parts))

    def leaf(self, token: Token) -> Expr:
        match token.type:
            case "PREFIX":
                return self.prefix(token)
            case "PHRASE":
                return self.phrase(token)
            case _:
                return Word(str(token))

    def prefix(self, token: Token) -> Word:
        return self.beginning(str(token)[:-1], token)

    def beginning(self, word: str, token: Token) -> Word:
        if sum(map(str.isalnum, word)) < SHORTEST_PREFIX:
            raise self.fail(f'"{word}*" would take nearly everything: write at least {SHORTEST_PREFIX} letters', token)
        return Word(word, prefix=True)

    def phrase(self, token: Token) -> Word | Phrase:
        inside = str(token)[1:-1]
        words = []
        for start, end in spans(inside):
            word = inside[start:end]
            words.append(self.beginning(word, token) if inside[end : end + 1] == "*" else Word(word))
        if inside.count("*") != sum(word.prefix for word in words):
            raise self.fail(f"{token}: * may stand only at the end of a word", token, "word*")
        if not words:
            raise self.fail(f"{token} has no word in it: punctuation is not compared", token)
        return words[0] if len(words) == 1 else Phrase(tuple(words))

    def near(self, children: list[_Node], *, depth: int) -> Expr:
        left = self.place(children[0], depth=depth)
        for operator, child in zip(children[1::2], children[2::2], strict=True):
            within = int(str(operator).partition("/")[2])
            left = Near(left, self.place(child, depth=depth), within)
        return left

    def place(self, node: _Node, *, depth: int) -> Expr:
        expr = self.expr(node, depth=depth + 1)
        if not _has_place(expr):
            raise self.fail(
                "NEAR joins words, phrases and (a OR b): nothing else stands at a place",
                _first_token(node),
                "a word",
                'a "phrase"',
                "(a OR b)",
            )
        return expr

    def field(self, children: list[_Node], *, depth: int) -> Expr:
        token, node = children
        assert isinstance(token, Token)
        name = str(token)[:-1].casefold()
        part = self.expr(node, depth=depth + 1)
        if name in TEXT_FIELDS:
            if _has_field(part):
                raise self.fail(f"{name}: cannot hold another field", token)
            return In(name, part)
        if name in VALUE_FIELDS:
            return self.value(name, part, token)
        raise self.fail(complaints.unknown_field(str(token)[:-1], TEXT_FIELDS + VALUE_FIELDS), token, *TEXT_FIELDS)

    def value(self, name: str, part: Expr, token: Token) -> Expr:
        match part:
            case Word(text, prefix=False):
                return Is(name, text)
            case Phrase(words):
                return Is(name, " ".join(word.text for word in words))
            case Or(parts):
                return Or(tuple(self.value(name, one, token) for one in parts))
            case And(parts):
                return And(tuple(self.value(name, one, token) for one in parts))
            case Not(one):
                return Not(self.value(name, one, token))
            case _:
                raise self.fail(f"{name}: is compared as a whole: write {name}:value or {name}:(one OR two)", token)

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


def _has_field(expr: Expr) -> bool:
    match expr:
        case In() | Is():
            return True
        case And(parts) | Or(parts):
            return any(_has_field(part) for part in parts)
        case Not(part):
            return _has_field(part)
        case _:
            return False
