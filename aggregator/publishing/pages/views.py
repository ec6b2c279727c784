"""What pages show, as frozen values: templates draw them, `written` puts them down as JSON, neither decides anything.

Times are aware and UTC; texts are plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feeds.dedupe.wording import Segment
from feeds.model import CreditRole, RevisionKind
from feeds.polling import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What every page has in common."""

    title: str
    language: str
    """A key of `PHRASES`."""
    root: str
    """Path under which the site lives, without slash at its end; empty: at the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """Where people hear of trouble, and what there is of it that concerns no source."""

    feed: str
    """Absolute address of the health feed; empty: there is none."""
    refused: str
    """Why the config is refused, in a sentence; empty: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """One format of a topic's feed."""

    format: str
    media_type: str
    url: str
    """Absolute: people copy it into their reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many entries came on each of some days in a row, up to that of the newest one."""

    last: date | None
    """None: there was no entry yet."""
    days: tuple[int, ...]
    """The last one is for `last`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A topic in the list of topics."""

    id: str
    title: str
    path: str
    entries: int
    updated: datetime | None
    """None: nothing was found yet."""
    feeds: tuple[FeedLink, ...]
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A name and, where it has one, its page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An outlet that an entry names as its origin or relay."""

    outlet: str
    role: CreditRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text; `found`: the topic's line met it."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry in the list of a topic; the texts are their pieces put together."""

    id: str
    """Ours, by which `why` knows it."""
    anchor: str
    """Where it is on the page (`feeds.render.anchor`)."""
    title: tuple[Piece, ...]
    url: str
    language: str
    summary: tuple[Piece, ...]
    """The beginning of it, or of the content where there is none."""
    passage: tuple[Piece, ...]
    """What was found, with what stands around it, where neither title nor summary show it; else empty."""
    outlet: Link
    also: tuple[Link, ...]
    credits: tuple[Named, ...]
    published: datetime
    why: str
    """The topic's line that matched, as its author wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in the list of a topic, with those of its tellings that the topic's feed holds."""

    path: str
    """Of its page; empty: it has none."""
    tellings: int
    """In any topic or none, copies apart."""
    copies: int
    outlets: int
    edits: int
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexView:
    """The page of all topics."""

    site: SiteView
    troubles: Troubles
    topics: tuple[TopicLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """The page of one topic."""

    site: SiteView
    topic: TopicLine
    stories: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditView:
    """An edit that we saw: word differences, what stayed the same cut to a few words."""

    at: datetime
    kind: RevisionKind
    title: tuple[Segment, ...]
    text: tuple[Segment, ...]
    """Of summary and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """An entry that repeats a telling's text."""

    id: str
    title: str
    url: str
    language: str
    outlet: Link
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingView:
    """An entry of a story that is no copy."""

    id: str
    title: str
    url: str
    language: str
    summary: str
    outlet: Link
    credits: tuple[Named, ...]
    published: datetime
    edition_of: str
    """Title of the telling of the same outlet that this one gives in another language; empty: none."""
    copies: tuple[CopyView, ...]
    edits: tuple[EditView, ...]
    """Oldest first."""
    left_out: int
    """How many edits before those are not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """The page of one story: its tellings as time went by."""

    site: SiteView
    id: str
    path: str
    title: str
    language: str
    topics: tuple[Link, ...]
    """Whose feeds hold it."""
    tellings: tuple[TellingView, ...]
    """First published first."""
    left_out: int
    """How many tellings behind those are not shown."""
    copies: int
    """Of all of them."""
    outlets: int
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkView:
    """What else is worth knowing of a source."""

    condition: Condition
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source and how it was when it was asked last."""

    id: str
    title: str
    home: str
    """Its page; empty: not known."""
    address: str
    """Of its feed, without what may be secret in it."""
    condition: Condition
    reason: str
    """Why it is not well, in a sentence; else empty."""
    remarks: tuple[RemarkView, ...]
    last_new: datetime | None
    """When it last brought an entry; None: never."""
    failing_since: datetime | None
    last_ok: datetime | None
    """While it fails: its last good answer; else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesView:
    """The page of all sources."""

    site: SiteView
    well: int
    """How many of them are in order."""
    troubles: Troubles
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingView:
    """What people see in place of a page that is not there."""

    site: SiteView


View = IndexView | TopicView | StoryView | SourcesView | MissingView
"""What a page can be drawn from."""
