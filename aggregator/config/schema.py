"""The tables of config.toml: which keys each has, what they take, and what they are when they are left out.

What needs more than one value to judge (bounds, duplicates) is judged in `sources`, `topics` and `outlets`. What a key
is for stands beside it in config.toml, and nowhere else: `described` takes it from there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from aggregator.config.values import (
    BaseUrl,
    Contact,
    Count,
    Duration,
    Host,
    Hub,
    Id,
    Lines,
    Listen,
    MaybeDuration,
    MaybeId,
    MaybeTag,
    MaybeTitle,
    MaybeUuid,
    MaybeZone,
    OutletName,
    Primary,
    Proxy,
    Score,
    Size,
    SourceName,
    StorePlace,
    TagName,
    Title,
    Token,
    Url,
    Word,
)

STORE_FOLDER = "var/store"


class Table(BaseModel):
    """A table of the file: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SiteTable(Table):
    """Who publishes."""

    base_url: BaseUrl = "http://127.0.0.1:8080"
    title: Title = "My topic feeds"
    contact: Contact = ""
    language: Literal["en", "uk"] = "en"
    id: MaybeUuid = None


class ServeTable(Table):
    """Where readers are answered."""

    listen: Listen = ("127.0.0.1", 8080)


class FetchTable(Table):
    """How sources are asked."""

    every: Duration = timedelta(minutes=30)
    fastest: Duration = timedelta(minutes=5)
    slowest: Duration = timedelta(hours=24)
    timeout: Duration = timedelta(seconds=30)
    max_size: Size = 10 * 10**6
    allow_private: bool = False
    proxy: Proxy = ""


class KeepTable(Table):
    """How much is kept."""

    entries: Duration = timedelta(days=90)
    at_most: Annotated[int, Field(ge=1000, le=10_000_000)] = 200_000
    feed_entries: Count = 50


class StoreTable(Table):
    """Where everything is remembered."""

    url: StorePlace = (STORE_FOLDER, "")


class PublishTable(Table):
    """Where the static copy goes."""

    folder: Word = "var/site"
    hub: Hub = ""


class SourceTable(Table):
    """A feed that is followed."""

    url: Url
    id: MaybeId = ""
    name: MaybeTitle = ""
    language: MaybeTag = ""
    timezone: MaybeZone = ""
    every: Duration | None = None
    rank: int = 0
    tags: list[Word] = []
    identity: Literal["auto", "guid", "url", "text"] = "auto"
    enabled: bool = True
    full_text: bool = False
    allow_private: bool = False
    headers: dict[str, str] = {}


class WhereTable(Table):
    """What an entry must be, beside its words; what is empty asks for nothing."""

    languages: list[Primary] = []
    sources: list[SourceName] = []
    tags: list[TagName] = []
    max_age: MaybeDuration = None
    min_words: Annotated[int, Field(ge=0)] = 0


class ExampleTable(Table):
    """Titles that a topic must take, and must not: `check` holds it to them."""

    language: MaybeTag = ""
    yes: list[Title] = []
    no: list[Title] = []


class TopicTable(Table):
    """A feed that is published."""

    id: Id
    title: Title | None = None
    collapse: Literal["none", "copies", "stories"] = "copies"
    update: Literal["silent", "update", "material"] = "material"
    limit: Count | None = None
    max_age: MaybeDuration = None
    min_score: Score = 0
    where: WhereTable = WhereTable()
    match: Annotated[Lines, Field(min_length=1)]
    not_: Annotated[Lines, Field(alias="not")] = {}
    example: list[ExampleTable] = []
    token: Token = ""
    formerly: list[Id] = []


class OutletTable(Table):
    """Somebody whom entries credit, beside those that are known."""

    name: OutletName
    hosts: list[Host] = []
    aliases: list[OutletName] = []


SECTIONS: dict[str, type[Table]] = {
    "site": SiteTable,
    "serve": ServeTable,
    "fetch": FetchTable,
    "keep": KeepTable,
    "store": StoreTable,
    "publish": PublishTable,
}
LISTS: dict[str, type[Table]] = {"source": SourceTable, "topic": TopicTable, "outlet": OutletTable}
INNER: dict[tuple[str, str], type[Table]] = {("topic", "where"): WhereTable, ("topic", "example"): ExampleTable}


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
