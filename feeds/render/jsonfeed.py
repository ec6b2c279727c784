"""JSON Feed 1.1 (jsonfeed.org), by hand: it is a dictionary."""

from __future__ import annotations

import json
from typing import Any

from feeds.model import Credit, Enclosure, Origin
from feeds.render.entries import GENERATOR, Prepared, Shown

_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(prepared: Prepared) -> bytes:
    """Write the feed as JSON, UTF-8, items in the feed's order.

    What the other formats say in `source` and links is in the extension `_topicwire` of each item: `source` and `also`
    (id, title, feed_url, home_page_url, and of others the `url` where they tell it), `credits` (whom the entry names
    itself), `via` (where it links one of those), `why` (the page that says why it is here) and `first_seen`. Raises
    ValueError for text that UTF-8 cannot carry.
    """
    feed = prepared.feed
    whole = {
        "version": _VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": f"{feed.feed_url}.json",
        **({"next_url": f"{feed.succession.previous}.json"} if feed.succession.previous else {}),
        **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
        "description": prepared.description,
        "language": feed.language,
        "authors": [{"name": GENERATOR}],
        "_topicwire": {"id": feed.id, "topic": feed.topic, "updated": prepared.updated.isoformat()},
        "items": [_item(shown, feed.title) for shown in prepared.entries],
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _item(shown: Shown, topic_title: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": shown.id,
        "url": shown.url,
        "title": shown.title,
        "content_html": shown.html,
        "summary": shown.summary,
        "image": shown.thumbnail,
        "date_published": shown.published.isoformat(),
        "date_modified": shown.updated.isoformat(),
        "authors": [{"name": name} for name in shown.authors],
        "tags": [topic_title, *shown.categories],
        "language": shown.language,
        "attachments": [_attachment(e) for e in shown.enclosures],
        "_topicwire": {
            "source": _origin(shown.origin),
            "also": [_origin(origin) for origin in shown.also],
            **({"credits": [_credit(credit) for credit in shown.credits]} if shown.credits else {}),
            **({"via": {"url": shown.via.url, "title": shown.via.title}} if shown.via else {}),
            "why": shown.why.url,
            "first_seen": shown.first_seen.isoformat(),
        },
    }
    return {key: value for key, value in item.items() if value}


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    out: dict[str, Any] = {"url": enclosure.url, "mime_type": enclosure.media_type}
    if enclosure.length:
        out["size_in_bytes"] = enclosure.length
    return out


def _origin(origin: Origin) -> dict[str, str]:
    whole = {
        "id": origin.id,
        "title": origin.title,
        "feed_url": origin.url,
        "home_page_url": origin.home,
        "url": origin.page,
    }
    return {key: value for key, value in whole.items() if value}


def _credit(credit: Credit) -> dict[str, str]:
    """An outlet that the entry itself names."""
    return {"outlet": credit.outlet, "role": credit.role, "text": credit.text}
