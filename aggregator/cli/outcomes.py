"""What a source's pass brought, in the words of a table."""

from __future__ import annotations

from typing import assert_never

from aggregator.observing.events import Ingested
from feeds.model import Failed, FailureKind, Fetched, Unchanged


def worded(ingested: Ingested) -> str:
    """`12 new, 1 revised`, `unchanged`, or why it failed."""
    match ingested.outcome:
        case Failed(kind=FailureKind.HELD, reason=reason):
            return reason
        case Failed(reason=reason):
            return f"failed: {reason}"
        case Unchanged():
            return "unchanged"
        case Fetched():
            counts = {
                "new": ingested.new,
                "copy" if ingested.copies == 1 else "copies": ingested.copies,
                "held": ingested.held,
                "revised": ingested.revised,
                "skipped": len(ingested.skipped),
            }
            return ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "nothing new"
        case other:
            assert_never(other)
