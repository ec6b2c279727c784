"""What a publisher wrote, and the entry that we make of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feeds.model.fetching import NO_HINT, Hint
from feeds.model.judging import RevisionKind


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
    image: str = ""
    """Address of a picture that stands for it."""
    language: str = ""
    published: str = ""
    updated: str = ""
    base: str = ""
    """What relative addresses in this entry refer to (xml:base); empty where nothing says it."""
    summary_base: str = ""
    """The same for those in its summary."""
    content_base: str = ""
    """And in its content."""
    mark: str = field(default="", compare=False)
    """Of its mark-up (`feeds.read.marks`); empty where it does not stand apart from the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document as its publisher wrote it."""

    format: str
    """For people: `rss20`, `atom10`, `rss10`, …"""
    title: str = ""
    title_is_html: bool = True
    home: str = ""
    language: str = ""
    entries: tuple[ParsedEntry, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """Entries that could not be taken from the document, in its order."""
    places: tuple[int, ...] = field(default=(), compare=False)
    """The 0-based places of `entries` in the document; empty: they follow from those of `skipped`."""
    envelope: str = field(default="", compare=False)
    """The mark of what the entries stand in (`feeds.read.marks`); empty where they do not stand apart in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a field: characters `start` to `end` of that field's plain text."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Somebody who publishes news."""

    name: str
    """By which credits call it, whatever form a text has it in."""
    hosts: tuple[str, ...] = ()
    """Lower case; what stands in front of one with a dot belongs to it too."""
    aliases: tuple[str, ...] = ()
    """Other names, in any language."""
    weak: tuple[str, ...] = ()
    """Those of its names that are also words, or other things."""


class CreditRole(StrEnum):
    """What an entry says an outlet did for it."""

    ORIGIN = "origin"
    """It reported first: "Source: The Guardian"."""
    VIA = "via"
    """It passed the report on: "as reported by European Pravda"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An outlet that an entry names as origin or relay of what it tells."""

    outlet: str
    """The outlet's name in the registry, whatever form the text has it in."""
    role: CreditRole
    text: str
    """The outlet as the entry writes it; empty where a link alone names it."""
    span: Span
    """Where that stands; of a link, the empty piece at the start of `body`."""


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
    image: str = ""
    """Where a picture that stands for it is; empty where the publisher named none, or only among `enclosures`."""
    language: str = ""
    """BCP 47 tag, lower-case primary subtag first; empty: unknown."""
    published: datetime
    published_from: PublishedFrom = PublishedFrom.FEED
    published_text: str = ""
    """The date as the publisher wrote it."""
    updated: datetime
    """The publisher's time of its last edit; `published` where it gives none. Edits that we saw move it if they are
    material."""
    first_seen: datetime
    revised: datetime
    """When we last saw it change; `first_seen` until then."""
    revision: int = 0
    """How many times we saw it change."""
    last_update: datetime | None = None
    """When we last saw an edit that was not silent; None: there was none."""
    last_material: datetime | None = None
    """When we last saw a material one; None: there was none."""
    fingerprint: str = ""
    """Hash of its words; equal for texts that differ in mark-up, case and punctuation only."""
    credits: tuple[Credit, ...] = ()
    """The outlets that it names, from the nearest relay to the origin, each once."""
    sketch: str = ""
    """What deduplication compares instead of the text, made once (`feeds.dedupe`); empty: too short, or not made."""

    def edited(self, least: RevisionKind) -> datetime | None:
        """When we last saw an edit of at least this kind; None: there was none."""
        match least:
            case RevisionKind.SILENT:
                return self.revised if self.revision else None
            case RevisionKind.UPDATE:
                return self.last_update
            case RevisionKind.MATERIAL:
                return self.last_material


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
    hint: Hint = NO_HINT
    seen: tuple[str, ...] = ()
    """Marks of what the document holds: what to call `feeds.read.read` with the next time."""
    unread: tuple[str, ...] = ()
    """Marks of the clues of the entries that were seen before and are therefore not among `entries`."""
