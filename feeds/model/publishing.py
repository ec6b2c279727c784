"""What goes out: a topic's feed and its rendered documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from gzip import decompress
from uuid import UUID

from feeds.model.reading import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The identity under which everything is published: minted once, kept in the store, the same for ever."""

    id: UUID
    since: datetime
    """When it was minted: the `updated` of a feed that has no entry yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic's positive answer to an entry."""

    line: str
    """The line of the topic that matched, as its author wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The source of a published entry, as readers see it."""

    id: str
    title: str
    url: str
    """The source's feed."""
    home: str = ""
    page: str = ""
    """Where it tells what another one's entry is shown for; empty for the entry that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """An entry on its way into a topic feed."""

    id: str
    """`urn:uuid:…`, permanent, another one in every topic feed."""
    entry: Entry
    original: str
    """Our id of the entry that the published id is made from: those that are shown for it later change."""
    origin: Origin
    also: tuple[Origin, ...] = ()
    """Other sources whose copies and tellings this entry stands for, in the order in which they were first seen."""
    first_seen: datetime | None = None
    """When the first of the copies was met, where that is another than `entry`; None: when `entry` was."""
    edited: datetime | None = None
    """When we last saw an edit of the kinds that the topic tells readers of; None: there was none."""
    switched: datetime | None = None
    """When `entry` took the place of another's text under this id; None: it never had to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """Which documents stand beside one in the history of its feed (RFC 5005 §4): addresses without suffix.

    Empty where there is none.
    """

    current: str = ""
    """The feed itself, on an archive of it; empty on the feed."""
    previous: str = ""
    """The archive with what came before."""
    following: str = ""
    """The archive with what came after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFeed:
    """A topic's feed, ready for any format: the same value gives the same bytes."""

    id: str
    """`urn:uuid:…` of the feed."""
    topic: str
    title: str
    home: str
    """The topic's page."""
    feed_url: str
    """The public address without its suffix: `{feed_url}.atom` and so on."""
    succession: Succession = field(default_factory=Succession)
    language: str
    updated: datetime
    """Newest change of any entry in it; the site's `since` when there is none."""
    entries: tuple[PublishedEntry, ...] = ()
    hub: str = ""
    """Address of the WebSub hub that tells of changes; empty: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A rendered document with what HTTP needs to serve it; made once per change."""

    media_type: str
    body: bytes = field(repr=False)
    """Empty: only `gzip` is held, and `plain` unpacks it."""
    gzip: bytes = field(repr=False)
    etag: str
    """Strong, quoted, a hash of `body`."""
    gzip_etag: str
    """The same for `gzip` (RFC 9110 §8.8.3.3: another one per encoding)."""
    last_modified: datetime
    fresh_for: timedelta | None = None
    """How long readers need not ask again; None: as long as whoever serves it says. No part of it is in the bytes."""

    @property
    def plain(self) -> bytes:
        """What is published, not compressed."""
        return self.body or decompress(self.gzip)

    link: str = ""
    """The value of its `Link` header; empty: it has none."""
