"""A source, what we remember of it, and what a fetch brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from feeds.model.telling import Day


class Identity(StrEnum):
    """By what the entries of a source are told apart, and known again."""

    AUTO = "auto"
    """By guid, address or text, whichever tells them apart."""
    GUID = "guid"
    """By guid alone where there is one, whatever else changes."""
    URL = "url"
    """By address; guids are not looked at."""
    TEXT = "text"
    """By words and date; neither guids nor addresses are looked at."""


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
    identity: Identity = Identity.AUTO
    """What its entries are known by."""
    full_text: bool = False
    """Its entries take their text from their own pages."""
    allow_private: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Extra request headers, secrets among them: never shown, never logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """RFC 9110 §8.8 validators, byte for byte as received (latin-1), quotes included; None: the answer had none."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a document says about when to ask for it again; it can only make us wait longer."""

    every: timedelta | None = None
    """From `ttl` or `sy:updatePeriod` and `sy:updateFrequency`, the longer of the two; None: it names neither."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day in UTC, 0 to 23, ascending, in which nobody need ask."""
    skip_days: tuple[int, ...] = ()
    """Days of the week in UTC, 0 (Monday) to 6, ascending, on which nobody need ask."""


NO_HINT = Hint()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect under observation, before anybody acts on it."""

    to: str
    since: datetime
    answers: int = 1
    """How often in a row it has led to the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we remember of a source between two fetches."""

    source: str
    url: str
    """The configured URL that this state belongs to; another URL in the config starts afresh."""
    validators: Validators = Validators()
    body_hash: str = ""
    """SHA-256 (hex) of the last decoded body that was read successfully; empty: none yet."""
    seen: tuple[str, ...] = ()
    """Marks of what that body held (`feeds.model.ReadFeed.seen`), so that only new entries are parsed."""
    title: str = ""
    home: str = ""
    """The feed's own title and page, as last read."""
    hint: Hint = NO_HINT
    """Of the document that was read last."""
    width: int = 0
    """How many entries that document had."""
    last_fetch: datetime | None = None
    first_ok: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    rhythm: timedelta | None = None
    """The usual time between two new entries, smoothed; None: not known yet."""
    last_gap: datetime | None = None
    """When a document last had nothing in common with the one before: entries may have come and gone unseen."""
    next_fetch: datetime | None = None
    """None: at once."""
    failures: int = 0
    """Failed fetches in a row."""
    failing_since: datetime | None = None
    """When the first of them ended."""
    throttles: int = 0
    """How many of the last fetches in a row the server turned away because there were too many."""
    asked_for: timedelta = timedelta()
    """For how long the server asked us to stay away when it turned us away last (Retry-After)."""
    throttled_by: str = ""
    """The host that did so, where a redirect led to another one than is asked (`feeds.addresses.host_key`)."""
    missing_since: datetime | None = None
    """Since when the server says that there is no such feed (404); None: it does not."""
    last_error: str = ""
    last_status: int | None = None
    """HTTP status of the last answer; None when there was none."""
    gone: bool = False
    """The source answered 410: it is parked until its URL changes or somebody asks for it."""
    move: Move | None = None
    moved_to: str = ""
    """The URL that is asked instead of `url`, adopted after a permanent redirect; empty: none."""
    days: tuple[Day, ...] = ()
    """What asking came to on the last days, oldest first; days without a fetch are missing."""
    steady: int = 0
    """Good answers in a row, as far as it matters (`feeds.polling.notices`)."""
    alone: bool = False
    """The last fetch got no answer at all, while other sources answer (`feeds.polling.notices`)."""
    told: tuple[str, ...] = ()
    """What subscribers were told of and has not ended (`feeds.polling.notices`)."""


class FailureKind(StrEnum):
    """Why a fetch or a reading brought nothing: words for people and for statistics."""

    CONNECT = "connect"
    """No connection: name not found, refused, reset, TLS fault."""
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    REDIRECT = "redirect"
    FORBIDDEN = "forbidden address"
    HELD = "held back"
    """Not asked, as its host has just turned others away."""
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
    moved_to: str = ""
    """Where permanent redirects alone have led from the URL that was asked; empty: nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The source has nothing new to say: 304, or the same body again."""

    status: int = 304
    validators: Validators | None = None
    """What the answer brought; None: keep the old ones."""
    fresh_for: timedelta | None = None
    moved_to: str = ""
    """As in `Fetched`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The fetch brought nothing that can be read."""

    kind: FailureKind
    reason: str
    """One sentence for a person: what happened and, where there is one, what to do."""
    status: int | None = None
    retry_after: timedelta | None = None
    host: str = ""
    """Who answered (`feeds.addresses.host_key`), where that is another host than was asked; empty: the one asked."""


Outcome = Fetched | Unchanged | Failed
