"""What the machines that watch over the daemon get: `/readyz` and `/metrics`, in the process that does the work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Event, Ingested
from aggregator.operating.exposition import exposed
from aggregator.operating.metrics import Metrics
from aggregator.operating.vitals import Vitals, shortest
from aggregator.running.working import Publishing
from aggregator.serving.answering import Application, Asked, Reply, plain
from aggregator.serving.posts import Look, Posts
from feeds.model import Failed, Source, SourceState

PATHS: Final = ("/readyz", "/metrics")


class Operations:
    """An observer, and the answers that follow from what it observed. Any thread may ask."""

    def __init__(self, *, store: Path, lost: Callable[[], int], vitals: Vitals | None = None) -> None:
        """As those of `Metrics`."""
        self._vitals = vitals or Vitals()
        self._metrics = Metrics(store=store, lost=lost)

    def observe(self, event: Event) -> None:
        """Take note of one event."""
        self._metrics.observe(event)
        if isinstance(event, Ingested) and not isinstance(event.outcome, Failed):
            self._vitals.fetched()

    def beat(self, passes: int, sources: Sequence[Source], ingest: Ingest) -> None:
        """A tick ended, and left so many passes running."""
        self._metrics.follow({source.id: _last_ok(source, ingest.states) for source in sources})
        interval = shortest(sources, ingest.states, ingest.bounds)
        self._vitals.beat(passes=passes, interval=interval, stopped=bool(ingest.stopped))

    def timed(self, publishing: Publishing) -> Publishing:
        """The same, each round counted with the time that it takes."""
        return _Timed(publishing, self._metrics.rendered)

    def over(self, application: Application) -> Application:
        """`application`, its answers counted, behind those for machines that watch."""

        def answer(asked: Asked) -> Reply:
            found = self.reply(asked) or application(asked)
            self.answered(found.head[9:12].decode("ascii"))
            return found

        return answer

    def answered(self, status: str, number: int = 1) -> None:
        """So many readers more got an answer with this status, three digits."""
        self._metrics.answered(status, number)

    @property
    def posts(self) -> Posts:
        """The same answers where another process has the readers, and asks this one."""
        return dict.fromkeys(PATHS, Look(answer=self._look))

    async def _look(self, asked: Asked) -> Reply:
        return self.reply(asked) or plain(404, "There is nothing here.")

    def reply(self, asked: Asked) -> Reply | None:
        """The answer to a request for one of `PATHS`; None: it is for another one, or for others to refuse."""
        path = asked.target.partition("?")[0]
        if path not in PATHS or asked.method not in {"GET", "HEAD"}:
            return None
        trouble = self._vitals.trouble()
        if path == "/readyz":
            found = plain(503, trouble) if trouble else plain(200, "ready")
        else:
            found = exposed(self._metrics.families(self._vitals.last, ready=not trouble))
        return found if asked.method == "GET" else Reply(head=found.head)


class _Timed:
    def __init__(self, publishing: Publishing, took: Callable[[float], None]) -> None:
        self._publishing = publishing
        self._took = took

    def load(self) -> None:
        self._publishing.load()

    def take(self, entry_ids: Sequence[str]) -> None:
        self._publishing.take(entry_ids)

    def publish(self) -> bool:
        began = time.monotonic()
        more = self._publishing.publish()
        self._took(time.monotonic() - began)
        return more


def _last_ok(source: Source, states: Mapping[str, SourceState]) -> datetime | None:
    """What is known of another URL says nothing about this one."""
    state = states.get(source.id)
    return state.last_ok if state and state.url == source.url else None
