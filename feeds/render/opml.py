"""A list of feeds as OPML 2.0, for other feed readers (opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from feeds.model import Outline
from feeds.render.entries import Prepared
from feeds.sanitize import without_controls

MEDIA_TYPE = "text/x-opml; charset=utf-8"

# What separates the members of `category`.
_SEPARATORS = re.compile("[,/]")


def opml(outlines: Iterable[Outline], *, title: str, created: datetime | None) -> bytes:
    """The document; `created` is aware, None: not said.

    Every outline has `text` and `title`: its address, where it has no title.
    """
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = _clean(title)
    if created:
        ET.SubElement(head, "dateCreated").text = format_datetime(created)
    body = ET.SubElement(root, "body")
    for outline in outlines:
        ET.SubElement(body, "outline", _attributes(outline))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def topics_opml(topics: Sequence[Prepared], *, title: str) -> bytes:
    """Our own feeds, in Atom, as a list that other readers import; made when the newest of them last changed."""
    outlines = (
        Outline(url=f"{one.feed.feed_url}.atom", title=one.feed.title, home=one.feed.home, language=one.feed.language)
        for one in topics
    )
    return opml(outlines, title=title, created=max((one.updated for one in topics), default=None))


def _attributes(outline: Outline) -> dict[str, str]:
    name = _clean(outline.title) or _clean(outline.url)
    tags = filter(None, (_clean(_SEPARATORS.sub(" ", tag)) for tag in outline.tags))
    given = {
        "type": "rss",
        "text": name,
        "title": name,
        "xmlUrl": _clean(outline.url),
        "htmlUrl": _clean(outline.home),
        "language": _clean(outline.language),
        "category": ",".join(tags),
    }
    return {key: value for key, value in given.items() if value}


def _clean(text: str) -> str:
    return " ".join(without_controls(text).split())
