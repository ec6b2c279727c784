"""Whose an entry is, so that an outlet credits nobody by naming itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from feeds.model import Entry
from feeds.read.attribution.registry import Registry

# What titles of feeds have behind the outlet's name, or before it: "The Guardian: Ukraine", "World | BBC News".
_PARTS = re.compile(r"\s*(?:[:|·•»/]|\s[-–—]\s)\s*")


def own_outlets(registry: Registry, *, addresses: Iterable[str] = (), names: Iterable[str] = ()) -> frozenset[str]:
    """The outlets that these http(s) addresses and these names of feeds belong to."""
    hosts = (registry.of_host(_host(address)) for address in addresses)
    parts = (registry.of_name(part) for name in names for part in (name, *_PARTS.split(name)))
    return frozenset(filter(None, (*hosts, *parts)))


def outlet_of(entry: Entry, registry: Registry) -> str:
    """The name of the outlet that published `entry`; of one that the registry does not know, the id of its source."""
    return registry.of_host(_host(entry.url)) or entry.source


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
