"""JSON Feed 1.1 (jsonfeed.org/version/1.1) as a checker."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

_TOP = {
    "version": str,
    "title": str,
    "home_page_url": str,
    "feed_url": str,
    "description": str,
    "user_comment": str,
    "next_url": str,
    "icon": str,
    "favicon": str,
    "authors": list,
    "language": str,
    "expired": bool,
    "hubs": list,
    "items": list,
}
_ITEM = {
    "id": str,
    "url": str,
    "external_url": str,
    "title": str,
    "content_html": str,
    "content_text": str,
    "summary": str,
    "image": str,
    "banner_image": str,
    "date_published": str,
    "date_modified": str,
    "authors": list,
    "tags": list,
    "language": str,
    "attachments": list,
}
_AUTHOR = {"name": str, "url": str, "avatar": str}
_ATTACHMENT = {
    "url": str,
    "mime_type": str,
    "title": str,
    "size_in_bytes": (int, float),
    "duration_in_seconds": (int, float),
}
_URLS = {"home_page_url", "feed_url", "next_url", "icon", "favicon", "url", "external_url", "image", "banner_image"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def faults(body: bytes) -> list[str]:
    """What is against the specification, in words; a name that it does not know has to begin with `_`."""
    try:
        whole = json.loads(body.decode("utf-8"))
    except ValueError as error:
        return [str(error)]
    if not isinstance(whole, dict):
        return ["it is no object"]
    return [*_whole(whole)]


def _whole(whole: dict[str, Any]) -> Iterator[str]:
    yield from _object("the feed", whole, _TOP, needed={"version", "title", "items"})
    if whole.get("version") != "https://jsonfeed.org/version/1.1":
        yield "the version is another one"
    yield from _authors("the feed", whole)
    ids = [item.get("id") for item in whole.get("items", ())]
    if len(set(ids)) != len(ids):
        yield "an id is there twice"
    for item in whole.get("items", ()):
        yield from _item(item)


def _item(item: dict[str, Any]) -> Iterator[str]:
    where = f"item {item.get('id')}"
    yield from _object(where, item, _ITEM, needed={"id"})
    if not item.get("id"):
        yield f"{where} has an empty id"
    if "content_html" not in item and "content_text" not in item:
        yield f"{where} has no content"
    for name in ("date_published", "date_modified"):
        if name in item and not (_MOMENT.fullmatch(item[name]) and datetime.fromisoformat(item[name])):
            yield f"{where}: {name} is no RFC 3339 date"
    yield from _authors(where, item)
    if not all(isinstance(tag, str) and tag.strip() for tag in item.get("tags", ())):
        yield f"{where}: a tag is no text"
    for attachment in item.get("attachments", ()):
        yield from _object(f"{where}: attachment", attachment, _ATTACHMENT, needed={"url", "mime_type"})


def _authors(where: str, holder: dict[str, Any]) -> Iterator[str]:
    for author in holder.get("authors", ()):
        yield from _object(f"{where}: author", author, _AUTHOR, needed=set())
        if not author:
            yield f"{where}: an author needs a name, an address or a picture"


def _object(where: str, given: dict[str, Any], known: dict[str, Any], needed: set[str]) -> Iterator[str]:
    for name in sorted(needed - given.keys()):
        yield f"{where} has no {name}"
    for name, value in given.items():
        if name.startswith("_"):
            if not isinstance(value, dict) or re.search(r"[.\s]", name):
                yield f"{where}: the extension {name} is no object"
        elif name not in known:
            yield f"{where}: {name} is unknown"
        elif not isinstance(value, known[name]) or isinstance(value, bool) != (known[name] is bool):
            yield f"{where}: {name} has the wrong type"
        elif name in _URLS and not re.match(r"https?://[^/\s]+", value):
            yield f"{where}: {name} is no address"
