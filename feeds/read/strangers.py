"""Says what a document is that is no feed, and what to do about it."""

from __future__ import annotations

import re

from feeds.errors import ParseError
from feeds.model import FailureKind, ParsedFeed
from feeds.read.discovery import feeds_in

_HTML_DOCTYPE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<!doctype\s+html\b", re.IGNORECASE)
_PAGE_ROOTS = frozenset({"html", "head", "body"})
# What error pages begin with that leave those out.
_FRAGMENT_ROOTS = frozenset(
    {"a", "b", "br", "center", "div", "font", "h1", "h2", "meta", "p", "pre", "script", "title"}
)
# A page says that it is one at its start; what follows may quote anything.
_START = 4_096


def page_refusal(text: str, *, root: str, url: str) -> ParseError | None:
    """The error for a document whose outermost element, `root`, is that of a web page; None for all others.

    `url` is where it came from, which its relative links refer to. Asked before parsing, which pages are not worth.
    """
    return _web_page(text, url) if root.lower() in _PAGE_ROOTS else None


def cut_off(where: str = "") -> ParseError:
    """The error for a document that ends before its feed does, at `where` ("" when nobody knows)."""
    message = f"the document is cut off{where}: nothing of it was taken; it will be asked for again"
    return ParseError(message, kind=FailureKind.BROKEN)


def cut_off_after(entries: int) -> ParseError:
    """The same for one that has so many whole `entries`."""
    count = f"{entries:,} {'entry' if entries == 1 else 'entries'}"
    return cut_off(f" after {count}" if entries else " before the end of its first entry")


def refusal(text: str, *, feed: ParsedFeed, root: str, url: str) -> ParseError | None:
    """Why `text` brings nothing that can be trusted; None when it does.

    `feed` is what was read from it, `root` the name of its outermost element ("" when none was found).
    """
    if feed.entries or feed.format:
        return None
    start = text[:_START]
    # Some feeds carry the document type of a page, hence only now.
    if _HTML_DOCTYPE.match(start) or root.lower() in _FRAGMENT_ROOTS:
        return _web_page(text, url)
    if not root and start.lstrip().startswith("<"):
        return cut_off_after(0)
    return _not_a_feed(root)


def _web_page(text: str, url: str) -> ParseError:
    found = feeds_in(text, url=url)
    offer = f"; it offers {', '.join(found)}" if found else ", and the page names no feed"
    return ParseError(f"got a web page instead of a feed{offer}", kind=FailureKind.NOT_A_FEED, feeds_found=found)


def _not_a_feed(root: str) -> ParseError:
    if root:
        message = f"got XML that is no feed: its outermost element is <{root[:40]}>"
    else:
        message = "got a document that is neither a feed nor a web page"
    return ParseError(f"{message}; check the URL in a browser", kind=FailureKind.NOT_A_FEED)
