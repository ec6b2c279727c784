"""What lists of sources are exchanged as between feed readers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A line of a list (OPML 2.0, `outline` of type `rss`): a feed that somebody follows."""

    url: str
    """The feed's, as written there."""
    title: str = ""
    """Plain, on one line; empty: the list has none."""
    home: str = ""
    """The web page that belongs to it; empty: not given."""
    language: str = ""
    """BCP 47 tag; empty: not given."""
    tags: tuple[str, ...] = ()
    """Names of the folders and categories that it is in."""
