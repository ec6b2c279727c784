"""The vocabulary: what passes between the layers.

Values only: frozen, keyword-only, compared by content. Every time is aware and in UTC. What a library calls things
never gets in here, and nothing here depends on how a thing was fetched or is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# --- sources and fetching -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An upstream feed that we follow, as the config describes it."""

    id: str
    url: str
    name: str = ""
    """What people call it; empty: the feed's own title."""
    language: str = ""
    """BCP 47 tag that overrides what the feed says; empty: not given."""
    timezone: str = "UTC"
    """IANA name for dates that carry no zone."""
    timezone_assumed: bool = True
    """True when nobody gave `timezone`, so that a date read with it is a guess."""
    every: timedelta = timedelta(minutes=30)
    rank: int = 0
    """Higher wins among copies."""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    allow_private: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Extra request headers, secrets among them: never shown, never logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """RFC 9110 §8.8 validators, byte for byte as received (latin-1), quotes included; None: the answer had none."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we remember of a source between two fetches."""

    source: str
    url: str
    """The configured URL that this state belongs to; another URL in the config starts afresh."""
    validators: Validators = Validators()
    body_hash: str = ""
    """SHA-256 (hex) of the last decoded body that was read successfully; empty: none yet."""
    title: str = ""
    home: str = ""
    """The feed's own title and page, as last read."""
    last_fetch: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    next_fetch: datetime | None = None
    """None: at once."""
    failures: int = 0
    """Failed fetches in a row."""
    last_error: str = ""
    last_status: int | None = None
    """HTTP status of the last answer; None when there was none."""
    gone: bool = False
    """The source answered 410: it is parked until its URL changes or somebody asks for it."""


class FailureKind(StrEnum):
    """Why a fetch or a reading brought nothing: words for people and for statistics."""

    CONNECT = "connect"
    """No connection: name not found, refused, reset, TLS fault."""
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    REDIRECT = "redirect"
    FORBIDDEN = "forbidden address"
    HTTP = "http status"
    GONE = "gone"
    ENCODING = "encoding"
    NOT_A_FEED = "not a feed"
    BROKEN = "broken feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The source answered with a document that differs from the last one."""

    url: str
    """Where the document came from in the end: the base of its relative links."""
    body: bytes = field(repr=False)
    body_hash: str = ""
    content_type: str = ""
    validators: Validators = Validators()
    status: int = 200
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The source has nothing new to say: 304, or the same body again."""

    status: int = 304
    validators: Validators | None = None
    """What the answer brought; None: keep the old ones."""
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The fetch brought nothing that can be read."""

    kind: FailureKind
    reason: str
    """One sentence for a person: what happened and, where there is one, what to do."""
    status: int | None = None
    retry_after: timedelta | None = None


Outcome = Fetched | Unchanged | Failed

# --- what is read ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to an entry; `length` in bytes, 0 when unknown."""

    url: str
    media_type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """What the publisher wrote, unjudged: anything may be missing (empty), HTML is raw, dates are text."""

    guid: str = ""
    url: str = ""
    title: str = ""
    title_is_html: bool = True
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""
    published: str = ""
    updated: str = ""
    base: str = ""
    """Base URL of relative links in this entry (xml:base), already absolute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document as its publisher wrote it."""

    format: str
    """For people: `rss20`, `atom10`, `rss10`, …"""
    title: str = ""
    home: str = ""
    language: str = ""
    entries: tuple[ParsedEntry, ...] = ()


class PublishedFrom(StrEnum):
    """Where an entry's `published` comes from."""

    FEED = "feed"
    ASSUMED_ZONE = "assumed zone"
    FIRST_SEEN = "first seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of one source, as we promise it: nothing is missing, everything is clean.

    `title`, `summary`, `authors` and `categories` are plain text without control characters; `content` is sanitised
    HTML with absolute http(s) links; `summary` and `content` may be empty, `title` never is.
    """

    id: str
    """A function of source and the publisher's identity for the article; see `feeds.dedupe.identity`."""
    source: str
    guid: str
    """The publisher's; empty when it gave none."""
    url: str
    """Where a person reads it; empty when the publisher gave no http(s) link."""
    canonical_url: str
    """`url` in the form in which addresses are compared; empty with it."""
    title: str
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""
    """BCP 47 tag, lower-case primary subtag first; empty: unknown."""
    published: datetime
    published_from: PublishedFrom = PublishedFrom.FEED
    published_text: str = ""
    """The date as the publisher wrote it."""
    updated: datetime
    """The publisher's time of its last edit; `published` where it gives none."""
    first_seen: datetime
    revised: datetime
    """When we last saw it change; `first_seen` until then."""
    revision: int = 0
    """How many times we saw it change."""
    fingerprint: str = ""
    """Hash of its words; equal for texts that differ in mark-up, case and punctuation only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An entry that could not be kept, and why; it costs only itself."""

    position: int
    """0-based place in its document."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeed:
    """A document made clean: what `feeds.read` hands to deduplication."""

    title: str
    home: str
    language: str
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = ()


# --- deduplication --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What deduplication decided about an entry; nothing is ever deleted for it."""

    entry: str
    copy_of: str | None = None
    """The id of the entry whose text this one repeats, itself no copy; None: it stands for itself."""
    evidence: str = ""
    """Why, in words: `same address`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An earlier state of an entry, kept when a newer one took its place."""

    entry: str
    number: int
    """0 for the first state, and so on; the entry itself carries the newest."""
    replaced: datetime
    changes: tuple[str, ...]
    """Names of the fields that the edit changed."""
    title: str
    summary: str
    content: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """Not seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """Known, and edited since."""

    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """New, and another entry's text."""

    of: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Known, and as it was."""


Verdict = New | Revised | Copy | Same

# --- publishing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The identity under which everything is published: minted once, kept in the store, the same for ever."""

    id: UUID
    since: datetime
    """When it was minted: the `updated` of a feed that has no entry yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A matched piece of a field: characters `start` to `end` of that field's plain text."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic's positive answer to an entry, with its evidence."""

    line: str
    """The line of the topic that matched, as its author wrote it."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The source of a published entry, as readers see it."""

    id: str
    title: str
    url: str
    """The source's feed."""
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """An entry on its way into a topic feed."""

    id: str
    """`urn:uuid:…`, permanent, another one in every topic feed."""
    entry: Entry
    origin: Origin
    also: tuple[Origin, ...] = ()
    """Other sources whose copies this entry stands for, in the order in which they were first seen."""


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
    language: str
    updated: datetime
    """Newest change of any entry in it; the site's `since` when there is none."""
    entries: tuple[PublishedEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A rendered document with what HTTP needs to serve it; made once per change."""

    media_type: str
    body: bytes = field(repr=False)
    gzip: bytes = field(repr=False)
    etag: str
    """Strong, quoted, a hash of `body`."""
    gzip_etag: str
    """The same for `gzip` (RFC 9110 §8.8.3.3: another one per encoding)."""
    last_modified: datetime
