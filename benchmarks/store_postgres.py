"""Batches committed to PostgreSQL, beside a bare loop of INSERT … ON CONFLICT of the same rows in the same run.

    python benchmarks/store_postgres.py [--entries 20000] [--batch 100]

The bare loop writes the same documents with the same clues to a plain table, a statement a row and a transaction a
batch, with psycopg: what a program would do that kept nothing but entries. Best of 3, each in a new database; a server
is started for it, which writes to disk as a server by default does.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from feeds.model import Entry, Placement
from storage.port import Change, Keys
from storage.postgres.rows import bytes_of, marks_of
from storage.postgres_store import open_postgres
from tests.fakes import postgres

WORDS = ["ferry", "harbour", "storm", "council", "bridge", "election", "gallery", "winter", "market", "strike"]
BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)
TABLE = """CREATE TABLE plain (
    id text PRIMARY KEY, source text, guid bytea, url bytea, title bytea, moment bytea, first_seen timestamptz,
    document bytea, story text, placement bytea)"""
INDEXES = tuple(f"CREATE INDEX ON plain ({column})" for column in ("guid", "url", "title", "moment", "first_seen"))
INSERT = """INSERT INTO plain VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET document = excluded.document, placement = excluded.placement"""


def made(count: int, *, began: datetime = BEGAN) -> list[tuple[Entry, Placement]]:
    """Entries with a summary of 60 words, a minute apart, each in a story of its own."""
    pairs = []
    for n in range(count):
        moment = began + timedelta(minutes=n)
        text = " ".join(WORDS[(n * 7 + k * k) % 10] + str((n + k) % 97) for k in range(60))
        entry = Entry(
            id=sha256(str(n).encode()).hexdigest()[:32],
            source=f"source-{n % 50}",
            guid=f"https://harbour.example/?p={n}",
            url=f"https://harbour.example/{n}",
            canonical_url=f"harbour.example/{n}",
            title=f"The {WORDS[n % 10]} of day {n}",
            content=f"<p>{text}</p>",
            language="en",
            published=moment,
            updated=moment,
            first_seen=moment,
            revised=moment,
            fingerprint=sha256(text.encode()).hexdigest(),
        )
        pairs.append((entry, Placement(entry=entry.id, story=entry.id)))
    return pairs


def batches(pairs: Sequence[tuple[Entry, Placement]], size: int) -> Iterator[Sequence[tuple[Entry, Placement]]]:
    return (pairs[first : first + size] for first in range(0, len(pairs), size))


def ours(url: str, pairs: Sequence[tuple[Entry, Placement]], batch: int) -> float:
    with open_postgres(url, writable=True) as store:
        began = time.perf_counter()
        for some in batches(pairs, batch):
            store.commit(Change(entries=tuple(e for e, _ in some), placements=tuple(p for _, p in some)))
        return time.perf_counter() - began


def bare(url: str, pairs: Sequence[tuple[Entry, Placement]], batch: int) -> float:
    with psycopg.connect(url) as connection:
        for statement in (TABLE, *INDEXES):
            connection.execute(statement)
        connection.commit()
        began = time.perf_counter()
        for some in batches(pairs, batch):
            for entry, placed in some:
                row = (entry.id, entry.source, *marks_of(entry), entry.first_seen)
                connection.execute(INSERT, (*row, bytes_of(entry), placed.story, bytes_of(placed)))
            connection.commit()
        return time.perf_counter() - began


def asked(url: str, pairs: Sequence[tuple[Entry, Placement]], batch: int) -> float:
    """Seconds of `known` for the clues of a batch, when everything is stored; mean over 50."""
    with open_postgres(url, writable=True) as store:
        for some in batches(pairs, 1000):
            store.commit(Change(entries=tuple(e for e, _ in some)))
        looks = list(batches(pairs, batch))[:: max(1, len(pairs) // batch // 50)]
        began = time.perf_counter()
        for some in looks:
            keys = Keys(
                ids=frozenset(e.id for e, _ in some),
                guids=frozenset((e.source, e.guid) for e, _ in some),
                urls=frozenset(e.canonical_url for e, _ in some),
                titles=frozenset((e.source, e.title) for e, _ in some),
            )
            assert len(store.known(keys)) == len(some)
        return (time.perf_counter() - began) / len(looks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=100)
    options = parser.parse_args()
    pairs = made(options.entries)
    with postgres.running(durable=True) as server:
        best = {}
        for name, write in (("bare", bare), ("store", ours)) * 3:
            with postgres.database(server.url()) as url:
                best[name] = min(best.get(name, 1e9), write(url, pairs, options.batch))
        with postgres.database(server.url()) as url:
            known = asked(url, pairs, options.batch)
    print(f"entries: {options.entries}")
    print(f"batch: {options.batch}")
    for name, seconds in best.items():
        print(f"{name}_entries_per_s: {options.entries / seconds:.0f}")
    print(f"store_over_bare: {best['bare'] / best['store']:.2f}")
    print(f"known_ms_a_batch: {known * 1000:.1f}")


if __name__ == "__main__":
    main()
