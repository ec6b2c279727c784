"""The [[source]] tables become sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.util import find_spec

from aggregator.config.flaws import At, Flaw, KeyPath
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
            flaws += _outside_bounds(table.every, fetch, (*path, "every"))
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
        message = f'fastest is longer than slowest, which is "{write_duration(fetch.slowest)}"'
        return [Flaw(path=("fetch", "fastest" if "fastest" in fetch.model_fields_set else "slowest"), message=message)]
    return _outside_bounds(fetch.every, fetch, ("fetch", _blamed(fetch)))


def _blamed(fetch: FetchTable) -> str:
    """The key that its author wrote; a default is never to blame."""
    keys = ("every", "fastest" if fetch.every < fetch.fastest else "slowest")
    return next((key for key in keys if key in fetch.model_fields_set), "every")


def _outside_bounds(every: timedelta, fetch: FetchTable, path: KeyPath) -> list[Flaw]:
    if fetch.fastest <= every <= fetch.slowest:
        return []
    low, high, shown = (write_duration(span) for span in (fetch.fastest, fetch.slowest, every))
    return [Flaw(path=path, message=f'every = "{shown}" is outside fetch.fastest … fetch.slowest: "{low}" … "{high}"')]


def _repeated(given: Sequence[Given]) -> list[Flaw]:
    flaws: list[Flaw] = []
    ids: dict[str, int] = {}
    urls: dict[str, str] = {}
    for position, table in given:
        own = id_of(table)
        if table.url in urls:
            message = f'this URL is the one of source "{urls[table.url]}"; a source is listed once'
            flaws.append(Flaw(path=("source", position, "url"), message=message))
        elif own in ids:
            key, remedy = ("id", "") if table.id else ("url", f'; give this source an id of its own: id = "{own}-2"')
            message = f'the id "{own}" is taken by the source no. {ids[own] + 1}{remedy}'
            flaws.append(Flaw(path=("source", position, key), message=message))
        ids.setdefault(own, position)
        urls.setdefault(table.url, own)
    return flaws


def _extra(table: SourceTable, path: KeyPath) -> list[Flaw]:
    if not (table.full_text and table.enabled) or all(find_spec(name) for name in FULL_TEXT):
        return []
    return [Flaw(path=path, message=str(MissingExtra("fulltext")))]


def _headers(
    table: SourceTable, path: KeyPath, environ: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], list[Flaw]]:
    headers: list[tuple[str, str]] = []
    flaws: list[Flaw] = []
    for name, written in table.headers.items():
        here = (*path, name)
        value = environ.get(written[4:]) if written.startswith("env:") else written
        if not FIELD_NAME.fullmatch(name):
            flaws.append(Flaw(path=here, at=At.KEY, message=f'"{name}" is no name of an HTTP header'))
        elif name.lower() in OURS:
            flaws.append(Flaw(path=here, at=At.KEY, message=f'the header "{name}" is not yours to set; leave it out'))
        elif value is None:
            if table.enabled:
                message = f"the environment has no variable {written[4:]}; set it, or disable this source"
                flaws.append(Flaw(path=here, message=message))
        elif not _is_field_value(value):
            flaws.append(
                Flaw(
                    path=here,
                    message="a header's value is printable Latin-1 text on one line, without blanks around it",
                )
            )
        else:
            headers.append((name, value))
    return tuple(headers), flaws


def _is_field_value(value: str) -> bool:
    """RFC 9110 §5.5, without the tab."""
    return value == value.strip(" ") and all(
        " " <= character <= "~" or "\xa0" <= character <= "\xff" for character in value
    )
