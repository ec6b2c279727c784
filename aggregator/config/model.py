"""What a config says, once it has been found right."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from feeds.errors import Problem
from feeds.model import Outlet, Source
from feeds.topics import Topic
from storage.database_urls import passwords, shown

OWN = "own"
"""The hub that is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """Who publishes."""

    base_url: str
    """Public address of everything published, without a slash at its end."""
    title: str
    contact: str
    """`mailto:` or `https:` address for publishers; empty: none."""
    language: str
    """Of the pages: `en` or `uk`."""
    id: UUID | None
    """None: minted once and kept in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Where the server listens."""

    host: str
    """Name or address, an IPv6 one without brackets."""
    port: int

    @property
    def url(self) -> str:
        """The address as a browser takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def url_from_here(self) -> str:
        """Where this machine reaches it, also when it listens on all interfaces."""
        loopback = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - compared, not bound
        return f"http://{loopback[self.host]}:{self.port}" if self.host in loopback else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How sources are asked; `max_size` in bytes after decoding."""

    every: timedelta
    fastest: timedelta
    slowest: timedelta
    timeout: timedelta
    max_size: int
    allow_private: bool
    proxy: str = field(repr=False)
    """URL that may carry a password; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSettings:
    """How much is kept."""

    feed_entries: int
    entries: timedelta = timedelta(days=90)
    """How long an entry stays after it was first seen."""
    at_most: int = 200_000
    """How many stay, the newest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where facts are kept."""

    folder: Path
    """Absolute: a TinyDB store's own; beside a database, that of the socket for commands."""
    database: str = field(default="", repr=False)
    """The URL of a PostgreSQL database, which may carry a password; empty: it is TinyDB."""

    @property
    def where(self) -> Path | str:
        """What `storage.opening.open_at` takes."""
        return self.database or self.folder

    @property
    def shown(self) -> str:
        """Where that is, for people."""
        return shown(self.database) if self.database else str(self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSettings:
    """Where the static copy is written, absolute, and who tells subscribers of changes."""

    folder: Path
    hub: str = ""
    """`own`, or the address of another one; empty: nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedExample:
    """A title of which the author of a topic says whether it belongs there."""

    topic: str
    language: str
    """Empty: unknown, so that only `any` lines apply."""
    title: str
    wanted: bool
    place: Problem
    """Where it stands, with an empty message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file; disabled sources are in `sources` too."""

    file: Path
    site: SiteSettings
    serve: ServeSettings
    fetch: FetchSettings
    keep: KeepSettings
    store: StoreSettings
    publish: PublishSettings
    sources: tuple[Source, ...]
    topics: tuple[Topic, ...]
    examples: tuple[PlacedExample, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    """Beside those that ship with the project."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log and no table may show: values of headers, tokens, and passwords of proxy and database."""
        values = [value for source in self.sources for _, value in source.headers]
        values += [topic.token for topic in self.topics if topic.token]
        return (*values, *_passwords(self.fetch.proxy), *passwords(self.store.database))


def _passwords(proxy: str) -> Iterator[str]:
    """What stands before the `@`: as it is written, decoded, and as a header carries it (RFC 7617)."""
    name, at, _ = urlsplit(proxy).netloc.rpartition("@")
    if at:
        plain = unquote(name)
        yield from (name, plain, *(unquote(part) for part in name.split(":", 1)[1:]))
        yield b64encode(plain.encode()).decode("ascii")
