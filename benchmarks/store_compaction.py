"""How long commits and readers wait while a store is compacted in the background.

    python benchmarks/store_compaction.py [--entries 100000]

The store gets its entries, then each of them a second time, changed: half of the journal is dead. A commit of one entry
and a lookup of one follow each other without a pause until the new journal is in place, and for as long before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.store_growth import BATCH, entries, filled
from storage.port import Change
from storage.tinydb_store import TinyDBStore


def waits(store: TinyDBStore, count: int, *, until_compacted: bool) -> tuple[list[float], list[float]]:
    commits, lookups = [], []
    began, n = time.perf_counter(), 0
    size = store.counts().size
    while (store.counts().size >= size) if until_compacted else time.perf_counter() - began < 2:
        at = time.perf_counter()
        store.commit(Change(entries=(replace(entries(n % count, 1)[0], title=f"Edit {n}"),)))
        commits.append(time.perf_counter() - at)
        at = time.perf_counter()
        assert store.entry(f"{(n * 7919) % count:032x}")
        lookups.append(time.perf_counter() - at)
        n += 1
        size = max(size, store.counts().size)
        if time.perf_counter() - began > 120:
            raise SystemExit("the compaction never ended")
    return commits, lookups


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    count = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as name, filled(Path(name) / "store", count) as store:
        store._compact_from = 1 << 62  # noqa: SLF001 - not yet
        for first in range(0, count, BATCH):
            again = tuple(replace(entry, title=f"{entry.title}, again") for entry in entries(first, BATCH))
            store.commit(Change(entries=again))
        for label, during in (("before", False), ("during", True)):
            if during:
                store._begin_compaction()  # noqa: SLF001 - as a commit would
            began = time.perf_counter()
            commits, lookups = waits(store, count, until_compacted=during)
            print(f"{label}_s: {time.perf_counter() - began:.1f}")
            print(f"{label}_commits: {len(commits)}")
            for what, seconds in (("commit", commits), ("lookup", lookups)):
                print(f"{label}_{what}_median_ms: {sorted(seconds)[len(seconds) // 2] * 1000:.2f}")
                print(f"{label}_{what}_longest_ms: {max(seconds) * 1000:.1f}")
        print(f"entries_after: {store.counts().entries}")


if __name__ == "__main__":
    main()
