"""The [[source]] tables become sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.util import find_spec
from typing import Literal

from aggregator.codes import Code
from aggregator.config.flaws import OTHER_LINE, At, Flaw, KeyPath
from aggregator.config.ids import id_from_url
from aggregator.config.quantities import write_duration
from aggregator.config.schema import FetchTable, SourceTable
from feeds.errors import MissingExtra
from feeds.model import Identity, Source

Given = tuple[int, SourceTable]
"""A table that is right by itself, with its place in the file's list."""

FULL_TEXT = ("trafilatura", "lxml_html_clean", "protego")
"""What the extra `fulltext` installs."""
FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)  # RFC 9110 §5.1: a token
OURS = {
    # What the exchange itself depends on, conditional requests and honest identification among it.
    "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "range", "te",
    "transfer-encoding", "upgrade", "user-agent",
}  # fmt: skip


def build(
    given: Sequence[Given], *, fetch: FetchTable | None, environ: Mapping[str, str]
) -> tuple[tuple[Source, ...], list[Flaw]]:
    """The sources in the order of the file, and what is wrong with them; `fetch` is None when it is broken itself."""
    flaws = _repeated(given)
    sources = []
    for position, table in given:
        path: KeyPath = ("source", position)
        if fetch and table.every:
            flaws += _outside_bounds(f'every = "{write_duration(table.every)}"', table.every, fetch, (*path, "every"))
        headers, header_flaws = _headers(table, (*path, "headers"), environ)
        flaws += header_flaws + _extra(table, (*path, "full_text"))
        sources.append(
            Source(
                id=id_of(table),
                url=table.url,
                name=table.name,
                language=table.language,
                timezone=table.timezone or "UTC",
                timezone_assumed=not table.timezone,
                every=table.every or (fetch or FetchTable()).every,
                rank=table.rank,
                tags=tuple(dict.fromkeys(table.tags)),
                identity=Identity(table.identity),
                enabled=table.enabled,
                full_text=table.full_text,
                allow_private=table.allow_private or bool(fetch and fetch.allow_private),
                headers=headers,
            )
        )
    return tuple(sources), flaws


def id_of(table: SourceTable) -> str:
    """The id that a source has: given, or made from its URL."""
    return table.id or id_from_url(table.url)


def bounds(fetch: FetchTable) -> list[Flaw]:
    """What is wrong with [fetch] as a whole."""
    if fetch.fastest > fetch.slowest:
        low, high = _told(fetch, "fastest"), _told(fetch, "slowest")
        message = f"{low} is longer than {high}; change one of them"
        key = "fastest" if "fastest" in fetch.model_fields_set else "slowest"
        return [Flaw(code=Code.BOUNDS, path=("fetch", key), message=message)]
    return _outside_bounds(_told(fetch, "every"), fetch.every, fetch, ("fetch", _blamed(fetch)))


def _blamed(fetch: FetchTable) -> str:
    """The key that its author wrote; a default is never to blame."""
    keys = ("every", "fastest" if fetch.every < fetch.fastest else "slowest")
    return next((key for key in keys if key in fetch.model_fields_set), "every")


def _told(fetch: FetchTable, key: Literal["every", "fastest", "slowest"]) -> str:
    """A key of [fetch] with its value; nobody finds in the file what is not there."""
    default = "" if key in fetch.model_fields_set else " (the default)"
    return f'fetch.{key} = "{write_duration(getattr(fetch, key))}"{default}'


def _outside_bounds(told: str, every: timedelta, fetch: FetchTable, path: KeyPath) -> list[Flaw]:
    """What is wrong with an interval, `told` with its key."""
    if every < fetch.fastest:
        message = f"{told} is shorter than {_told(fetch, 'fastest')}; change one of them"
    elif every > fetch.slowest:
        message = f"{told} is longer than {_told(fetch, 'slowest')}; change one of them"
    else:
        return []
    return [Flaw(code=Code.BOUNDS, path=path, message=message)]


def _repeated(given: Sequence[Given]) -> list[Flaw]:
    flaws: list[Flaw] = []
    ids: dict[str, int] = {}
    urls: dict[str, tuple[int, str]] = {}
    for position, table in given:
        own = id_of(table)
        if table.url in urls:
            message = (
                f'this URL is the one of source "{urls[table.url][1]}" in {OTHER_LINE}; '
                "a source is listed once: take one of them out"
            )
            first = ("source", urls[table.url][0], "url")
            flaws.append(Flaw(code=Code.URL_TAKEN, path=("source", position, "url"), message=message, other=first))
        elif own in ids:
            key = "id" if table.id else "url"
            message = (
                f'the id "{own}" is taken by the source in {OTHER_LINE}; '
                f'give this source an id of its own: id = "{own}-2"'
            )
            first = ("source", ids[own], "id")
            flaws.append(Flaw(code=Code.ID_TAKEN, path=("source", position, key), message=message, other=first))
        ids.setdefault(own, position)
        urls.setdefault(table.url, (position, own))
    return flaws


def _extra(table: SourceTable, path: KeyPath) -> list[Flaw]:
    if not (table.full_text and table.enabled) or all(find_spec(name) for name in FULL_TEXT):
        return []
    return [Flaw(code=Code.EXTRA, path=path, message=str(MissingExtra("fulltext")))]


def _headers(
    table: SourceTable, path: KeyPath, environ: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], list[Flaw]]:
    headers: list[tuple[str, str]] = []
    flaws: list[Flaw] = []
    for name, written in table.headers.items():
        here = (*path, name)
        variable = written[4:] if written.startswith("env:") else ""
        value = environ.get(variable) if written.startswith("env:") else written
        if message := _misnamed(name):
            flaws.append(Flaw(code=Code.HEADER, path=here, at=At.KEY, message=message))
        elif value is None:
            if table.enabled:
                message = f"the environment has no variable {variable}; set it, or disable this source"
                message = message if variable else 'write the name of an environment variable behind "env:"'
                flaws.append(Flaw(code=Code.ENVIRONMENT, path=here, message=message))
        elif not _is_field_value(value):
            whose = f"the variable {variable}" if variable else "this value"
            message = f"{whose} has a line break, a blank at an end, or a sign beyond Latin-1: no header can carry that"
            flaws.append(Flaw(code=Code.HEADER, path=here, message=message))
        else:
            headers.append((name, value))
    return tuple(headers), flaws


def _misnamed(name: str) -> str:
    """Why a header may not be called that; empty: it may."""
    if not FIELD_NAME.fullmatch(name):
        return f'"{name}" is no name of an HTTP header; write letters, digits and hyphens, as in X-Api-Key'
    if name.lower() in OURS:
        return f'the header "{name}" is made by the program itself; leave it out'
    return ""


def _is_field_value(value: str) -> bool:
    """RFC 9110 §5.5, without the tab."""
    return value == value.strip(" ") and all(
        " " <= character <= "~" or "\xa0" <= character <= "\xff" for character in value
    )
