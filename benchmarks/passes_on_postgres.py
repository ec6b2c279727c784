"""What one pass costs where many sources are known: `remember` with its judge and its commit.

    python benchmarks/passes_on_postgres.py [--sources 20000] [--entries 200000] [--store postgres|tinydb]

The entries that are stored are older than those that copies are looked for among: the judge's own memory is small, and
what is measured is the store's share. A new pass brings one entry, a quiet one finds nothing new, a failing one is of
a source that cannot be reached and asks how the others fare. Best of 3 rounds of 100 passes, CPU time of this process
and of the server's sessions, and time on the wall.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, Quiet, remember, remember_quiet
from feeds.model import Entry, Failed, FailureKind, Fetched, Intake, ReadFeed, Source, SourceState, Unchanged
from feeds.polling import Bounds
from storage.port import Change, Store
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store
from tests.fakes import postgres

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=80)
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1)), jitter=0.0)
ROUND = 100
A_BATCH = 2_000
_TICKS = os.sysconf("SC_CLK_TCK")


def entry_of(number: int, source: str, moment: datetime) -> Entry:
    url = f"https://{source}.example/{number}"
    return Entry(
        id=sha256(url.encode()).hexdigest()[:32],
        source=source,
        guid=url,
        url=url,
        canonical_url=url,
        title=f"Tide {number} at Sandholm",
        summary=f"The water stood {number} feet high on pier {number % 7}.",
        language="en",
        published=moment,
        updated=moment,
        first_seen=moment,
        revised=moment,
        fingerprint=sha256(url.encode()).hexdigest(),
    )


def state_of(source: str) -> SourceState:
    return SourceState(
        source=source, url=f"https://{source}.example/rss", last_fetch=NOW, last_ok=NOW, title=f"The {source} Post"
    )


def fill(store: Store, sources: list[str], entries: int) -> None:
    share = entries // len(sources)
    for first in range(0, entries, A_BATCH):
        numbers = range(first, min(entries, first + A_BATCH))
        listed = (entry_of(n, sources[n % len(sources)], LONG_AGO + timedelta(seconds=n)) for n in numbers)
        store.commit(Change(entries=tuple(listed)))
    states, counts = map(state_of, sources), (Intake(source=one, taken=share) for one in sources)
    store.commit(Change(states=tuple(states), intakes=tuple(counts)))


class Passes:
    """One kind after the other, each of another source."""

    def __init__(self, store: Store, sources: list[str]) -> None:
        self._store, self._sources, self._number = store, sources, 1_000_000
        self._judge = Judge(store)

    def _next(self) -> tuple[Source, SourceState]:
        self._number += 1
        name = self._sources[self._number % len(self._sources)]
        return Source(id=name, url=f"https://{name}.example/rss"), state_of(name)

    def new(self) -> None:
        source, state = self._next()
        entry = entry_of(self._number, source.id, NOW)
        feed = ReadFeed(title="", home="", language="", entries=(entry,))
        outcome = Fetched(url=source.url, body=b"", body_hash=entry.id)
        remember(
            self._store,
            judge=self._judge,
            source=source,
            state=state,
            outcome=outcome,
            feed=feed,
            now=NOW + timedelta(seconds=self._number - 1_000_000),
            pace=PACE,
        )

    def quiet(self) -> None:
        source, state = self._next()
        feed = ReadFeed(title="", home="", language="", entries=())
        outcome = Fetched(url=source.url, body=b"", body_hash=str(self._number))
        self._one(Quiet(source=source, state=state, outcome=outcome, feed=feed, pace=PACE))

    def unchanged(self) -> None:
        source, state = self._next()
        self._one(Quiet(source=source, state=state, outcome=Unchanged(), feed=None, pace=PACE))

    def failing(self) -> None:
        source, state = self._next()
        state = replace(state, failures=9, failing_since=NOW - timedelta(hours=9), last_ok=NOW - timedelta(hours=10))
        outcome = Failed(kind=FailureKind.CONNECT, reason="the host refuses connections")
        self._one(Quiet(source=source, state=state, outcome=outcome, feed=None, pace=PACE))

    def _one(self, quiet: Quiet) -> None:
        [kept] = remember_quiet(self._store, [quiet], now=NOW)
        if isinstance(kept, Exception):
            raise kept


def measure(name: str, once: Callable[[], None], spent_elsewhere: Callable[[], float]) -> None:
    once()  # what is read at first
    best = [1e9] * 3
    for _ in range(3):
        before = time.process_time(), spent_elsewhere(), time.perf_counter()
        for _ in range(ROUND):
            once()
        after = time.process_time(), spent_elsewhere(), time.perf_counter()
        best = [min(known, (b - a) / ROUND) for known, a, b in zip(best, before, after, strict=True)]
    for kind, seconds in zip(("cpu", "server_cpu", "wall"), best, strict=True):
        print(f"{name}_{kind}_ms: {seconds * 1000:.2f}", flush=True)


def sessions_cpu(url: str) -> Callable[[], float]:
    """Seconds of CPU that the sessions of our own had so far, where the server is on this machine."""

    def spent() -> float:
        with psycopg.connect(url) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for (pid,) in rows]
        return sum(int(one[11]) + int(one[12]) for one in fields) / _TICKS

    return spent


@contextmanager
def opened(kind: str) -> Iterator[tuple[Store, Callable[[], float]]]:
    if kind == "tinydb":
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store", writable=True) as store:
            yield store, lambda: 0.0
        return
    with (
        postgres.running(durable=True) as server,
        postgres.database(server.url()) as url,
        open_postgres(url, writable=True) as store,
    ):
        yield store, sessions_cpu(url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=20_000)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--store", choices=("postgres", "tinydb"), default="postgres")
    asked = parser.parse_args()
    sources = [f"s{n}" for n in range(asked.sources)]
    with opened(asked.store) as (store, spent_elsewhere):
        fill(store, sources, asked.entries)
        print(f"store: {asked.store}\nsources: {asked.sources}\nentries: {asked.entries}", flush=True)
        passes = Passes(store, sources)
        for name in ("new", "quiet", "unchanged", "failing"):
            measure(name, getattr(passes, name), spent_elsewhere)


if __name__ == "__main__":
    main()
