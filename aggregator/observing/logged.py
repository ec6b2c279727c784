"""What programs find in a log record beside its text: the event's name, whom it is about, and its figures."""

from __future__ import annotations

import re
from dataclasses import fields

from aggregator.observing.events import Event, Ingested
from feeds.model import Failed, Fetched

_ABOUT = ("source", "topic", "entry", "path", "file", "address", "signal", "worker", "host")
"""Fields of events that name what they are about; an empty one says nothing."""
_FIGURES = ("new", "revised", "copies", "held", "same", "entries", "sources", "reached", "asked", "taken")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def fields_of(event: Event) -> dict[str, str | int | float]:
    """Plain values by name, the event's own first; texts are as the event has them."""
    told: dict[str, str | int | float] = {"event": _WORDS.sub("_", type(event).__name__).lower()}
    names = {field.name for field in fields(event)}
    for name in (*_ABOUT, *_FIGURES):
        content = getattr(event, name, None) if name in names else None
        if isinstance(content, str | int) and content != "":
            told[name] = content
    if isinstance(event, Ingested):
        told |= {"outcome": _outcome(event), "skipped": len(event.skipped), "seconds": event.took.total_seconds()}
    return told


def _outcome(event: Ingested) -> str:
    match event.outcome:
        case Failed(kind=kind):
            return str(kind)
        case Fetched():
            return "fetched"
        case _:
            return "unchanged"
