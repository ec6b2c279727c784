"""Finds the feeds that a web page offers (RSS autodiscovery; HTML Standard §4.6.6.1, `alternate`)."""

from __future__ import annotations

from feeds.read.urls import absolute
from feeds.sanitize import head_links

_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/x-rss+xml",
        "application/x-atom+xml",
    }
)

# A page's links stand at its top; of 10 MB the first 512 KiB hold them.
_FAR_ENOUGH = 512 * 1024
# More than a person would try.
_MOST = 10


def feeds_in(page: str, *, url: str) -> tuple[str, ...]:
    """The absolute http(s) URLs of the feeds that `page`, served at `url`, links to: each once, at most 10."""
    base, found = url, dict[str, None]()
    for name, attributes in head_links(page[:_FAR_ENOUGH]):
        href = attributes.get("href", "")
        if name == "base":
            base = absolute(href, url) or url
        elif href and _offers_a_feed(attributes.get("rel", ""), attributes.get("type", "")):
            found[absolute(href, base)] = None
    return tuple(address for address in found if address and address != url)[:_MOST]


def _offers_a_feed(rel: str, media_type: str) -> bool:
    return "alternate" in rel.lower().split() and media_type.partition(";")[0].strip().lower() in _FEED_TYPES
