"""The store beside SQLite with `synchronous=FULL`: adding 100 entries durably, and looking one up by each of its keys.

    python benchmarks/store_beside_sqlite.py [--entries 100000]

SQLite gets the same documents as JSON text, with an index for each key that the store has. CPU is that of this
process, wall time has the disk's sync in it; both are the median of 20 batches, taken in turns.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.store_growth import BATCH, entries, filled
from feeds.model import Entry
from storage.codec import decode, encode
from storage.port import Change, Keys
from storage.tinydb_store import TinyDBStore

ROUNDS = 20
SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE entries (id TEXT PRIMARY KEY, source TEXT, guid TEXT, url TEXT, first_seen TEXT, document TEXT);
CREATE INDEX by_guid ON entries (source, guid);
CREATE INDEX by_url ON entries (url);
CREATE INDEX by_time ON entries (first_seen);
"""


def insert(database: sqlite3.Connection, batch: tuple[Entry, ...]) -> None:
    documents = map(encode, batch)
    rows = [(d["id"], d["source"], d["guid"], d["canonical_url"], d["first_seen"], json.dumps(d)) for d in documents]
    with database:
        database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)


def look_up(database: sqlite3.Connection, condition: str, *key: str) -> tuple[Entry, ...]:
    rows = database.execute(f"SELECT document FROM entries WHERE {condition} ORDER BY id", key)
    return tuple(decode(Entry, json.loads(text)) for (text,) in rows)


def measure_lookups(store: TinyDBStore, database: sqlite3.Connection, count: int) -> None:
    """By id, by guid and by canonical URL, a hundred random entries a round, each by itself."""
    ways: dict[str, tuple[Callable[[Entry], object], Callable[[Entry], object]]] = {
        "id": (lambda e: store.entry(e.id), lambda e: look_up(database, "id = ?", e.id)),
        "guid": (
            lambda e: store.known(Keys(guids=frozenset({(e.source, e.guid)}))),
            lambda e: look_up(database, "source = ? AND guid = ?", e.source, e.guid),
        ),
        "url": (
            lambda e: store.known(Keys(urls=frozenset({e.canonical_url}))),
            lambda e: look_up(database, "url = ?", e.canonical_url),
        ),
    }
    draw = random.Random(1)
    for key, both in ways.items():
        runs: tuple[list[tuple[float, float]], ...] = ([], [])
        for _ in range(ROUNDS):
            asked = [entries(draw.randrange(count), 1)[0] for _ in range(100)]
            for one, way in zip(runs, both, strict=True):
                one.append(timed(lambda way=way, asked=asked: [way(entry) for entry in asked]))
        report(f"lookup_by_{key}_us", *runs, unit=1e6 / 100)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - cpu, time.perf_counter() - wall


def report(name: str, ours: list[tuple[float, float]], theirs: list[tuple[float, float]], unit: float) -> None:
    for at, kind in enumerate(("cpu", "wall")):
        mine, other = (statistics.median(one[at] for one in both) * unit for both in (ours, theirs))
        print(f"{name}_{kind}: {mine:.3f}\nsqlite_{name}_{kind}: {other:.3f}\n{name}_{kind}_ratio: {mine / other:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    count = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as name, filled(Path(name) / "store", count) as store:
        database = sqlite3.connect(Path(name) / "entries.sqlite")
        database.executescript(SCHEMA)
        for first in range(0, count, 10_000):
            insert(database, entries(first, min(10_000, count - first)))
        ours, theirs = [], []
        for n in range(ROUNDS):
            batch = entries(count + n * BATCH, BATCH)
            ours.append(timed(lambda batch=batch: store.commit(Change(entries=batch))))
            theirs.append(timed(lambda batch=batch: insert(database, batch)))
        report(f"add_{BATCH}_ms", ours, theirs, 1000)
        measure_lookups(store, database, count)
        database.close()


if __name__ == "__main__":
    main()
