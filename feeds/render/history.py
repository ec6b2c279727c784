"""Where a document stands in the history of its feed, as Atom and RSS say it (RFC 5005 §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from feeds.model import Succession, TopicFeed

_HISTORY = "http://purl.org/syndication/history/1.0"
_ATOM = "http://www.w3.org/2005/Atom"


def add_history(out: FeedGenerator, feed: TopicFeed, *, suffix: str, media_type: str) -> None:
    """Link the documents beside this one, in the same format, and mark an archive as one."""
    succession = feed.succession
    if succession == Succession():
        return
    out.register_extension("history", _Archive if succession.current else _Subscribed)
    out.history.links = [
        {"rel": rel, "type": media_type, "href": f"{url}{suffix}"} for rel, url in _neighbours(succession)
    ]


def _neighbours(succession: Succession) -> Iterator[tuple[str, str]]:
    beside = {
        "current": succession.current,
        "prev-archive": succession.previous,
        "next-archive": succession.following,
    }
    yield from ((rel, url) for rel, url in beside.items() if url)


class _Subscribed(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """Links of the feed itself: feedgen writes none but `self` in RSS."""

    links: list[dict[str, str]]

    def extend_atom(self, feed: Any) -> Any:  # noqa: ANN401 - lxml's element
        for link in self.links:
            xml_elem("link", feed, **link)
        return feed

    def extend_rss(self, rss: Any) -> Any:  # noqa: ANN401 - lxml's element
        for link in self.links:
            xml_elem(f"{{{_ATOM}}}link", rss[0], **link)
        return rss


class _Archive(_Subscribed):
    """Those of an archive, and the element that says that it is one."""

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY}

    def extend_atom(self, feed: Any) -> Any:  # noqa: ANN401 - lxml's element
        xml_elem(f"{{{_HISTORY}}}archive", feed)
        return super().extend_atom(feed)

    def extend_rss(self, rss: Any) -> Any:  # noqa: ANN401 - lxml's element
        xml_elem(f"{{{_HISTORY}}}archive", rss[0])
        return super().extend_rss(rss)
