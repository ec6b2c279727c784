"""What happened between us and readers, as a line of the log says it."""

from __future__ import annotations

import logging

from aggregator.observing.reader_events import (
    DocumentsFollowed,
    DocumentsLost,
    FrontEnded,
    ReaderEvent,
    Serving,
    SubscriptionChanged,
    TellingFailed,
)


def worded_for_readers(event: ReaderEvent) -> tuple[int, str]:  # noqa: PLR0911 - one line of text for each event
    """Its level, and one line of text."""
    match event:
        case Serving(address=address):
            return logging.INFO, f"serving at {address}"
        case FrontEnded(reason=reason, again=again):
            ended = "the process that answers readers ended, another one follows"
            return logging.ERROR, f"{ended} in {again.total_seconds():g} s: {reason}"
        case SubscriptionChanged(topic=topic, host=host, what=what):
            return logging.INFO, f"{topic}: {host} {what}"
        case TellingFailed(topic=topic, host=host, reason=reason):
            return logging.INFO, f"{topic}: {host} could not be told: {reason}"
        case DocumentsLost(reason=reason, documents=0):
            return logging.WARNING, f"there is nothing to serve yet: {reason}"
        case DocumentsLost(reason=reason, documents=documents):
            return logging.WARNING, f"readers keep the last good documents, {documents:,} of them: {reason}"
        case DocumentsFollowed(documents=documents):
            return logging.INFO, f"following what is published: {documents:,} documents"
