"""Bytes to the values of a TOML text, or where they are none, in words that tell what to do.

The parser stops at the first mistake. Where that is a line by itself, the rest is read without it, so that several such
lines are told at once.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Callable
from typing import Any

from aggregator.codes import Code
from aggregator.config.places import problem_at
from feeds.errors import Problem

MOST = 20
"""Mistakes of this kind that are told: more than that, and the file is something else than TOML."""

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
TYPOGRAPHIC = "“”„«»‘’‚"
CAPITALS = re.compile(r"(?:true|false|yes|no|on|off)\b", re.IGNORECASE)
HEADER = re.compile(r"\s*\[\[?[\w.-]+\]\]?\s*(?:#.*)?")
KEY = re.compile(r"\s*[\w-]+\s*=")
CONFLICT = re.compile(r"[<>|]{7}( |$)|={7}$")
APOSTROPHE = re.compile(r"'\w")
BROKEN_OFF = "the text ends at this apostrophe; put a text that has one in double quotes"
BACKSLASH = r"""a \ in "…" begins an escape; write \\ for a plain one, or put the text in single quotes: '…'"""
SEVERAL = {"source", "topic", "outlet", "topic.example"}
TWICE = "is there already; keep one of the two"
DEEP, LONG = "Nested too deeply", "A number too long"
NESTED = re.compile(r"(?:[\[{]\s*(?:[\w-]+\s*=\s*)?|[\w-]+\s*\.\s*){50}")
DIGITS = re.compile(r"[\d_]{4000}")


def values_of(text: str) -> dict[str, Any]:
    """The values of a TOML 1.0 text whose line ends are line feeds. Raises SyntaxFlaw with the places it has none."""
    try:
        return _loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SyntaxFlaw(_all_problems(text, str(error))) from error


def too_deep(text: str) -> SyntaxFlaw:
    """The flaw of a text that nests deeper than anybody can read it."""
    return SyntaxFlaw((_problem(text, _at(text, NESTED, DEEP)),))


def _loads(text: str) -> dict[str, Any]:
    """As the parser does, which breaks off in two more ways: told as all others are."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError(_at(text, NESTED, DEEP)) from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # of int(): more digits than it reads
        raise tomllib.TOMLDecodeError(_at(text, DIGITS, LONG)) from error


def _at(text: str, pattern: re.Pattern[str], message: str) -> str:
    found = pattern.search(text)
    index = found.start() if found else 0
    start = text.rfind("\n", 0, index) + 1
    return f"{message} (at line {text.count(chr(10), 0, index) + 1}, column {index - start + 1})"


def decoded(body: bytes) -> str:
    """The text of a file, its byte order mark gone, line ends as line feeds. Raises SyntaxFlaw when it is not UTF-8."""
    if body.startswith(UTF16):
        message = "this file is saved as UTF-16; save it as UTF-8 (editors call that the encoding)"
        raise SyntaxFlaw((problem_at("", 0, message, Code.NO_UTF8),))
    try:
        return body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8-sig").replace("\r\n", "\n")
        rest = body[error.start :].split(b"\n", maxsplit=1)[0].decode("utf-8", "replace").rstrip("\r")
        message = "this byte is not UTF-8; save the file as UTF-8"
        raise SyntaxFlaw((problem_at(before + rest, len(before), message, Code.NO_UTF8),)) from error


