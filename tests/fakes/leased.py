"""Workers that lease from one work in memory, sources that take their time, and who asked whom when."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from aggregator.cluster.fetching import Fetching
from aggregator.cluster.parcels import unpacked
from aggregator.ingesting.asking import Found
from aggregator.observing.events import Event
from feeds.addresses import registrable
from feeds.errors import StoreFailed
from feeds.model import Outcome, Source, SourceState, Unchanged
from storage.work import Watched
from storage.work_memory import MemoryWork
from tests.fakes.virtual_time import VirtualLoop

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMEOUT = timedelta(seconds=30)
TERM = timedelta(seconds=90)

Answer = Outcome | Exception | Callable[[], Coroutine[Any, Any, Outcome]]


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test whose waiting takes no time."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test(**fixtures))

    return run


def source(name: str, *, host: str = "") -> Source:
    return Source(id=name, url=f"https://{host or name}.example/feed")


def sources_of(host: str, count: int) -> tuple[Source, ...]:
    return tuple(Source(id=f"{host}-{n:03}", url=f"https://s{n}.{host}.example/feed") for n in range(count))


@dataclass(frozen=True, slots=True)
class Visit:
    """That a host was asked, by which worker, in seconds since the start."""

    worker: str
    source: str
    began: float
    ended: float | None = None
    """None: it was given up."""


@dataclass
class Publishers:
    """Whoever asks a source is answered after `seconds`, with what `answers` has for it."""

    seconds: float = 1.0
    answers: dict[str, Answer] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    """Hosts that were asked by somebody while somebody asked them."""
    _busy: Counter[str] = field(default_factory=Counter)

    async def visited(self, worker: str, source: Source) -> Outcome:
        began, ended, host = now(), None, registrable(source.url)
        self._busy[host] += 1
        if self._busy[host] > 1:
            self.met.append(host)
        try:
            answer = self.answers.get(source.id, Unchanged())
            if callable(answer):
                answer = await answer()
            else:
                await asyncio.sleep(self.seconds)
            ended = now()
            if isinstance(answer, Exception):
                raise answer
            return answer
        finally:
            self._busy[host] -= 1
            self.visits.append(Visit(worker, source.id, began, ended))

    def asked(self) -> list[str]:
        return sorted(visit.source for visit in self.visits)


def now() -> float:
    return asyncio.get_running_loop().time()


class FrailWork(MemoryWork):
    """The database is away while `away` says why; `calls` counts what it was asked."""

    away = ""

    def __getattribute__(self, name: str) -> Any:
        if name in {"lease", "renew", "bring", "put_off", "release"} and (
            away := object.__getattribute__(self, "away")
        ):
            raise StoreFailed(away)
        return object.__getattribute__(self, name)


class Cluster:
    """Sources that are all due, and any number of workers, in a loop of virtual time."""

    def __init__(self, sources: Iterable[Source], publishers: Publishers | None = None) -> None:
        self.sources = tuple(sources)
        self.publishers = publishers or Publishers()
        self.states: dict[str, SourceState] = {}
        self.away = ""
        """Why no worker can reach the database; empty: all can."""
        self.work = FrailWork(clock=self.clock, states=lambda: self.states)
        self.work.together = lambda: self.away
        self.events: dict[str, list[Event]] = {}
        self.slept = timedelta()
        """How much longer than the loop the workers' own clocks have run."""
        self.work.follow(Watched(source=one.id, host=registrable(one.url), due=NOON) for one in self.sources)

    def clock(self) -> datetime:
        return NOON + timedelta(seconds=now()) + self.slept

    def worker(self, name: str = "one", **changed: Any) -> Fetching:
        told = self.events.setdefault(name, [])
        parts = {
            "leases": self.work.beside(name),
            "asking": Asker(name, self.publishers),
            "sources": lambda: self.sources,
            "clock": self.clock,
            "uptime": lambda: timedelta(seconds=now()) + self.slept,
            "observe": told.append,
            "timeout": TIMEOUT,
            "term": TERM,
        }
        return Fetching(**parts | changed)

    def delivered(self) -> dict[str, Found]:
        return {one.source: unpacked(one.document) for one in self.work.waiting(10_000)}


@dataclass
class Asker:
    """An `Asking` of one worker."""

    worker: str
    publishers: Publishers

    async def ask(self, source: Source, state: SourceState | None) -> Found:
        began = now()
        outcome = await self.publishers.visited(self.worker, source)
        return Found(asked=source.url, outcome=outcome, took=timedelta(seconds=now() - began))
