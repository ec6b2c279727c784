"""The tables of config.toml and what each key takes: the form of every single value, checked by pydantic.

What needs more than one value to judge (bounds, duplicates, queries, names of sources) is judged in `sources` and
`topics`. Checks raise ValueError with a sentence for the author of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo

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
    """What a topic's `where` may name: pydantic's context while topics are read."""

    sources: AbstractSet[str]
    tags: AbstractSet[str]


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


Id = Annotated[str, _from_text(check_id)]
Title = Annotated[str, _from_text(_read_title)]
Url = Annotated[str, _from_text(addresses.check_web_url)]
Duration = Annotated[timedelta, _from_text(read_duration, DURATION_FORM)]
MaybeDuration = Annotated[timedelta | None, _or_empty(read_duration, None, DURATION_FORM)]
Size = Annotated[int, _from_text(read_size, SIZE_FORM)]
Tag = Annotated[str, _from_text(check_tag)]
Primary = Annotated[str, _from_text(check_primary)]
Word = Annotated[str, Field(min_length=1)]
Line = Annotated[Query, PlainValidator(_read_query)]
Lines = Annotated[
    dict[Annotated[str, _from_text(check_key)], Annotated[list[Line], Field(min_length=1)]],
    BeforeValidator(_lines_by_language),
]


class Table(BaseModel):
    """A table of the file: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SiteTable(Table):
    base_url: Annotated[str, _from_text(addresses.check_base_url)] = "http://127.0.0.1:8080"
    title: Title = "My topic feeds"
    contact: Annotated[str, _or_empty(addresses.check_contact, "")] = ""
    language: Literal["en", "uk"] = "en"
    id: Annotated[UUID | None, _or_empty(_read_uuid, None)] = None


class ServeTable(Table):
    listen: Annotated[tuple[str, int], _from_text(addresses.read_listen)] = ("127.0.0.1", 8080)


class FetchTable(Table):
    every: Duration = timedelta(minutes=30)
    fastest: Duration = timedelta(minutes=5)
    slowest: Duration = timedelta(hours=24)
    timeout: Duration = timedelta(seconds=30)
    max_size: Size = 10 * 10**6
    allow_private: bool = False
    proxy: Annotated[str, _or_empty(addresses.check_proxy, "")] = ""


class KeepTable(Table):
    feed_entries: Annotated[int, Field(ge=1, le=1000)] = 50  # readers load the whole document at every change


class StoreTable(Table):
    url: Annotated[str, _from_text(addresses.read_store)] = "var/store"


class PublishTable(Table):
    folder: Annotated[str, Field(min_length=1)] = "var/site"


class SourceTable(Table):
    url: Url
    id: Annotated[str, _or_empty(check_id, "")] = ""
    name: Annotated[str, _or_empty(_read_title, "")] = ""
    language: Annotated[str, _or_empty(check_tag, "")] = ""
    timezone: Annotated[str, _or_empty(check_zone, "")] = ""
    every: Duration | None = None
    rank: int = 0
    tags: list[Word] = []
    enabled: bool = True
    allow_private: bool = False
    headers: dict[str, str] = {}


class WhereTable(Table):
    languages: list[Primary] = []
    sources: list[Annotated[str, AfterValidator(_known_source)]] = []
    tags: list[Annotated[str, AfterValidator(_known_tag)]] = []
    max_age: MaybeDuration = None
    min_words: Annotated[int, Field(ge=0)] = 0


class ExampleTable(Table):
    language: Annotated[str, _or_empty(check_tag, "")] = ""
    yes: list[Title] = []
    no: list[Title] = []


class TopicTable(Table):
    id: Id
    title: Title | None = None
    collapse: Literal["none", "copies"] = "copies"
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None
    max_age: MaybeDuration = None
    where: WhereTable = WhereTable()
    match: Annotated[Lines, Field(min_length=1)]
    not_: Annotated[Lines, Field(alias="not")] = {}
    example: list[ExampleTable] = []


SECTIONS: dict[str, type[Table]] = {
    "site": SiteTable,
    "serve": ServeTable,
    "fetch": FetchTable,
    "keep": KeepTable,
    "store": StoreTable,
    "publish": PublishTable,
}
LISTS: dict[str, type[Table]] = {"source": SourceTable, "topic": TopicTable}
INNER: dict[tuple[str, str], type[Table]] = {("topic", "where"): WhereTable, ("topic", "example"): ExampleTable}

LATER = {
    (): {"outlet"},
    ("keep",): {"entries"},
    ("publish",): {"hub"},
    ("source",): {"full_text"},
    ("topic",): {"update", "token", "formerly", "min_score"},
}
"""Keys that the format has and this version does not follow: refused, for nothing in a config is ever ignored."""


def keys_of(table: tuple[str, ...]) -> set[str]:
    """The keys that a table takes, by its path without places in lists; empty for tables with free keys."""
    match table:
        case ():
            return {*SECTIONS, *LISTS}
        case (name,):
            model = SECTIONS.get(name) or LISTS.get(name)
        case (name, inner):
            model = INNER.get((name, inner))
        case _:
            model = None
    return {field.alias or name for name, field in model.model_fields.items()} if model else set()
