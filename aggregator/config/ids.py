"""Ids in a config: their form, and the one that a source gets when it is given none."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

LONGEST = 64  # ids are file names and parts of URLs
ID = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)
FEED_WORDS = re.compile(r"(?:rss|atom|feeds?|index|rdf)(?:\.(?:xml|rss|atom|rdf|json|php|html?))?", re.IGNORECASE)


def check_id(text: str) -> str:
    """The id itself. Raises ValueError with a sentence for its author: ids are parts of URLs and file names."""
    if len(text) > LONGEST:
        raise ValueError(f"an id has at most {LONGEST} characters; this one has {len(text)}: shorten it")
    if not ID.fullmatch(text):
        hint = _slug(text)
        raise ValueError(
            f'"{text}" is no id; use a–z, 0–9, "-" and "_", a letter or digit first'
            + (f': "{hint}"' if hint and len(hint) <= LONGEST else "")
        )
    return text


def id_from_url(url: str) -> str:
    """An id made from host, port, path and query of an http(s) URL; always the same for the same URL.

    `www.` and closing words that every feed has (`rss`, `feed.xml`) are left out. What letters and digits of ASCII
    cannot tell apart gets a hash.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    while segments and FEED_WORDS.fullmatch(segments[-1]):
        segments.pop()
    plain = "-".join([host, str(parts.port or ""), *segments, unquote(parts.query)])
    slug = _slug(plain)
    if plain.isascii() and slug and len(slug) <= LONGEST:
        return slug
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    return f"{slug[: LONGEST - 9].rstrip('-')}-{digest}".lstrip("-")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
