"""What a publisher wrote to what we promise: clean, complete, each article once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.identity import Clues, assign_ids, clue_mark
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.dedupe.terms import LABEL as TERMS
from feeds.dedupe.terms import Terms
from feeds.model import Enclosure, Entry, ParsedEntry, ParsedFeed, PublishedFrom, ReadFeed, Skipped, Source
from feeds.read.attribution import Registry, credits_of, own_outlets, shipped
from feeds.read.boilerplate import without_boilerplate_lines, without_boilerplate_text
from feeds.read.dates import read_date
from feeds.read.language import language_tag, spoken
from feeds.read.marks import envelope_in
from feeds.read.titles import folded, one_line, plain_title, shortened, without_tail
from feeds.read.urls import absolute, canonical
from feeds.sanitize import clean_html, escape_text, plain_text

# A summary that repeats its content need only say what it is about. Of 13,693 real descriptions half have at most 171
# characters and nine in ten at most 565: those stay whole, and only articles given in full are cut.
SUMMARY_FROM_CONTENT = 600
# A title made from text should look like one: half of 68,261 real ones have at most 71 characters.
TITLE_FROM_TEXT = 80
# Of authors, of categories, of enclosures: the most that a captured feed, or one of the suites of other readers, has in
# an entry is 2, 14 and 19. What stands behind is left out.
MOST_LISTED = 100
# Characters of an author or a category; the longest of those feeds has 24, but papers name all their authors as one.
LONGEST_LABEL = 200

_MEDIA_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,60}/[a-z0-9][\w.+-]{0,60}")


def normalize(
    feed: ParsedFeed,
    *,
    source: Source,
    url: str,
    now: datetime,
    registry: Registry | None = None,
    terms: Terms | None = None,
) -> ReadFeed:
    """The entries of `feed` as entries of `source`, in the order of the document.

    `url` is where the document came from; `now` (aware, UTC) is when it was first seen, and the `published` of an
    entry that has no plausible date, which `published_from` says. Of one article that is in the document twice, the
    first is kept. `registry` knows the outlets that entries may credit, by default those shipped; `terms` finds
    what entries are about and keeps the words that it has met for the next document. Nothing is raised.

    Relative addresses refer to what xml:base says. Without it they refer in Atom to `url` (RFC 4287 §2, by RFC 3986
    §5.1.3), which is what its generators count on; RSS and JSON Feed have no rule, and their generators copy what
    stands on the entry's page: to the entry's own address, else to the feed's home, else to `url`. So with titles: Atom
    says how often they are escaped (RFC 4287 §3.1.1), elsewhere they are decoded as long as there is something to.
    """
    frame = _frame(feed, source=source, url=url, now=now, registry=registry or shipped(), terms=terms or Terms())
    skipped = list(feed.skipped)
    places = feed.places or _places(feed)
    drafts: list[tuple[int, Entry]] = []
    seen: list[str] = []
    for place, parsed in zip(places, feed.entries, strict=True):
        entry = _entry(parsed, frame)
        if entry is None:
            skipped.append(Skipped(position=place, reason="it has neither title, nor text, nor link"))
        else:
            drafts.append((place, entry))
            seen += [parsed.mark + clue_mark(entry.guid, entry.canonical_url)] if parsed.mark else []
    envelope = envelope_in(feed, source=source, url=url)
    entries: dict[str, Entry] = {}
    for (place, entry), entry_id in zip(drafts, _ids(source, drafts), strict=True):
        if entry_id in entries:
            skipped.append(Skipped(position=place, reason="the document has the same article before"))
        else:
            entries[entry_id] = replace(entry, id=entry_id)
    return ReadFeed(
        title=frame.title,
        home=absolute(feed.home, url) if feed.home else "",
        language=frame.language,
        entries=tuple(entries.values()),
        skipped=tuple(sorted(skipped, key=lambda one: one.position)),
        seen=(envelope, *dict.fromkeys(seen)) if envelope else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What all entries of one document share."""

    source: Source
    url: str
    site: str
    """What relative addresses refer to where nothing says it."""
    is_atom: bool
    """Which has rules where other formats leave readers to guess."""
    now: datetime
    language: str
    title: str
    registry: Registry
    terms: Terms
    own: frozenset[str]
    """The outlets of the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """The text of an entry in the forms in which it is kept."""

    text: str
    """All of it, plain; what the fingerprint is made of."""
    summary: str
    content: str


def _frame(feed: ParsedFeed, *, source: Source, url: str, now: datetime, registry: Registry, terms: Terms) -> _Frame:
    is_atom = feed.format.startswith("atom")
    title = plain_title(feed.title, is_html=feed.title_is_html, is_exact=is_atom)
    return _Frame(
        source=source,
        url=url,
        site=url if is_atom else absolute(feed.home, "") or url,
        is_atom=is_atom,
        now=now,
        language=language_tag(feed.language),
        title=title,
        registry=registry,
        terms=terms,
        own=own_outlets(registry, addresses=(source.url, url), names=(source.name, title)),
    )


def _places(feed: ParsedFeed) -> list[int]:
    gone = {skipped.position for skipped in feed.skipped}
    places = (place for place in range(len(feed.entries) + len(gone)) if place not in gone)
    return [place for place, _ in zip(places, feed.entries, strict=False)]


def _ids(source: Source, drafts: Iterable[tuple[int, Entry]]) -> tuple[str, ...]:
    return assign_ids(
        source.id,
        [Clues(guid=e.guid, canonical_url=e.canonical_url, fingerprint=e.fingerprint) for _, e in drafts],
    )


def _entry(parsed: ParsedEntry, frame: _Frame) -> Entry | None:
    base = _base(parsed.base, frame) or frame.site
    # An xml:base that is relative itself has been applied to it.
    link = absolute(parsed.url, frame.url if parsed.base else frame.site) if parsed.url.strip() else ""
    body = _body(parsed, frame, base if frame.is_atom else link)
    own = frame.own | own_outlets(frame.registry, addresses=(link,))
    title = _title(parsed, frame, own)
    title = title or shortened(one_line(body.text), TITLE_FROM_TEXT) or link
    if not title:
        return None
    language = language_tag(frame.source.language) or _language(parsed, frame, f"{title}\n{body.text}")
    published, published_from, published_text = _published(parsed, frame)
    return Entry(
        id="",
        source=frame.source.id,
        guid=one_line(parsed.guid),
        url=link,
        canonical_url=canonical(link),
        title=title,
        summary=body.summary,
        content=body.content,
        authors=_labels(parsed.authors),
        categories=_labels(parsed.categories),
        enclosures=_enclosures(parsed.enclosures, base),
        image=absolute(parsed.image, base) if parsed.image.strip() else "",
        language=language,
        published=published,
        published_from=published_from,
        published_text=published_text,
        updated=_updated(parsed, published, frame),
        first_seen=frame.now,
        revised=frame.now,
        fingerprint=fingerprint(title, body.text),
        credits=credits_of(title=title, summary=body.summary, content=body.content, registry=frame.registry, own=own),
        sketch=write_parts({TEXT: text_part(title, body.text), TERMS: frame.terms.of(title, body.text, language)}),
    )


def _title(parsed: ParsedEntry, frame: _Frame, own: frozenset[str]) -> str:
    """Without the name of its own site at the end."""
    title = plain_title(parsed.title, is_html=parsed.title_is_html, is_exact=frame.is_atom)
    names = {folded(frame.title), folded(frame.source.name)}
    return without_tail(title, is_own=lambda tail: folded(tail) in names or frame.registry.of_name(tail) in own)


def _language(parsed: ParsedEntry, frame: _Frame, text: str) -> str:
    return spoken(language_tag(parsed.language) or frame.language, text)


def _base(written: str, frame: _Frame) -> str:
    """The absolute form of an xml:base; "" when there is none."""
    return absolute(written, frame.url) if written else ""


def _body(parsed: ParsedEntry, frame: _Frame, page: str) -> _Body:
    """`page` is what its relative addresses refer to where nothing says it; "" when the entry has none."""
    summary, content = plain_text(parsed.summary), plain_text(parsed.content)
    # The fuller of the two is the content, whatever the publisher called it.
    if len(content) >= len(summary):
        html, text, base = parsed.content, content, parsed.content_base
    else:
        html, text, base = parsed.summary, summary, parsed.summary_base
    cleaned = clean_html(html, base=_base(base or parsed.base, frame) or page or frame.site)
    told = without_boilerplate_lines(cleaned)
    if told != cleaned:
        cleaned, text = told, plain_text(told)
    line = one_line(text)
    own = line if text is summary else one_line(without_boilerplate_text(summary)) or line
    short = shortened(own, SUMMARY_FROM_CONTENT)
    if short.removesuffix("…") not in line:
        short = own  # it says what the content does not: nothing may be lost
    adds_nothing = short == line and " ".join(cleaned.split()) == escape_text(line)
    return _Body(text=text, summary=short, content="" if adds_nothing else cleaned)


def _published(parsed: ParsedEntry, frame: _Frame) -> tuple[datetime, PublishedFrom, str]:
    """When an entry was published, how we know, and the text that says so."""
    for text in (parsed.published, parsed.updated):
        read = read_date(text, timezone=frame.source.timezone, now=frame.now)
        if read:
            assumed = read.zone_assumed and frame.source.timezone_assumed
            # No published feed may name the future: what lies within a clock's error is now, and is the feed's word.
            moment = min(read.moment, frame.now)
            return moment, PublishedFrom.ASSUMED_ZONE if assumed else PublishedFrom.FEED, one_line(text)
    return frame.now, PublishedFrom.FIRST_SEEN, one_line(parsed.published or parsed.updated)


def _updated(parsed: ParsedEntry, published: datetime, frame: _Frame) -> datetime:
    """The last edit: never before `published`, never after now."""
    read = read_date(parsed.updated, timezone=frame.source.timezone, now=frame.now)
    return max(published, min(read.moment, frame.now)) if read else published


def _labels(raw: Iterable[str]) -> tuple[str, ...]:
    plain = (shortened(plain_title(label, is_html=True), LONGEST_LABEL) for label in raw)
    return tuple(dict.fromkeys(filter(None, plain)))[:MOST_LISTED]


def _enclosures(parsed: Iterable[Enclosure], base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for enclosure in parsed:
        media_type = enclosure.media_type.strip().lower()
        if address := absolute(enclosure.url, base):
            found.setdefault(
                address,
                Enclosure(
                    url=address,
                    media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "",
                    length=max(0, enclosure.length),
                ),
            )
    return tuple(found.values())[:MOST_LISTED]
