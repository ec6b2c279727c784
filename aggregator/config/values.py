"""What a single value of a config may be: its form, as pydantic checks it.

Checks raise ValueError with a sentence for the author of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo

from aggregator.config import addresses
from aggregator.config.flaws import listed, meant
from aggregator.config.ids import check_id
from aggregator.config.languages import ANY, check_key, check_primary, check_tag
from aggregator.config.quantities import DURATION_FORM, SIZE_FORM, read_duration, read_size
from aggregator.config.zones import check_zone
from feeds.errors import QueryError
from feeds.query.expr import Query
from feeds.query.syntax import parse_query

TEXT_FORM = "write text in quotes"


def _from_text(read: Callable[[str], object], form: str = TEXT_FORM) -> BeforeValidator:
    """Read the value from a string with `read`; anything else is told what form is wanted."""

    def check(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError(f"this is not text; {form}")  # noqa: TRY004 - pydantic makes answers of ValueErrors only
        return read(value)

    return BeforeValidator(check)


def _or_empty(read: Callable[[str], object], otherwise: object, form: str = TEXT_FORM) -> BeforeValidator:
    """The same, with `otherwise` for an empty string, which stands for «not given»."""
    return _from_text(lambda text: read(text) if text else otherwise, form)


def _read_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(f'"{text}" is no UUID; empty lets the store keep one of its own') from None


def _read_title(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("a title needs at least one letter and no line breaks")
    return text.strip()


def _read_outlet_name(text: str) -> str:
    if sum(letter.isalnum() for letter in text) < 2 or not text.isprintable():
        raise ValueError("the name of an outlet needs at least two letters and no line breaks")
    return " ".join(text.split())


def _lines_by_language(value: object) -> object:
    """A plain list, or a single line, means `any`."""
    match value:
        case str():
            return {ANY: [value]}
        case list():
            return {ANY: value}
        case _:
            return value


class LineFlaw(ValueError):  # noqa: N818 - pydantic carries it as an answer
    """A line of a topic is no query; `offset` is the character at which it stops being one."""

    def __init__(self, error: QueryError) -> None:
        super().__init__(str(error))
        self.offset = error.offset


def _read_query(value: object) -> Query:
    if not isinstance(value, str):
        raise ValueError(f"a line of a topic is text; {TEXT_FORM}")  # noqa: TRY004 - as above
    try:
        return parse_query(value)
    except QueryError as error:
        raise LineFlaw(error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a topic may name: pydantic's context while topics are read."""

    sources: AbstractSet[str]
    """Ids."""
    tags: AbstractSet[str]
    names: AbstractSet[str] = frozenset()
    """Of sources, as the config gives them."""
    topics: AbstractSet[str] = frozenset()
    """Ids, those of broken tables too."""


def _known_source(name: str, info: ValidationInfo[Known]) -> str:
    known = info.context.sources
    if name not in known:
        hint = meant(name, known) or f"; the sources are {listed(sorted(known)) or 'none'}"
        raise ValueError(f'there is no source "{name}"{hint}')
    return name


def _known_tag(name: str, info: ValidationInfo[Known]) -> str:
    known = info.context.tags
    if name not in known:
        hint = meant(name, known) or f"; the tags are {listed(sorted(known)) or 'none'}"
        raise ValueError(f'no source has the tag "{name}"{hint}')
    return name


def _read_token(text: str) -> str:
    if not text.startswith("env:") or not text[4:]:
        raise ValueError('a token is a secret, and comes from the environment: "env:NAME"')
    return text


Id = Annotated[str, _from_text(check_id)]
Title = Annotated[str, _from_text(_read_title)]
Url = Annotated[str, _from_text(addresses.check_web_url)]
Host = Annotated[str, _from_text(addresses.check_host)]
OutletName = Annotated[str, _from_text(_read_outlet_name)]
Duration = Annotated[timedelta, _from_text(read_duration, DURATION_FORM)]
MaybeDuration = Annotated[timedelta | None, _or_empty(read_duration, None, DURATION_FORM)]
Size = Annotated[int, _from_text(read_size, SIZE_FORM)]
Primary = Annotated[str, _from_text(check_primary)]
Word = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1, le=1000)]  # of entries in a feed: readers load all of it at every change
Score = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Line = Annotated[Query, PlainValidator(_read_query)]
Lines = Annotated[
    dict[Annotated[str, _from_text(check_key)], Annotated[list[Line], Field(min_length=1)]],
    BeforeValidator(_lines_by_language),
]
SourceName = Annotated[str, AfterValidator(_known_source)]
TagName = Annotated[str, AfterValidator(_known_tag)]

BaseUrl = Annotated[str, _from_text(addresses.check_base_url)]
Contact = Annotated[str, _or_empty(addresses.check_contact, "")]
MaybeUuid = Annotated[UUID | None, _or_empty(_read_uuid, None)]
Listen = Annotated[tuple[str, int], _from_text(addresses.read_listen)]
Hub = Annotated[str, _or_empty(addresses.check_hub, "")]
Proxy = Annotated[str, _or_empty(addresses.check_proxy, "")]
StoreFolder = Annotated[str, _from_text(addresses.read_store)]
Token = Annotated[str, _or_empty(_read_token, "")]
MaybeId = Annotated[str, _or_empty(check_id, "")]
MaybeTitle = Annotated[str, _or_empty(_read_title, "")]
MaybeTag = Annotated[str, _or_empty(check_tag, "")]
MaybeZone = Annotated[str, _or_empty(check_zone, "")]
