"""A source, what we remember of it, and what a fetch brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


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
