"""What happened since the start, counted: an observer, and the figures that `/metrics` gives."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from aggregator import __version__
from aggregator.observing.events import Event, Ingested, KeptBack, Published, PublishFailed
from aggregator.operating.answer_counts import AnswerCounts
from aggregator.operating.exposition import Family, Sample, family
from aggregator.operating.vitals import Beat
from feeds.model import Failed, Fetched, Unchanged
from storage.loading import JOURNAL

VERDICTS = ("new", "revised", "copy", "held", "same", "failed")
"""What became of the entries that a pass read."""


class Metrics:
    """Counts what it is told; any thread may tell and ask.

    Labels are ids of sources, which a page lists for everybody; ids of topics are none, since some are private.
    """

    def __init__(self, *, store: Path, lost: Callable[[], int]) -> None:
        """`store` is its folder; `lost` tells how many reading children another one took the place of."""
        self._store = store
        self._lost = lost
        self._lock = threading.Lock()
        self._fetches: Counter[tuple[str, str]] = Counter()
        self._entries: Counter[tuple[str, str]] = Counter()
        self._answers = AnswerCounts()
        self._succeeded: dict[str, float] = {}
        self._published = self._kept_back = self._rounds = 0
        self._rendering = 0.0

    def observe(self, event: Event) -> None:
        """Count one event."""
        with self._lock:
            match event:
                case Ingested(source=source):
                    self._fetches[source, _outcome(event)] += 1
                    for verdict, number in zip(VERDICTS, _verdicts(event), strict=True):
                        self._entries[source, verdict] += number
                case Published():
                    self._published += 1
                case KeptBack() | PublishFailed():
                    self._kept_back += 1
                case _:
                    pass

    def follow(self, sources: Mapping[str, datetime | None]) -> None:
        """When each source that there is last gave a good answer; None: never. What was counted of others goes."""
        with self._lock:
            self._succeeded = {source: at.timestamp() for source, at in sources.items() if at is not None}
            for counted in (self._fetches, self._entries):
                for key in [key for key in counted if key[0] not in sources]:
                    del counted[key]

    def rendered(self, seconds: float) -> None:
        """A round of publishing took so long."""
        with self._lock:
            self._rounds += 1
            self._rendering += seconds

    def answered(self, status: str, number: int) -> None:
        """So many readers more got an answer with this status, three digits."""
        self._answers.add(status, number)

    def families(self, beat: Beat | None, *, ready: bool) -> tuple[Family, ...]:
        """All figures as of now; `beat` is the last tick's."""
        with self._lock:
            return (*self._of_sources(), *self._of_publishing(), *self._of_the_process(beat, ready=ready))

    def _of_sources(self) -> Iterable[Family]:
        yield family("fetches_total", "counter", "Passes, by how they ended.", _by(self._fetches, "outcome"))
        yield family(
            "entries_total",
            "counter",
            "Entries in what was read, by verdict.",
            _by(self._entries, "verdict"),
        )
        yield family(
            "source_last_success_timestamp_seconds",
            "gauge",
            "When a source last gave a good answer.",
            [Sample(value=at, labels={"source": source}) for source, at in sorted(self._succeeded.items())],
        )

    def _of_publishing(self) -> Iterable[Family]:
        yield family("publishes_total", "counter", "Times that documents were replaced.", self._published)
        yield family("publish_failures_total", "counter", "Times that readers kept what they had.", self._kept_back)
        rounds = [Sample(value=self._rendering, suffix="_sum"), Sample(value=self._rounds, suffix="_count")]
        yield family("render_seconds", "summary", "Rounds of publishing, rendering and writing files.", rounds)
        yield self._answers.family()

    def _of_the_process(self, beat: Beat | None, *, ready: bool) -> Iterable[Family]:
        sizes = _sizes(self._store)
        yield family("queue_length", "gauge", "Passes that run or wait for their turn.", beat.passes if beat else 0)
        yield family("store_size_bytes", "gauge", "All files of the store.", sum(sizes.values()))
        yield family("journal_size_bytes", "gauge", "The journal of the store.", sizes.get(JOURNAL, 0))
        yield family("loop_lag_seconds", "gauge", "How late the last tick was.", beat.lag if beat else 0)
        yield family("reading_children_restarts_total", "counter", "Reading processes replaced.", self._lost())
        yield family("ready", "gauge", "1 where /readyz answers 200.", int(ready))
        build = [Sample(value=1, labels={"version": __version__})]
        yield family("build_info", "gauge", "The program.", build)


def _by(counted: Mapping[tuple[str, str], int], label: str) -> list[Sample]:
    return [
        Sample(value=number, labels={"source": source, label: what})
        for (source, what), number in sorted(counted.items())
    ]


def _outcome(event: Ingested) -> str:
    match event.outcome:
        case _ if event.problem:
            return "internal_error"
        case Fetched():
            return "fetched"
        case Unchanged():
            return "unchanged"
        case Failed(kind=kind):
            return kind.replace(" ", "_")


def _verdicts(event: Ingested) -> tuple[int, ...]:
    return event.new, event.revised, event.copies, event.held, event.same, len(event.skipped)


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file; a store that cannot be looked at has none."""
    try:
        return {file.name: file.stat().st_size for file in folder.iterdir() if file.is_file()}
    except OSError:  # one that is replaced meanwhile is there at the next look
        return {}
