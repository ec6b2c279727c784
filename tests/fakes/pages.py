"""Entries of a made-up feed and the web pages behind them."""

from __future__ import annotations

from datetime import UTC, datetime

from feeds.model import Entry, PublishedFrom
from feeds.read.urls import canonical

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEAD = "The council of the river towns has opened the old locks above Graymouth for the first time in nine years."
REST = (
    "Boats from Alder went through at dawn, and by noon the water below the bridge had risen by the width of a hand.",
    "Source: Graymouth Radio, as cited by The Beacon",
    "The keeper of the locks said that they would stay open until the end of the month, rain or no rain.",
)


def entry(number: int = 1, **changes: object) -> Entry:
    """An entry whose feed gives its lead and no more; as read, its id given."""
    url = str(changes.pop("url", f"https://tides.example/{number}"))
    known = {
        "id": f"e{number}",
        "source": "tides",
        "guid": f"g{number}",
        "title": "Old locks opened above Graymouth",
        "summary": LEAD,
        "language": "en",
        "published": NOW,
        "published_from": PublishedFrom.FEED,
        "updated": NOW,
        "first_seen": NOW,
        "revised": NOW,
        "fingerprint": f"f{number}",
    }
    return Entry(**{**known, **changes}, url=url, canonical_url=canonical(url))


def page(*paragraphs: str, title: str = "Old locks opened above Graymouth", head: str = "") -> bytes:
    """A plain article page; without paragraphs, the one behind `entry`."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or (LEAD, *REST))
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{title}</h1>{text}</article><footer>All rights reserved</footer></body></html>"
    ).encode()
