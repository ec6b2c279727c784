"""What every format says of an entry, decided once.

A format that worded things itself would sooner or later disagree with the others; readers that hold two of our
formats would then see two entries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape

from feeds.model import Credit, Enclosure, Origin, PublishedEntry, TopicFeed
from feeds.read.attribution import Registry
from feeds.render.chain import Link, credit_line, via
from feeds.render.plain import address, language, line, mark_up, media_type, name
from feeds.sanitize import plain_text

GENERATOR = "topicwire"

SUMMARY_LENGTH = 300
"""Characters of a summary that we cut from the content: about what readers show under a headline."""

UNKNOWN_TYPE = "application/octet-stream"
"""Of a file whose publisher names none (RFC 2046 §4.5.1)."""

_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters outside XML 1.0 §2.2 Char: one of them makes a whole document unreadable for strict parsers."""

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry, ready to be written down: plain text is one clean line, HTML is sanitised, addresses are absolute URIs,
    times are UTC and whole seconds.
    """

    id: str
    entry: str
    """Our id of the entry; `id` is the published one."""
    title: str
    url: str
    """Empty when the article has no address."""
    html: str
    """Sanitised content, or the summary, with the visible credit line at its end; never empty."""
    summary: str
    """Plain text; never empty."""
    authors: tuple[str, ...]
    """The entry's, or else its outlet; never empty."""
    categories: tuple[str, ...]
    """The publisher's own, without the topic's title, which formats add themselves."""
    enclosures: tuple[Enclosure, ...]
    image: str
    """Address of a picture that stands for it; empty: none but those among the enclosures."""
    language: str
    published: datetime
    updated: datetime
    first_seen: datetime
    origin: Origin
    also: tuple[Origin, ...]
    credits: tuple[Credit, ...]
    via: Link | None
    """Where its text links an outlet that it credits; None: nowhere."""
    why: Link
    """Where a person finds out why it is in the feed."""

    @property
    def related(self) -> tuple[Link, ...]:
        """Where other outlets tell the same, then why it is here."""
        others = (Link(url=other.page, title=other.title) for other in self.also if other.page)
        return (*others, self.why)

    @property
    def thumbnail(self) -> str:
        """URL of the entry's picture, or of the first one among the enclosures; empty: none."""
        return self.image or next((e.url for e in self.enclosures if e.media_type.startswith("image/")), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An entry that no format can carry, and why; it costs only itself."""

    entry: str
    """Our id of the entry, not the published one."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A topic feed that every format can write down."""

    feed: TopicFeed
    entries: tuple[Shown, ...]
    refused: tuple[Refused, ...] = ()
    registry: Registry | None = field(default=None, compare=False, repr=False)
    """Whose word on the hosts of outlets was taken."""
    about: str = ""
    """What the feed is, in a sentence; empty: a topic's."""

    @property
    def description(self) -> str:
        return self.about or f"News on {self.feed.title}: each story once, every outlet credited."

    @property
    def updated(self) -> datetime:
        return _second(self.feed.updated)


def prepare(feed: TopicFeed, *, registry: Registry | None = None, before: Prepared | None = None) -> Prepared:
    """Word each entry of `feed`, in its order; those that cannot be published come back as `refused`.

    `registry` knows the hosts of the outlets that entries credit, by default of those shipped. What comes back is the
    same with and without `before`, an earlier one of the same topic, which only saves time.
    """
    known = _known(before, feed, registry) if before else {}
    shown: dict[str, Shown] = {}
    refused = []
    for published in feed.entries:
        source, ready = known.get(published.id, (None, None))
        if ready and source == published and published.id not in shown:
            shown[published.id] = ready
        elif reason := "the feed has its id already" if published.id in shown else _flaw(published):
            refused.append(Refused(entry=published.entry.id, reason=reason))
        else:
            shown[published.id] = _shown(published, feed, registry)
    return Prepared(feed=feed, entries=tuple(shown.values()), refused=tuple(refused), registry=registry)


def _known(before: Prepared, feed: TopicFeed, registry: Registry | None) -> Mapping[str, tuple[PublishedEntry, Shown]]:
    """By published id what `before` made of an entry; nothing if it would be worded otherwise now."""
    if (before.feed.home, before.feed.title) != (feed.home, feed.title) or before.registry is not registry:
        return {}
    shown = {one.id: one for one in before.entries}
    given = Counter(one.id for one in before.feed.entries)
    return {one.id: (one, shown[one.id]) for one in before.feed.entries if one.id in shown and given[one.id] == 1}


def _shown(published: PublishedEntry, feed: TopicFeed, registry: Registry | None) -> Shown:
    entry, origin = published.entry, _origin(published.origin)
    url, also = address(entry.url), tuple(map(_origin, published.also))
    content = mark_up(entry.content, base=url or origin.home or origin.url)
    first = via(content, entry.credits, registry)
    credit = credit_line(published, origin, also, first)
    summary = line(entry.summary)
    body = content or (f"<p>{escape(summary, quote=False)}</p>" if summary else "")
    published_at, updated = _times(published)
    topic = line(feed.title)
    return Shown(
        id=published.id,
        entry=entry.id,
        title=line(entry.title),
        url=url,
        html=f"{body}\n{credit}" if body else credit,
        summary=summary or _cut(plain_text(content)) or plain_text(credit),
        authors=tuple(dict.fromkeys(filter(None, map(name, entry.authors)))) or (origin.title,),
        categories=tuple(one for one in dict.fromkeys(map(line, entry.categories)) if one and one != topic),
        enclosures=tuple(_enclosures(entry.enclosures)),
        image=address(entry.image),
        language=language(entry.language),
        published=published_at,
        updated=updated,
        first_seen=_second(published.first_seen or entry.first_seen),
        origin=origin,
        also=also,
        credits=entry.credits,
        via=first,
        why=Link(url=f"{feed.home}#{anchor(published.id)}", title=f"Why it is in “{topic}”"),
    )


def anchor(published_id: str) -> str:
    """Where an entry is on its topic's page: its id without what every id begins with."""
    return published_id.rpartition(":")[2]


def _origin(origin: Origin) -> Origin:
    """As it is shown; never without a name."""
    return replace(
        origin,
        title=line(origin.title) or line(origin.id),
        url=address(origin.url),
        home=address(origin.home),
        page=address(origin.page),
    )


def _enclosures(given: Iterable[Enclosure]) -> Iterator[Enclosure]:
    """Each address once, of a type always: readers take a file without one for a page."""
    known = set()
    for enclosure in given:
        url = address(enclosure.url)
        if url and url not in known:
            known.add(url)
            kind = media_type(enclosure.media_type) or UNKNOWN_TYPE
            yield Enclosure(url=url, media_type=kind, length=max(0, enclosure.length))


def _times(published: PublishedEntry) -> tuple[datetime, datetime]:
    """(published, updated), neither later than when we saw it.

    An article that we have held since noon was published by noon, whatever its publisher's clock says, and whichever
    copy of it is shown; so no reader pins it to the top of the list as news from the future. `updated` moves when we
    saw an edit of a kind that the topic tells of (RFC 4287 §4.2.15: a change that the publisher considers significant),
    not with any other, nor with each new date on the same words; when a copy's text takes the place of another's under
    the same id, it moves to the moment at which that copy came.
    """
    entry = published.entry
    seen = _second(entry.first_seen)
    began = min(_second(entry.published), _second(published.first_seen or seen))
    edited = _second(published.edited) if published.edited else min(_second(entry.updated), seen)
    return began, max(edited, began, _second(published.switched or began))


def _second(moment: datetime) -> datetime:
    """RFC 822 and HTTP dates hold no fractions; so that all formats agree, none does."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _cut(text: str) -> str:
    """The beginning of `text` in one line, cut between words."""
    whole = line(text)
    if len(whole) <= SUMMARY_LENGTH:
        return whole
    return whole[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"


def _flaw(published: PublishedEntry) -> str:
    """Why an entry cannot be published, in words; empty: it can."""
    entry = published.entry
    if not line(entry.title):
        return "it has no title"
    for what, text in _texts(published):
        if bad := _UNSPEAKABLE.search(text):
            return f"its {what} holds the character U+{ord(bad[0]):04X}, which XML cannot carry"
    for url in (entry.url, entry.image, *(e.url for e in entry.enclosures)):
        if url and not _WEB.match(url):
            return f"its address {url[:80]!r} is not http or https"
    if entry.url and not address(entry.url):
        return f"its address {entry.url[:80]!r} is none that feeds can carry"
    return ""


def _texts(published: PublishedEntry) -> Iterator[tuple[str, str]]:
    entry = published.entry
    yield from (("id", published.id), ("title", entry.title), ("address", entry.url), ("language", entry.language))
    yield from (("summary", entry.summary), ("content", entry.content))
    for author in entry.authors:
        yield "author", author
    for category in entry.categories:
        yield "category", category
    for enclosure in entry.enclosures:
        yield "enclosure", enclosure.url + enclosure.media_type
    for origin in (published.origin, *published.also):
        yield "source", origin.id + origin.title + origin.url + origin.home + origin.page
    for credit in entry.credits:
        yield "credit", credit.outlet
