"""Values ↔ plain JSON, strictly: what arrives is of the type that was promised, or it is refused.

Forms are made from the dataclasses themselves, so that a field added to a value crosses the pipe without further ado,
and a field of a type that has no form here stops the first use. Unlike `storage.codec` nothing is left out and nothing
unknown is ignored: both ends are the same version of the program, and one of them may have been taken over.
"""

from __future__ import annotations

import base64
import builtins
import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
Convert = Callable[[Any], Any]

_TICK = timedelta(microseconds=1)


def pack(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """`value`, an instance of a dataclass, for `json.dumps`; raises `TypeError` for a field without a form."""
    kind: Any = type(value)
    return _form(kind).pack(value)


def unpack(kind: type[T], plain: Any, *, halves: bool = False) -> T:  # noqa: ANN401 - JSON has no narrower type
    """The `kind` that `plain`, fresh from `json.loads`, describes; raises `ValueError` when it describes none.

    Half a character (a lone surrogate), which JSON can spell, is none of a text unless `halves` says so.
    """
    wanted: Any = kind
    value: T = _form(wanted, halves=halves).unpack(plain)
    return value


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of one type are written and read; `unpack` raises `ValueError` for anything else."""

    pack: Convert
    unpack: Convert


@cache
def _form(hint: Any, *, halves: bool = False) -> _Form:  # noqa: ANN401, PLR0911 - hints have no type; one line a form
    match typing.get_origin(hint), typing.get_args(hint):
        case ((types.UnionType | typing.Union), (inner, types.NoneType)):
            return _or_none(_form(inner, halves=halves))
        case ((types.UnionType | typing.Union), kinds):
            return _one_of({kind.__name__: _form(kind, halves=halves) for kind in kinds})
        case builtins.tuple, (inner, builtins.Ellipsis):
            return _many(_form(inner, halves=halves), tuple)
        case builtins.frozenset, (inner,):
            return _many(_form(inner, halves=halves), frozenset)
        case builtins.tuple, inners:
            return _row([_form(inner, halves=halves) for inner in inners])
        case _ if hint is str:
            return _ANY_TEXT if halves else _TEXT
        case _ if hint in _PLAIN:
            return _PLAIN[hint]
        case _ if isinstance(hint, type) and issubclass(hint, StrEnum):
            return _Form(str, lambda plain: hint(_text(plain)))
        case _ if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            return _record(hint, halves=halves)
        case _:
            raise TypeError(f"{hint!r} has no form that crosses a pipe")


def _record(kind: type[Any], *, halves: bool) -> _Form:
    hints = typing.get_type_hints(kind)
    text_form = _form(str, halves=halves)
    forms = {field.name: _form(hints[field.name], halves=halves) for field in dataclasses.fields(kind)}
    # Most fields are texts, which JSON has as they are: they cost no call.
    texts = tuple(name for name, form in forms.items() if form is text_form)
    packed = tuple((name, form.pack) for name, form in forms.items() if form is not text_form)
    unpacked = tuple((name, form.unpack) for name, form in forms.items() if form is not text_form)

    def pack_record(value: Any) -> dict[str, Any]:  # noqa: ANN401 - see `pack`
        plain = {name: getattr(value, name) for name in texts}
        for name, convert in packed:
            plain[name] = convert(getattr(value, name))
        return plain

    def unpack_record(plain: Any) -> Any:  # noqa: ANN401 - see `unpack`
        if type(plain) is not dict or plain.keys() != forms.keys():
            raise ValueError(f"not a {kind.__name__}")
        content = dict(plain)
        for name in texts:
            text = content[name]
            if type(text) is not str or not text.isascii():
                text_form.unpack(text)
        for name, convert in unpacked:
            content[name] = convert(content[name])
        return kind(**content)

    return _Form(pack_record, unpack_record)


def _or_none(inner: _Form) -> _Form:
    return _Form(
        lambda value: None if value is None else inner.pack(value),
        lambda plain: None if plain is None else inner.unpack(plain),
    )


def _one_of(forms: Mapping[str, _Form]) -> _Form:
    """Of one of several kinds, by its name."""

    def unpack_one(plain: Any) -> Any:  # noqa: ANN401 - see `unpack`
        match plain:
            case [str(name), fields] if name in forms:
                return forms[name].unpack(fields)
            case _:
                raise ValueError(f"none of {', '.join(forms)}")

    return _Form(lambda value: [name := type(value).__name__, forms[name].pack(value)], unpack_one)


def _many(inner: _Form, kind: Callable[[list[Any]], Any]) -> _Form:
    pack_one, unpack_one = inner.pack, inner.unpack
    return _Form(
        lambda values: [pack_one(value) for value in values] if values else [],
        lambda plain: kind([unpack_one(one) for one in _list(plain)]),
    )


def _row(inners: list[_Form]) -> _Form:
    return _Form(
        lambda values: [form.pack(value) for form, value in zip(inners, values, strict=True)],
        lambda plain: tuple([form.unpack(one) for form, one in zip(inners, _list(plain), strict=True)]),
    )


def _list(plain: Any) -> list[Any]:  # noqa: ANN401 - see `unpack`
    if type(plain) is not list:
        raise ValueError("not a list")
    return plain


def _text(plain: Any) -> str:  # noqa: ANN401 - see `unpack`
    if type(plain) is not str:
        raise ValueError("not a text")
    if not plain.isascii():
        plain.encode()  # JSON can spell half a character; nothing behind this point could write it down
    return plain


def _exactly(kind: type) -> _Form:
    def unpack_exactly(plain: Any) -> Any:  # noqa: ANN401 - see `unpack`
        if type(plain) is not kind:
            raise ValueError(f"not of type {kind.__name__}")
        return plain

    return _Form(kind, unpack_exactly)


def _octets(plain: Any) -> bytes:  # noqa: ANN401 - see `unpack`
    return base64.b64decode(_text(plain), validate=True)


def _moment(plain: Any) -> datetime:  # noqa: ANN401 - see `unpack`
    moment = datetime.fromisoformat(_text(plain))
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() != timedelta(0):
        raise ValueError("not a time in UTC")
    return moment.replace(tzinfo=UTC)


def _duration(plain: Any) -> timedelta:  # noqa: ANN401 - see `unpack`
    try:
        return timedelta(microseconds=_PLAIN[int].unpack(plain))
    except OverflowError as error:
        raise ValueError("too long a time") from error


_TEXT = _Form(str, _text)
_ANY_TEXT = _exactly(str)
_PLAIN: dict[Any, _Form] = {
    int: _exactly(int),
    bool: _exactly(bool),
    bytes: _Form(
        lambda octets: base64.b64encode(octets).decode("ascii"),
        lambda plain: base64.b64decode(_text(plain), validate=True),
    ),
    datetime: _Form(lambda moment: (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat(), _moment),
    timedelta: _Form(lambda duration: duration // _TICK, _duration),
}
