"""What is kept of an entry that aged out, so that it is met again as what it was and not as news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.model import Entry


def remains(entry: Entry, *, now: datetime) -> Entry:
    """`entry` with what recognising it needs: its clues, title and dates; it is `revised` `now`, when it leaves."""
    return replace(
        entry,
        summary="",
        content="",
        authors=(),
        categories=(),
        enclosures=(),
        image="",
        language="",
        sketch="",
        revised=now,
    )
