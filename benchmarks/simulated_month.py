"""A month of news from 105 sources in real processes: nothing lost, nothing published twice, all of it accounted for.

    python benchmarks/simulated_month.py [--days 30] [--sources 105] [--topics 20] [--per-day 8] [--hours 6] [--seed 7]

The daemon runs as `serve` builds it, over loopback sources, with a clock that is moved some hours at a time. It is
killed at a random moment of each day, stopped and started again on every third, its config is edited every day (into a
wrong one on every second), its disk is full for some hours on three days; sources die, move, throttle, hang up, go
quiet and lose entries. What came of it is held against books that the test keeps by itself: it stops at what
does not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fakes.month.month import Month, Plan
from tests.fakes.month.verdict import verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30, help="at least 10")
    parser.add_argument("--sources", type=int, default=105)
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--per-day", type=float, default=8, help="entries of an ordinary source")
    parser.add_argument("--hours", type=int, default=6, help="by which the clock is moved at a time")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    plan = Plan(
        days=asked.days,
        sources=asked.sources,
        topics=asked.topics,
        per_day=asked.per_day,
        step=timedelta(hours=asked.hours),
        seed=asked.seed,
        keep=timedelta(days=max(7, asked.days * 2 // 3)),
        full_on=tuple(range(2, asked.days, 11)),
        validate_every=4,
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, Month(Path(name), plan) as month:
        for day in month.live():
            print(f"# day {day} of {plan.days}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        tally = month.tally
        print(f"days: {plan.days}\nsources: {plan.sources}\nsteps: {tally.steps}\nrequests: {month.internet.asked}")
        print(f"kills: {tally.kills}\nkills_while_busy: {tally.kills_busy}\nstops: {tally.stops}")
        print(f"slowest_stop_s: {tally.slowest_stop:.2f}\nconfigs_taken: {tally.taken}")
        print(f"configs_refused: {tally.refused}\nsteps_with_a_full_disk: {tally.full}")
        for what, value in verdict(month):
            print(f"{what}: {value}", flush=True)
        print(f"memory_mb: {max(tally.memory) / 1e6:.0f}\nseconds: {time.monotonic() - began:.0f}")


if __name__ == "__main__":
    main()
