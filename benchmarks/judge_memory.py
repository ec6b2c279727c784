"""What the judge holds in memory for each entry of the days in which it looks for copies, stories and editions.

    python benchmarks/judge_memory.py [--kept 20000 60000] [--body 0 350]

The entries are those of `benchmarks/dedupe_at_scale.py`, five seconds apart, judged and stored by another process, so
that what this one gains at the start of its judge is the judge's. Bytes an entry, from the smallest to the largest
store, and what 1,000,000 entries within the window would take.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aggregator.ingesting.judge import Judge
from benchmarks.dedupe_at_scale import fill, made_up
from storage.tinydb_store import open_store


def stored(folder: Path, body: int, kept: int) -> None:
    with open_store(folder, writable=True) as store:
        fill(store, made_up(body), kept)


def held(folder: Path) -> int:
    """Bytes more once there is a judge over the store there."""
    with open_store(folder, writable=False) as store:
        gc.collect()
        before = resident()
        judge = Judge(store)
        gc.collect()
        gained = resident() - before
        del judge
    return gained


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kept", type=int, nargs="*", default=[20_000, 60_000])
    parser.add_argument("--body", type=int, nargs="*", default=[0, 350], help="words; 0: as many as feeds give")
    asked = parser.parse_args()
    apart = multiprocessing.get_context("spawn")
    for body in asked.body:
        gained = []
        for kept in asked.kept:
            with tempfile.TemporaryDirectory() as folder, apart.Pool(1, maxtasksperchild=1) as one:
                one.apply(stored, (Path(folder) / "store", body, kept))
                gained.append(one.apply_async(held, (Path(folder) / "store",)).get())
            print(f"words_{body}_kept_{kept}_mb: {gained[-1] / 1e6:.1f}", flush=True)
        if len(gained) > 1:
            an_entry = (gained[-1] - gained[0]) / (asked.kept[-1] - asked.kept[0])
            print(f"words_{body}_bytes_an_entry: {an_entry:.0f}")
            print(f"words_{body}_gb_at_1000000: {an_entry / 1000:.2f}", flush=True)


if __name__ == "__main__":
    main()