def _all_problems(text: str, message: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    while True:
        problem = _problem(text, message)
        problems.append(problem)
        without = _without(text, problem.line)
        if without is None or len(problems) == MOST:
            return tuple(problems)
        try:
            _loads(without)
        except tomllib.TOMLDecodeError as error:
            text, message = without, str(error)
        else:
            return tuple(problems)


def _without(text: str, number: int) -> str | None:
    """The text with that line empty; None when it is part of something longer, of which more would be wrong then."""
    lines = text.split("\n")
    line = lines[number - 1]
    alone = line.count("[") == line.count("]") and line.count("{") == line.count("}")
    if not line.strip() or not alone or '"""' in line or "'''" in line or line.lstrip().startswith("["):
        return None
    try:
        _loads("\n".join(lines[: number - 1]))
    except tomllib.TOMLDecodeError:
        return None
    return "\n".join([*lines[: number - 1], "", *lines[number:]])


def _problem(text: str, message: str) -> Problem:
    """The parser tells the place inside its message only (attributes came with Python 3.14)."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    said = found[1] if found else message
    index = len(text.rstrip("\n"))
    if found and found[2]:
        lines = text.split("\n")
        index = min(sum(len(line) + 1 for line in lines[: int(found[2]) - 1]) + int(found[3]) - 1, len(text))
    code, told = _told(said, text, index)
    return problem_at(text, _blamed(said, text, index), f"not valid TOML: {told}", code)


def _told(said: str, text: str, index: int) -> tuple[Code, str]:
    for pattern, (code, sentence) in SAID.items():
        if found := re.fullmatch(pattern, said):
            return code, sentence(found, text, index) if callable(sentence) else sentence
    return Code.NO_TOML, said


def _blamed(said: str, text: str, index: int) -> int:
    """A better place than the parser's: it points behind what is there twice, and to the end for what is not closed."""
    start = text.rfind("\n", 0, index) + 1
    if said.startswith("Cannot"):
        return start + len(text[start:]) - len(text[start:].lstrip(" \t"))
    if re.match(r"Unterminated|Expected .'''", said):
        return max(text.rfind('"""'), text.rfind("'''"), 0)
    return index


def _line(text: str, index: int) -> str:
    return text[text.rfind("\n", 0, index) + 1 :].split("\n", maxsplit=1)[0]


def _value(_: re.Match[str], text: str, index: int) -> str:  # noqa: PLR0911 - one per mistake
    line = _line(text, index)
    rest = text[index:].split("\n", maxsplit=1)[0]
    if not text[index:].strip() and not line.rstrip().endswith("="):
        return 'the file ends inside a list: its "]" is missing'
    if not rest.strip() or rest.startswith("#"):
        return 'the value is missing; write one behind the "="'
    if HEADER.fullmatch(line):
        return 'a list above is still open: its "]" is missing before this table'
    if KEY.match(line) and line.lstrip(" \t").startswith(rest):
        return 'a list above is still open: its "]" is missing before this key'
    if rest[0] in TYPOGRAPHIC:
        return 'these are typographic quotes; write straight ones: "…"'
    if CAPITALS.match(rest):
        return "write true or false, in small letters and without quotes"
    return 'this is no value; text goes in quotes: "…"'


def _behind(_: re.Match[str], text: str, index: int) -> str:
    if APOSTROPHE.match(text, max(index - 1, 0)):
        return BROKEN_OFF
    before = text[text.rfind("\n", 0, index) + 1 : index]
    if re.search(r"=\s*[\d.+-]+\s*$", before):
        return 'a value that is not only a number goes in quotes: "30m"'
    return "the value ends before this; put a text that has quotes in single ones: '…'; each key has a line of its own"


def _list(_: re.Match[str], text: str, index: int) -> str:
    return BROKEN_OFF if APOSTROPHE.match(text, max(index - 1, 0)) else 'a comma or "]" is missing before this'


def _equals(_: re.Match[str], text: str, index: int) -> str:
    before, rest = _line(text, index).split(":", maxsplit=1) if text[index : index + 1] == ":" else ("", "")
    if text[index : index + 1] == ":" and not rest.strip():
        table = before.strip()
        return f"write a table's name in square brackets: {f'[[{table}]]' if table in SEVERAL else f'[{table}]'}"
    if text[index : index + 1] == ":":
        return 'write "=" instead of ":" between a key and its value'
    return 'after a key comes "=" and its value; a comment begins with "#"'


def _character(found: re.Match[str], _: str, __: int) -> str:
    if found[1] == "\\n":
        return "the quotes are not closed on this line"
    return "an invisible control character stands here; delete it"


def _table(found: re.Match[str], _: str, __: int) -> str:
    name = _name(found[1])
    if name in SEVERAL:
        return f"[{name}] is there already; write [[{name}]] with two brackets, since there may be several"
    return f"the table [{name}] {TWICE}, with the keys of both below it"


def _statement(_: re.Match[str], text: str, index: int) -> str:
    if CONFLICT.match(_line(text, index)):
        return "git left this where it could not join two states: keep one side of each, and delete such lines"
    if index == 0 and text[:1] in {"{", "<"}:
        return "this is another format; `topicwire init` writes a config to begin with"
    return "write key = value, or a [table]; a comment begins with #"


def _key(_: re.Match[str], text: str, index: int) -> str:
    if text[index : index + 1] in {"\n", "#"}:
        return "what stands in { } stays on one line"
    return 'a key is missing here; one with other signs than a–z, 0–9, "-" and "_" goes in quotes'


def _again(_: re.Match[str], text: str, index: int) -> str:
    if found := re.match(r"\s*\[\[([\w.-]+)\]\]", _line(text, index)):
        return f"{found[1]} is there already, and not with two brackets; write [[{found[1]}]] everywhere"
    return f"this key {TWICE}"


def _whole(found: re.Match[str], _: str, __: int) -> str:
    return f"{_name(found[1])} has been given as a whole before, so nothing can be added; write it in one form only"


def _name(parts: str) -> str:
    """A key as it is written, from the tuple that the parser shows."""
    return ".".join(re.findall(r"'([^']*)'", parts))


_Sentence = str | Callable[[re.Match[str], str, int], str]
SAID: dict[str, tuple[Code, _Sentence]] = {
    r"(?:Illegal|Found invalid) character '(.*)'": (Code.NO_TOML, _character),
    r"Invalid value": (Code.NO_TOML, _value),
    r"Expected newline or end of document after a statement": (Code.NO_TOML, _behind),
    r"Expected '=' after a key in a key/value pair": (Code.NO_TOML, _equals),
    r"Unescaped '\\' in a string|Invalid hex value|Escaped character is not.*": (Code.NO_TOML, BACKSLASH),
    r"Unterminated string|Expected [\"']+": (
        Code.NO_TOML,
        "this text is never closed: its three quotes are missing at the end",
    ),
    r"Unclosed array": (Code.NO_TOML, _list),
    r"Unclosed inline table": (Code.NO_TOML, 'a comma or "}" is missing before this; { … } stays on one line'),
    r"Invalid initial character for a key part": (Code.NO_TOML, _key),
    r"Invalid statement": (Code.NO_TOML, _statement),
    r"Expected ']' at the end of a table declaration": (Code.NO_TOML, 'the name of a table ends with "]": [site]'),
    r"Expected '\]\]' at the end of an array declaration": (
        Code.NO_TOML,
        'what begins with "[[" ends with "]]": [[source]]',
    ),
    DEEP: (Code.NO_TOML, "this nests too deeply to be read; nothing in a config nests more than a few levels"),
    LONG: (Code.NO_TOML, "this number has too many digits"),
    r"Invalid date or datetime": (Code.NO_TOML, 'there is no such date; text goes in quotes: "…"'),
    r"Cannot overwrite a value": (Code.TWICE, _again),
    r"Duplicate inline table key .*": (Code.TWICE, f"a key before this {TWICE}"),
    r"Cannot declare (.*) twice": (Code.TWICE, _table),
    r"Cannot (?:mutate immutable|redefine) namespace (.*)": (Code.TWICE, _whole),
}
"""What the parser says, in words that tell what to do."""


class SyntaxFlaw(ValueError):  # noqa: N818 - carries Problems, is none itself
    """The text is no TOML; `problems` say where it stops being so."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems
