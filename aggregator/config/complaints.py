"""What pydantic finds, told as flaws: the path in the file and a sentence that says what is allowed."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.flaws import At, Flaw, KeyPath, listed, meant
from aggregator.config.schema import LISTS, Table, keys_of
from aggregator.config.values import Known, LineFlaw

KINDS = {
    "greater_than_equal": "write a number of at least {ge:g}",
    "less_than_equal": "write a number of at most {le}",
    "bool_type": "write true or false, without quotes",
    "float_type": "write a number, without quotes",
    "finite_number": "write a finite number",
    "int_type": "write a whole number, without quotes",
    "string_type": "write text in quotes",
    "list_type": 'write a list: ["…", "…"]',
    "dict_type": "write a table here",
    "model_type": "write a table here",
    "string_too_short": "this is empty; write something or leave the key out",
    "too_short": "this is empty; write at least one line",
}

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
    hint = meant(key, allowed) or f"; allowed here: {listed(sorted(allowed))}"
    return Flaw(path=path, at=At.KEY, message=f'unknown key "{key}"{hint}')


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
            at = At.KEY if "[key]" in details["loc"] else At.VALUE
            offset = error.offset if isinstance(error, LineFlaw) else None
            return Flaw(path=where, at=at, message=str(error), offset=offset)
        case "literal_error":
            return _not_among(where, details["input"], str(context["expected"]))
        case kind:
            return Flaw(path=where, message=KINDS[kind].format_map(context) if kind in KINDS else details["msg"])


def _missing(path: KeyPath) -> Flaw:
    table = f"[[{path[0]}]]" if path[0] in LISTS else f"[{path[0]}]"
    return Flaw(path=path[:-1], at=At.KEY, message=f'this {table} has no "{path[-1]}"; write {path[-1]} = …')


def _not_among(path: KeyPath, given: object, expected: str) -> Flaw:
    allowed = expected.replace("'", '"').replace(" or ", ", ")
    hint = meant(given, (word.strip('" ') for word in allowed.split(","))) if isinstance(given, str) else ""
    return Flaw(path=path, message=f"{_shown(given)} is not allowed here; allowed: {allowed}{hint}")


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else "this"
