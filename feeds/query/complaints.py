"""What we say when a line cannot be read: for the person who wrote it, not for the one who wrote the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

OPERAND: Final = ("a word", 'a "phrase"', "(")
_OPERATORS: Final = ("AND", "OR", "NOT", "NEAR", "MINUS")
_NAMES: Final = {
    "WORD": "a word",
    "PHRASE": 'a "phrase"',
    "PREFIX": "word*",
    "EXACT": "=word",
    "PATTERN": "/pattern/",
    "REF": "@topic",
    "FIELD": "field:word",
    "LPAR": "(",
    "RPAR": ")",
    "AND": "AND",
    "OR": "OR",
    "NOT": "NOT",
    "NEAR": "NEAR/3",
    "BOOST": "^2",
    "$END": "the end of the line",
}

Seen = tuple[tuple[str, str, int], ...]
"""Tokens before the place of the error: terminal, text, offset."""


def expected(terminals: Iterable[str]) -> tuple[str, ...]:
    """What could stand there, in a fixed order."""
    possible = set(terminals)
    return tuple(name for terminal, name in _NAMES.items() if terminal in possible)


def character(found: str) -> str:
    """A character that means nothing outside quotes."""
    if found in "'‘’‚‛‹›":
        return f'{found} begins no phrase: put its words in double quotes, "two words"'
    hints = {
        ",": "; to look for any of several words write OR between them",
        "|": "; write OR",
        "!": "; write NOT",
    }
    return f'"{found}" means nothing here{hints.get(found, "")}; if it is part of a text, put the text in "quotes"'


def place(found: str | None, offset: int, seen: Seen) -> tuple[str, int]:  # noqa: PLR0911 - one per mistake
    """A token (`None`: the end of the line) where it cannot stand: what is wrong, and the offset to point at."""
    last_kind, last, last_offset = seen[-1] if seen else ("", "", 0)
    opened = _open_brackets(seen)
    if found == ")" and not opened:
        return '")" closes nothing: "(" is missing', offset
    if last_kind == "LPAR" and (found is None or found == ")"):
        return '"(" and ")" with nothing between them' if found else '")" is missing, and something inside', last_offset
    if last_kind == "FIELD" and found in ("http:", "https:"):
        return _address(last, found), offset
    if last_kind in _OPERATORS:
        return f"{last} needs something on its right{_NEGATED.get((last_kind, found or ''), '')}", last_offset
    if found is None and opened:
        return '")" is missing', opened[-1]
    if found is not None and found.partition("/")[0] in _OPERATORS:
        return f"{found} needs something on its left", offset
    if found is not None and found.startswith("^"):
        return f"{found} needs something right in front of it that it weighs: word{found}", offset
    return f'"{found}" cannot stand here', offset


def _address(field: str, scheme: str) -> str:
    """A whole address where a value is asked for."""
    if field.casefold() == "host:":
        return f"{field} takes a host alone, without {scheme}// and without what is behind it: {field}news.example"
    return f'an address is put in quotes: {field}"{scheme}//news.example"'


_NEGATED: Final = {("NEAR", "NOT"): ": a word; NOT cannot stand there", ("NEAR", "-"): ": a word; - cannot stand there"}


def _open_brackets(seen: Seen) -> list[int]:
    opened: list[int] = []
    for kind, _, offset in seen:
        if kind == "LPAR":
            opened.append(offset)
        elif kind == "RPAR" and opened:
            opened.pop()
    return opened


def mistake(kind: str, written: str) -> tuple[str, tuple[str, ...]]:  # noqa: PLR0911 - likewise
    """A thing people write by accident: what to write instead, and what could stand there."""
    match kind:
        case "STRAY_STAR" if written == "*":
            return '"*" takes everything: it can only be a whole line', OPERAND
        case "STRAY_STAR":
            return f'"{written}": * may stand only at the end of a word', ("word*",)
        case "BAD_NEAR":
            return "NEAR needs a number from 0 to 99: NEAR/3", ("NEAR/3",)
        case "OPEN_QUOTE":
            closing = {"«": "»", "»": "«", "“": "”", "”": "”", "„": "“"}.get(written.removeprefix("=")[0], '"')
            return f"the closing {closing} is missing", (closing,)
        case "DASH":
            return f'"{written}" is a dash: to exclude a word write a hyphen, -word, or NOT word', ("-word", "NOT")
        case "FIELD_APART":
            return f'{written} needs a word right after the colon: {written}word, {written}"a phrase"', OPERAND
        case "SMALL_OPERATOR":
            return (
                f'"{written}" in small letters: write {written.upper()} to combine, "{written}" in quotes for the word',
                (written.upper(), f'"{written}"'),
            )
        case "LONE_HYPHEN":
            return f'a lone "{written}" means nothing: write -word or NOT word to exclude', ("-word", "NOT")
        case _:
            return _mark(kind, written)


def _mark(kind: str, written: str) -> tuple[str, tuple[str, ...]]:  # noqa: PLR0911 - likewise
    """The same, about the marks that change what a word means."""
    match kind:
        case "OPEN_PATTERN" if written.startswith("//"):
            return "// has no pattern between the slashes", ("/pattern/",)
        case "OPEN_PATTERN" if re.fullmatch(r"/.+/\w+", written):
            return (
                "nothing may stand right behind a pattern: capitals do not count anyway, and count after (?-i) in it",
                ("/pattern/",),
            )
        case "OPEN_PATTERN":
            return "the closing / is missing; a / inside a pattern is written \\/", ("/",)
        case "BAD_EXACT":
            return '= needs a word or a phrase right behind it: =word, ="a phrase"', ("=word", '="a phrase"')
        case "BAD_GAPS":
            return '~ needs a phrase right in front of it and a number from 0 to 99 behind it: "a phrase"~3', ('"…"~3',)
        case "BAD_BOOST":
            return f'"{written}" is no weight: write ^ and a number up to 999, such as word^2 or word^0.5', ("^2",)
        case _:
            return f'"{written}" names no topic: write @ and the id of one, such as @harbours', ("@topic",)


def clash(one: str, other: str) -> str:
    """A line that can hold for nothing."""
    return (
        f"this would take nothing: {one} and {other} never hold together; write OR between them, or take one out"
        if one != other
        else f"this would take nothing: {one} must be there and must not; take one of the two out"
    )


def unknown_field(name: str, known: tuple[str, ...]) -> str:
    """A prefix before a colon that is no field."""
    close = get_close_matches(name.casefold(), known, n=1)
    guess = f" (did you mean {close[0]}:?)" if close else ""
    listed = ", ".join(f"{field}:" for field in known)
    return f'there is no field {name}:{guess}; known are {listed}; if it is part of a text, put it in "quotes"'
