"""Values for stores, about which only what a test gives matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from feeds.model import Entry, Revision

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SITE_ID = UUID("5b1f3c7e-0d52-4a57-9d0a-6c1f9a1e2b44")


def entry_of(entry_id: str, **fields) -> Entry:
    """An entry about which only `entry_id` and what is given matters."""
    plain = {
        "source": "harbour-post",
        "guid": f"guid-{entry_id}",
        "url": f"https://harbour.example/{entry_id}",
        "canonical_url": f"harbour.example/{entry_id}",
        "title": f"Ferry {entry_id} is late",
        "published": NOON,
        "updated": NOON,
        "first_seen": NOON,
        "revised": NOON,
    }
    return Entry(id=entry_id, **(plain | fields))


def revision_of(entry_id: str, number: int, title: str = "Ferry is late") -> Revision:
    replaced = NOON + timedelta(hours=number)
    return Revision(
        entry=entry_id,
        number=number,
        replaced=replaced,
        changes=("title",),
        title=title,
        summary="",
        content="",
        url="",
    )
