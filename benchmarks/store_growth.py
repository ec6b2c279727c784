"""What adding 100 entries costs when 1,000 are stored and when 100,000 are; stock TinyDB beside it.

    python benchmarks/store_growth.py [--small 1000] [--large 100000] [--largest 500000] [--without-stock]
    python benchmarks/store_growth.py --open FOLDER

CPU is that of this process, best of 3 batches; the wall time has the disk's sync in it. Stock TinyDB gets the same
documents in a single JSON file, filled in one go.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tinydb import TinyDB

from feeds.model import Entry, Join, Placement, Relation
from storage.codec import encode
from storage.port import Change, Keys
from storage.tinydb_store import TinyDBStore, open_store

BATCH = 100
START = datetime(2026, 1, 1, tzinfo=UTC)
SENTENCE = "Delegates spoke of guarantees, of money and of time, and agreed to meet again. "


def entries(first: int, count: int) -> tuple[Entry, ...]:
    """Entries as a feed brings them: a summary of 40 words, a body of 150; 100 of them share a moment."""
    moment = START + timedelta(minutes=first // BATCH)
    return tuple(
        Entry(
            id=f"{number:032x}",
            source=f"source-{number % 97}",
            guid=f"https://outlet-{number % 97}.example/guid/{number}",
            url=f"https://outlet-{number % 97}.example/news/{number}",
            canonical_url=f"outlet-{number % 97}.example/news/{number}",
            title=f"Talks on guarantees, day {number}",
            summary=SENTENCE * 3,
            content=f"<p>{SENTENCE * 11}</p>",
            authors=("A. Writer",),
            language="en",
            published=moment,
            updated=moment,
            first_seen=moment,
            revised=moment,
            fingerprint=f"{number:064x}",
        )
        for number in range(first, first + count)
    )


def best_of_3(act: Callable[[int], object]) -> tuple[float, float]:
    """CPU and wall seconds of the cheapest of three runs; `act` gets 0, 1, 2."""
    runs = []
    for attempt in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        act(attempt)
        runs.append((time.process_time() - cpu, time.perf_counter() - wall))
    return min(cpu for cpu, _ in runs), min(wall for _, wall in runs)


def placements(of: tuple[Entry, ...]) -> tuple[Placement, ...]:
    """Three entries a story, every tenth a copy: as many joins as stories bring."""
    placed = []
    for number, entry in enumerate(of):
        first, other = of[number // 3 * 3].id, of[number - 1].id
        join = Join(relation=Relation.STORY, other=other, score=0.8, evidence="12 words alike", rule="stories/1")
        copied = other if number % 10 == 1 else None
        joins = (join,) if number % 3 else ()
        placed.append(Placement(entry=entry.id, copy_of=copied, story=first, joins=joins))
    return tuple(placed)


def filled(folder: Path, count: int, *, placed: bool = False) -> TinyDBStore:
    store = open_store(folder, writable=True)
    for first in range(0, count, 1000):
        for batch in range(first, min(first + 1000, count), BATCH):
            added = entries(batch, min(BATCH, count - batch))
            store.commit(Change(entries=added, placements=placements(added) if placed else ()))
    return store


def measure_ours(folder: Path, count: int) -> float:
    with filled(folder, count) as store:
        batches = [entries(count + attempt * BATCH, BATCH) for attempt in range(3)]
        cpu, wall = best_of_3(lambda attempt: store.commit(Change(entries=batches[attempt])))
        keys = Keys(guids=frozenset((entry.source, entry.guid) for entry in entries(count // 2, BATCH)))
        known, _ = best_of_3(lambda _: store.known(keys))
        size = store.counts().size
    print(f"add_{BATCH}_at_{count}_cpu_ms: {cpu * 1000:.2f}")
    print(f"add_{BATCH}_at_{count}_wall_ms: {wall * 1000:.2f}")
    print(f"known_{BATCH}_at_{count}_cpu_ms: {known * 1000:.2f}")
    print(f"journal_at_{count}_mb: {size / 1e6:.1f}")
    return cpu


def measure_opening(folder: Path) -> None:
    """In a process of its own, for its memory to be that of the store alone."""
    before = resident_mb()
    cpu, wall = time.process_time(), time.perf_counter()
    with open_store(folder, writable=False) as store:
        count = store.counts().entries
        print(f"open_{count}_cpu_s: {time.process_time() - cpu:.2f}")
        print(f"open_{count}_wall_s: {time.perf_counter() - wall:.2f}")
        memory = resident_mb() - before
        print(f"open_{count}_memory_mb: {memory:.0f}")
        print(f"open_{count}_memory_bytes_an_entry: {memory * 1e6 / count:.0f}")
        cpu = time.process_time()
        assert sum(1 for _ in store.entries()) == count
        print(f"read_all_{count}_cpu_s: {time.process_time() - cpu:.2f}")


def resident_mb() -> float:
    """What this process has in memory now; its peak would be that of the parent that started it."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def measure_stock(path: Path, count: int) -> float:
    with TinyDB(path) as database:
        database.table("entries").insert_multiple(map(encode, entries(0, count)))
        batches = [list(map(encode, entries(count + attempt * BATCH, BATCH))) for attempt in range(3)]
        cpu, wall = best_of_3(lambda attempt: database.table("entries").insert_multiple(batches[attempt]))
    cpu_of_reading, _ = best_of_3(lambda _: _first_read(path))
    print(f"stock_first_read_{count}_cpu_s: {cpu_of_reading:.2f}")
    print(f"stock_add_{BATCH}_at_{count}_cpu_ms: {cpu * 1000:.2f}")
    print(f"stock_add_{BATCH}_at_{count}_wall_ms: {wall * 1000:.2f}")
    return cpu


def _first_read(path: Path) -> int:
    with TinyDB(path) as database:
        return len(database.table("entries"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--largest", type=int, help="a third store, of this many entries")
    parser.add_argument("--without-stock", action="store_true")
    parser.add_argument("--open", type=Path, help="only open the store in this folder")
    options = parser.parse_args()
    if options.open:
        measure_opening(options.open)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = measure_ours(folder / "small", options.small)
        large = measure_ours(folder / "large", options.large)
        print(f"growth_ratio: {large / small:.2f}", flush=True)
        filled(folder / "placed", options.large, placed=True).close()
        for kind in ("large", "placed"):
            print(f"opened: {kind}", flush=True)
            subprocess.run([sys.executable, __file__, "--open", str(folder / kind)], check=True)
        if options.largest:
            largest = measure_ours(folder / "largest", options.largest)
            print(f"growth_ratio_at_{options.largest}: {largest / small:.2f}", flush=True)
        if not options.without_stock:
            stock_small = measure_stock(folder / "small.json", options.small)
            stock_large = measure_stock(folder / "large.json", options.large)
            print(f"stock_growth_ratio: {stock_large / stock_small:.2f}")
            print(f"stock_over_ours_at_{options.large}: {stock_large / large:.0f}")


if __name__ == "__main__":
    main()
