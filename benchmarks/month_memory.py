"""What one daemon holds in memory while it lives through a month: 100 sources, 50,000 entries, 20 topics.

    python benchmarks/month_memory.py [--days 30] [--entries 50000]

Sources are loopback ones, and the daemon is never stopped: the clock is moved a day at a time at first, and six hours
at a time over the last eight days. Entries are kept for as long as the former take, so that from then on as many leave
as come: over the last week memory is to be flat. Each topic takes one in a hundred of them, and keeps all in its
archives. Printed is the resident memory of the daemon at the end of each day of
it; the children that read documents are told apart.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fakes.month.books import accounting
from tests.fakes.month.month import Month, Plan
from tests.fakes.processes import children_of, resident

SOURCES = 100
TOPICS = 20
LAST = 7
"""Days."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30, help="at least 10")
    parser.add_argument("--entries", type=int, default=50_000, help="that are stored in its last week")
    asked = parser.parse_args()
    keep = asked.days - LAST - 1
    plan = Plan(
        days=asked.days,
        sources=SOURCES,
        topics=TOPICS,
        step=timedelta(hours=6),
        hurried=keep,
        per_day=asked.entries / keep / SOURCES,
        on_subject=TOPICS / 100,
        keep=timedelta(days=keep),
        kills=False,
        stops=False,
        edits=False,
        validate_every=100,
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, Month(Path(name), plan) as month:
        for day in month.live():
            megabytes = month.tally.memory[-1] / 1e6
            print(f"# day {day}, {megabytes:.0f} MB, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if day >= plan.days - LAST:
                print(f"day_{day}_mb: {megabytes:.1f}", flush=True)
        last = [size / 1e6 for size in month.tally.memory[-LAST:]]
        overall = accounting(month.life.config)["overall"]
        print(f"reading_children_mb: {sum(map(resident, children_of(month.life.pid))) / 1e6:.1f}")
        print(f"entries_stored: {overall['taken_in'] - overall['pruned'] - overall['failed']}")
        print(f"entries_aged_out: {overall['pruned']}\nmost_mb: {max(month.tally.memory) / 1e6:.1f}")
        print(f"last_week_growth_mb: {last[-1] - last[0]:.1f}\nseconds: {time.monotonic() - began:.0f}")


if __name__ == "__main__":
    main()
