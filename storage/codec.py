"""Values ↔ plain JSON, made from the values' own definitions.

Every field of a stored value is covered because the fields are read from the dataclass itself; a field whose type has
no form here stops the import. The rules, so that stores outlive versions of the program:

- A field that holds its default is left out, and one that is missing takes its default: a field may be added without a
  new format. The default of a stored field may therefore not change without one.
- Unknown keys are ignored: a store to which a later version added a field still opens in this one. A change of what a
  key means takes a new format version, which older programs refuse as a whole.
- Times are ISO 8601 in UTC, always 27 characters, so that they sort as text. Spans of time are microseconds.
"""

from __future__ import annotations

import builtins
import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from operator import attrgetter
from sys import intern
from typing import Any, TypeVar
from uuid import UUID

from feeds.errors import StoreError
from feeds.model import (
    Allowance,
    Archive,
    Boilerplate,
    Credit,
    Day,
    Decision,
    Enclosure,
    Entry,
    Hint,
    Intake,
    Join,
    Move,
    Notice,
    Placement,
    Reading,
    Revision,
    Site,
    SourceState,
    Span,
    Subscription,
    TopicSeen,
    Validators,
)

Document = dict[str, Any]
"""A JSON object as Python's `json` reads it."""

T = TypeVar("T")
Convert = Callable[[Any], Any]

_ABSENT = object()
_MICROSECOND = timedelta(microseconds=1)


def encode(value: object) -> Document:
    """The plain JSON object of a value that is stored.

    Raises `ValueError` for a time without a zone.
    """
    document: Document = {}
    for field in _FIELDS[type(value)]:
        content = field.get(value)
        if content != field.default:
            document[field.name] = content if field.pack is None else field.pack(content)
    return document


def decode(kind: type[T], document: Mapping[str, Any]) -> T:
    """The value of type `kind` that `document` describes; raises `StoreError` when it describes none."""
    content = {}
    try:
        for field in _FIELDS[kind]:
            packed = document.get(field.name, _ABSENT)
            if packed is not _ABSENT:
                content[field.name] = packed if field.unpack is None else field.unpack(packed)
        return kind(**content)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise StoreError(f"a stored {kind.__name__} cannot be read ({error}): {str(document)[:200]}") from error


def encode_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and `Z`; raises `ValueError` for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment!r}")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def _encode_span(span: timedelta) -> int:
    """Whole microseconds, which a timedelta is made of: a fraction of seconds would be rounded."""
    return span // _MICROSECOND


def _decode_span(microseconds: int) -> timedelta:
    return microseconds * _MICROSECOND


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of one type are written and read; None: JSON has them as they are."""

    pack: Convert | None
    unpack: Convert | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    get: Convert
    """Takes the field out of its value: attrgetter is twice as fast as getattr by name."""
    default: object
    pack: Convert | None
    unpack: Convert | None


def _fields_of(kind: type) -> tuple[_Field, ...]:
    hints = typing.get_type_hints(kind)
    fields = []
    for field in dataclasses.fields(kind):
        form = _form(hints[field.name])
        default = _ABSENT if field.default is MISSING else field.default
        get = attrgetter(field.name)
        fields.append(_Field(name=intern(field.name), get=get, default=default, pack=form.pack, unpack=form.unpack))
    return tuple(fields)


def _form(hint: Any) -> _Form:  # noqa: ANN401 - a type hint has no type of its own
    """The form of a type that a stored field may have; raises `TypeError` for any other."""
    match typing.get_origin(hint), typing.get_args(hint):
        case ((types.UnionType | typing.Union), (inner, types.NoneType)):
            return _or_none(_form(inner))
        case builtins.tuple, (inner, builtins.Ellipsis):
            return _many(_form(inner))
        case _ if hint in _FORMS:
            return _FORMS[hint]
        case _ if isinstance(hint, type) and issubclass(hint, StrEnum):
            return _Form(str, hint)
        case _:
            raise TypeError(f"no stored form for {hint!r}")


def _or_none(form: _Form) -> _Form:
    def optional(convert: Convert | None) -> Convert | None:
        return convert and (lambda content: None if content is None else convert(content))

    return _Form(optional(form.pack), optional(form.unpack))


def _many(form: _Form) -> _Form:
    pack, unpack = form.pack, form.unpack
    return _Form(
        list if pack is None else lambda content: [pack(one) for one in content],
        tuple if unpack is None else lambda content: tuple([unpack(one) for one in content]),
    )


_AS_IS = _Form(None, None)
_FORMS: dict[type, _Form] = {
    str: _AS_IS,
    int: _AS_IS,
    float: _AS_IS,
    bool: _AS_IS,
    datetime: _Form(encode_time, datetime.fromisoformat),
    timedelta: _Form(_encode_span, _decode_span),
    UUID: _Form(str, UUID),
}
_FIELDS: dict[type, tuple[_Field, ...]] = {}
for _kind in (
    Enclosure,
    Span,
    Credit,
    Entry,
    Validators,
    Hint,
    Move,
    Day,
    SourceState,
    Join,
    Placement,
    Decision,
    Boilerplate,
    Revision,
    Reading,
    Allowance,
    TopicSeen,
    Archive,
    Subscription,
    Notice,
    Intake,
    Site,
):  # what is nested comes first
    _FIELDS[_kind] = _fields_of(_kind)
    _FORMS[_kind] = _Form(encode, partial(decode, _kind))
