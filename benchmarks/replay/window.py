"""What a source's document holds at a moment."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.replay.recorded import RecordedEntry, RecordedSource

SPAN = timedelta(hours=48)
AT_LEAST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a source's entries: `start` up to and without `end`."""

    start: int
    end: int
    changed: datetime | None
    """When it last gained or lost an entry; None: it never held one."""

    def entries(self, source: RecordedSource) -> tuple[RecordedEntry, ...]:
        """Newest first."""
        return tuple(reversed(source.entries[self.start : self.end]))


def window(source: RecordedSource, at: datetime) -> Window:
    """The entries of the 48 hours before `at`, or the newest twenty if those are fewer; none from after `at`."""

    def published(entry: RecordedEntry) -> datetime:
        return entry.published

    end = bisect_right(source.entries, at, key=published)
    recent = bisect_right(source.entries, at - SPAN, key=published)
    start = max(0, min(recent, end - AT_LEAST))
    changes = [source.entries[end - 1].published] if end else []
    if 0 < start == recent:
        changes.append(source.entries[start - 1].published + SPAN)
    return Window(start=start, end=end, changed=max(changes, default=None))
