"""Readers that follow the archives of a feed, in each format (RFC 5005 §4.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

A = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"


@dataclass(frozen=True)
class Read:
    """A document as such a reader sees it."""

    url: str
    ids: list[str]
    links: dict[str, str]
    is_archive: bool


def read(url: str, body: bytes) -> Read:
    """What the document at `url` says; its suffix tells the format."""
    if url.endswith(".json"):
        whole = json.loads(body)
        links = {"prev-archive": whole["next_url"]} if "next_url" in whole else {}
        return Read(url, [item["id"] for item in whole["items"]], links, is_archive="/archive/" in url)
    root = ET.fromstring(body)
    top = root if root.tag == f"{A}feed" else root[0]
    links = {link.get("rel"): link.get("href") for link in top.findall(f"{A}link")}
    ids = [one.text for one in top.iterfind(f"{A}entry/{A}id")] or [one.text for one in top.iterfind("item/guid")]
    return Read(url, ids, links, is_archive=top.find(ARCHIVE) is not None)


def walk(url: str, get: Callable[[str], bytes]) -> Iterator[Read]:
    """The document at `url`, and those before it, up to the oldest."""
    seen = set()
    while url:
        assert url not in seen
        seen.add(url)
        document = read(url, get(url))
        yield document
        url = document.links.get("prev-archive", "")
