"""Where an entry is read."""

from __future__ import annotations

from urllib.parse import urlsplit

from feeds.addresses import host_key
from feeds.model import Entry


def host_of(entry: Entry) -> str:
    """The host of an entry's address, in one spelling and without `www.`; empty: it has none."""
    try:
        return host_key(urlsplit(entry.canonical_url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def host_or_source(entry: Entry) -> str:
    """The host that an entry is read at; of one without address, its source."""
    return host_of(entry) or entry.source
