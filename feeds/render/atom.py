"""Atom 1.0 (RFC 4287) with feedgen, and the extension that gives feedgen what it lacks."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from feeds.addresses import same_document
from feeds.model import Origin
from feeds.render.documents import plainly_escaped
from feeds.render.entries import GENERATOR, Prepared, Shown
from feeds.render.history import add_history

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MEDIA = "http://search.yahoo.com/mrss/"


def atom(prepared: Prepared) -> bytes:
    """Write the feed as Atom, UTF-8 with XML declaration, entries in the feed's order.

    Raises ValueError when the feed itself (not an entry) cannot be written: a control character in its title.
    """
    feed = prepared.feed
    out = FeedGenerator()
    out.register_extension("topicwire", _FeedParts, _EntryParts)
    out.id(feed.id)
    out.title(feed.title)
    out.subtitle(prepared.description)
    out.updated(prepared.updated)
    out.language(feed.language)
    out.author(name=GENERATOR)
    out.generator(GENERATOR)
    out.link(href=f"{feed.feed_url}.atom", rel="self", type="application/atom+xml")
    add_history(out, feed, suffix=".atom", media_type="application/atom+xml")
    out.link(href=feed.home, rel="alternate", type="text/html")
    if feed.hub:
        out.link(href=feed.hub, rel="hub")
    out.category(term=feed.topic, label=feed.title)
    for shown in prepared.entries:
        _add(out, shown, prepared)
    return plainly_escaped(out.atom_str(pretty=True))


def _add(out: FeedGenerator, shown: Shown, prepared: Prepared) -> None:
    entry = out.add_entry(order="append")  # feedgen's default turns the order round
    entry.id(shown.id)
    entry.title(shown.title)
    entry.published(shown.published)
    entry.updated(shown.updated)
    entry.author([{"name": name} for name in shown.authors])
    entry.content(shown.html, type="html")
    entry.summary(shown.summary)
    entry.category(term=prepared.feed.topic, label=prepared.feed.title)
    entry.category([{"term": category} for category in shown.categories])
    entry.topicwire.shown = shown


class _Element(Protocol):
    """What we use of feedgen's XML elements."""

    attrib: dict[str, str]


class _FeedParts(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    def extend_ns(self) -> dict[str, str]:
        return {"media": _MEDIA}


class _EntryParts(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """Links with `rel` and `type` (feedgen drops both), a complete `source`, language and picture."""

    shown: Shown

    def extend_atom(self, feed: _Element) -> _Element:
        shown = self.shown
        if shown.language:
            feed.attrib[_LANG] = shown.language
        if shown.url:
            xml_elem("link", feed, rel="alternate", type="text/html", href=shown.url)
        for enclosure in shown.enclosures:
            size = str(enclosure.length)
            xml_elem("link", feed, rel="enclosure", href=enclosure.url, length=size, type=enclosure.media_type)
        if shown.via:
            xml_elem("link", feed, rel="via", type="text/html", href=shown.via.url, title=shown.via.title)
        for other in shown.related:
            xml_elem("link", feed, rel="related", type="text/html", href=other.url, title=other.title)
        if shown.origin.url:
            _add_source(feed, shown.origin, shown.updated)
        if shown.thumbnail:
            xml_elem(f"{{{_MEDIA}}}thumbnail", feed, url=shown.thumbnail)
        return feed


def _add_source(entry: _Element, origin: Origin, updated: datetime) -> None:
    """RFC 4287 §4.2.11; the source's own id is not kept, and the address of its feed is as permanent: in the one form
    in which ids are compared (§4.2.6.1).
    """
    source = xml_elem("source", entry)
    xml_elem("id", source).text = same_document(origin.url)
    xml_elem("title", source).text = origin.title
    xml_elem("updated", source).text = updated.isoformat()
    xml_elem("link", source, rel="self", href=origin.url)
    if origin.home:
        xml_elem("link", source, rel="alternate", type="text/html", href=origin.home)
