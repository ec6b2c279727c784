"""The store beside SQLite with `synchronous=FULL`: adding 100 entries durably, and looking one up by its key.

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
from storage.port import Change

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


def look_up(database: sqlite3.Connection, entry_id: str) -> Entry:
    (text,) = database.execute("SELECT document FROM entries WHERE id = ?", (entry_id,)).fetchone()
    return decode(Entry, json.loads(text))


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
        draw = random.Random(1)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ids = [f"{draw.randrange(count):032x}" for _ in range(100)]
            ours.append(timed(lambda ids=ids: [store.entry(one) for one in ids]))
            theirs.append(timed(lambda ids=ids: [look_up(database, one) for one in ids]))
        report("lookup_us", ours, theirs, 1e6 / 100)
        database.close()


if __name__ == "__main__":
    main()
