"""What pydantic finds, told as flaws: the path in the file and a sentence that says what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aggregator.codes import Code
from aggregator.config.flaws import At, Flaw, KeyPath, Refusal, listed, meant
from aggregator.config.schema import LISTS, SECTIONS, Table, keys_of
from aggregator.config.values import Known

KINDS: dict[str, tuple[Code, str]] = {
    "greater_than_equal": (Code.NUMBER, "{input} is too small; write a number of at least {ge:g}"),
    "less_than_equal": (Code.NUMBER, "{input} is too large; write a number of at most {le}"),
    "finite_number": (Code.NUMBER, "write a finite number"),
    "bool_type": (Code.TYPE, "write true or false, without quotes"),
    "float_type": (Code.TYPE, "write a number, without quotes"),
    "int_type": (Code.TYPE, "write a whole number, without quotes and decimal point"),
    "string_type": (Code.TYPE, 'write text in quotes: "…"'),
    "list_type": (Code.TYPE, 'write a list, in square brackets: ["…", "…"]'),
    "string_too_short": (Code.TEXT, "this is empty; write something or leave the key out"),
    "too_short": (Code.TEXT, "this is empty; write at least one line"),
}
EXAMPLES = {
    "url": 'url = "https://news.example/rss"',
    "id": 'id = "my-topic"',
    "match": 'match = ["some words"]',
    "name": 'name = "Harbour Post"',
}
"""What to write where a key is missing."""

T = TypeVar("T", bound=Table)


def read_table(model: type[T], raw: object, path: KeyPath, known: Known | None = None) -> tuple[T | None, list[Flaw]]:
    """The table at `path` as `model`, or None and what is wrong with it; a topic is read with what it may name."""
    try:
        return model.model_validate(raw, context=known), []
    except ValidationError as error:
        return None, [_flaw(details, path) for details in error.errors(include_url=False)]


def unknown_key(path: KeyPath) -> Flaw:
    """The flaw of a key that does not belong where it stands."""
    key = str(path[-1])
    table = tuple(part for part in path[:-1] if isinstance(part, str))
    allowed = keys_of(table)
    hint = (
        (meant(key, allowed) if table else _meant_table(key))
        or _elsewhere(key, table)
        or f"; allowed here: {listed(sorted(allowed))}"
    )
    return Flaw(code=Code.UNKNOWN_KEY, path=path, at=At.KEY, message=f'unknown key "{key}"{hint}')


def _meant_table(key: str) -> str:
    """The likeliest table at the top of the file, as it is written there; empty: none is likely."""
    close = get_close_matches(key, (*SECTIONS, *LISTS), n=1)
    return f"; did you mean {_header(close[0])}?" if close else ""


def _header(name: str) -> str:
    return f"[[{name}]]" if name in LISTS else f"[{name}]"


def _elsewhere(key: str, table: tuple[str, ...]) -> str:
    """The one table that takes this key; empty: none does, or several do."""
    owners = [name for name in (*SECTIONS, *LISTS) if name not in table and key in keys_of((name,))]
    if len(owners) != 1:
        return ""
    (owner,) = owners
    return f"; it belongs under {_header(owner)}"


def _flaw(details: ErrorDetails, path: KeyPath) -> Flaw:
    where = (*path, *(part for part in details["loc"] if part != "[key]"))
    context = details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            return unknown_key(where)
        case "missing":
            return _missing(where)
        case "value_error":
            error = context["error"]
            assert isinstance(error, Refusal)
            at = At.KEY if "[key]" in details["loc"] else At.VALUE
            return Flaw(code=error.code, path=where, at=at, message=str(error), offset=error.offset)
        case "literal_error":
            return _not_among(where, details["input"], str(context["expected"]))
        case kind:
            code, message = _of_form(kind, where, details["input"], {**context, "said": details["msg"]})
            return Flaw(code=code, path=where, message=message)


def _of_form(kind: str, path: KeyPath, given: object, context: Mapping[str, object]) -> tuple[Code, str]:
    """What is wrong with a value of another type, or beyond a bound."""
    if kind in {"dict_type", "model_type"}:
        return Code.TABLE, _no_table(path)
    if kind == "list_type" and isinstance(given, dict):
        name = ".".join(part for part in path if isinstance(part, str))
        return Code.TABLE, f"write [[{name}]] with two brackets: there may be several"
    if kind == "list_type" and isinstance(given, str) and given.isprintable() and '"' not in given:
        return Code.TYPE, f'write a list, in square brackets: ["{given}"]'
    code, sentence = KINDS.get(kind, (Code.TYPE, "{said}"))
    return code, sentence.format_map({**context, "input": given})


def _missing(path: KeyPath) -> Flaw:
    key = str(path[-1])
    message = f'this {_header(str(path[0]))} has no "{key}"; write {EXAMPLES[key]}'
    return Flaw(code=Code.MISSING_KEY, path=path[:-1], at=At.KEY, message=message)


def _no_table(path: KeyPath) -> str:
    names = [part for part in path if isinstance(part, str)]
    if path[-1] == "headers":
        return 'write a table here: headers = { Authorization = "env:NAME" }'
    if path[-1] in {"match", "not"}:
        return 'write a list of lines: ["…", "…"]'
    if isinstance(path[-1], int):
        return f"write a table here: [[{'.'.join(names)}]], and its keys below it"
    return f"write a table here: [{'.'.join(names)}], and its keys below it"


def _not_among(path: KeyPath, given: object, expected: str) -> Flaw:
    allowed = expected.replace("'", '"').replace(" or ", ", ")
    hint = meant(given, (word.strip('" ') for word in allowed.split(","))) if isinstance(given, str) else ""
    message = f"{_shown(given)} is not allowed here; allowed: {allowed}{hint}"
    return Flaw(code=Code.CHOICE, path=path, message=message)


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else "this"
