"""RSS 2.0 by the RSS Advisory Board's profile with feedgen, and the extension that gives feedgen what it lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from feeds.model import Enclosure
from feeds.render.documents import plainly_escaped
from feeds.render.entries import GENERATOR, Prepared, Shown
from feeds.render.history import add_history

_DC = "http://purl.org/dc/elements/1.1/"
_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"
_NAMED = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*(?::\d+)?(?:/|$)")


def rss(prepared: Prepared, *, ttl_minutes: int) -> bytes:
    """Write the feed as RSS, UTF-8 with XML declaration, items in the feed's order.

    Raises ValueError when the feed itself (not an entry) cannot be written: a control character in its title.
    """
    feed = prepared.feed
    out = FeedGenerator()
    out.register_extension("topicwire", _FeedParts, _ItemParts)
    out.topicwire.hub = feed.hub
    out.title(feed.title)
    out.description(prepared.description)
    out.lastBuildDate(prepared.updated)  # feedgen always writes one: of the time of the build, if it gets none
    out.language(feed.language)
    out.generator(GENERATOR)
    out.docs("https://www.rssboard.org/rss-specification")
    out.ttl(ttl_minutes)
    out.category(term=feed.topic, label=feed.title)
    out.link(href=f"{feed.feed_url}.rss", rel="self", type="application/rss+xml")
    add_history(out, feed, suffix=".rss", media_type="application/rss+xml")
    out.link(href=feed.home, rel="alternate", type="text/html")  # the last link becomes the channel's
    for shown in prepared.entries:
        _add(out, shown, prepared)
    return plainly_escaped(out.rss_str(pretty=True))


def _add(out: FeedGenerator, shown: Shown, prepared: Prepared) -> None:
    item = out.add_entry(order="append")  # feedgen's default turns the order round
    item.guid(shown.id, permalink=False)
    item.title(shown.title)
    if shown.url:
        item.link(href=shown.url)
    item.description(escape(shown.summary, quote=False), isSummary=True)  # readers take it for HTML (RSS profile)
    item.content(shown.html)
    item.category(term=prepared.feed.topic, label=prepared.feed.title)
    item.category([{"term": category} for category in shown.categories])
    if shown.origin.url:
        item.source(shown.origin.url, shown.origin.title)
    if enclosure := _one(shown.enclosures):
        item.enclosure(enclosure.url, enclosure.length, enclosure.media_type)
    item.topicwire.shown = shown


def _one(enclosures: tuple[Enclosure, ...]) -> Enclosure | None:
    """The enclosure that matters: readers disagree about a second one, and pictures have `media:thumbnail`.

    RSS asks for a URL with the full name of a host in it; what has none is in the other formats only.
    """
    carried = (enclosure for enclosure in enclosures if _NAMED.match(enclosure.url))
    return min(carried, key=lambda e: e.media_type.startswith("image/"), default=None)


class _FeedParts(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """The hub: of the feed's own links feedgen writes `self` alone."""

    hub = ""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC, "media": _MEDIA}

    def extend_rss(self, feed: Sequence[object]) -> object:
        if self.hub:
            xml_elem(f"{{{_ATOM}}}link", feed[0], rel="hub", href=self.hub)
        return feed


class _ItemParts(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """Names of authors (RSS `author` is a mail address), language, picture, and the date.

    The date is here because feedgen's own way changes the locale of the whole process for a moment, and documents
    are rendered in a thread. The channel's `lastBuildDate` cannot be kept from that; nothing here reads the locale.
    """

    shown: Shown

    def extend_rss(self, feed: object) -> object:
        shown = self.shown
        xml_elem("pubDate", feed).text = format_datetime(shown.published)
        for name in shown.authors:
            xml_elem(f"{{{_DC}}}creator", feed).text = name
        if shown.language:
            xml_elem(f"{{{_DC}}}language", feed).text = shown.language
        if shown.thumbnail:
            xml_elem(f"{{{_MEDIA}}}thumbnail", feed, url=shown.thumbnail)
        for rel, link in (*(("via", one) for one in (shown.via,) if one), *(("related", one) for one in shown.related)):
            xml_elem(f"{{{_ATOM}}}link", feed, rel=rel, type="text/html", href=link.url, title=link.title)
        return feed
