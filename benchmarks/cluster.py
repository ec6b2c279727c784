"""Three workers, two servers and 100,000 fetches, while something of it ends every five seconds.

    python benchmarks/cluster.py [--fetches 100000] [--hosts 1500] [--each 2] [--interval 10] [--seed 7]

Real processes over a PostgreSQL that writes to disk, and over loopback hosts that write down every request. Every five
seconds a worker is killed and replaced, every third time the one that judges; a worker stands still past its lease and
goes on, twice, and the judge once; the database is ended as hard as it can be. Triggers that only this program adds
write down what the database saw. It stops at what does not hold: a source that waited longer than a lease and an
interval, two requests to a host at once, a host leased twice, a delivery taken under a lost fence, an entry that is
lost or there twice, a reader without an answer, a document that differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fakes.cluster.cluster import Course, cluster
from tests.fakes.cluster.outlets import Plan
from tests.fakes.cluster.verdict import verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fetches", type=int, default=100_000)
    parser.add_argument("--hosts", type=int, default=1500)
    parser.add_argument("--each", type=int, default=2, help="sources of a host")
    parser.add_argument("--period", type=float, default=300, help="seconds between two entries of a source")
    parser.add_argument("--interval", type=int, default=10, help="seconds between two fetches of a source")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    course = Course(
        outlets=Plan(hosts=asked.hosts, each=asked.each, period=asked.period),
        fetches=asked.fetches,
        interval=asked.interval,
        seed=asked.seed,
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, cluster(course, Path(folder)) as all_of_it:
        told = 0
        for ended in all_of_it.play():
            if ended >= told:
                print(f"# {ended} fetches, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
                told = ended + asked.fetches // 20
        tally = all_of_it.tally
        print(f"sources: {course.outlets.sources}\nhosts: {asked.hosts}\nprocesses_started: {all_of_it.crew.started}")
        print(f"kills: {tally.kills}\njudges_killed: {tally.judges_killed}\nworkers_stopped: {len(tally.stopped)}")
        print(f"judges_stopped: {tally.judges_stopped}\ndatabase_ended: {len(tally.away)}")
        for what, value in verdict(all_of_it):
            print(f"{what}: {value}", flush=True)
        print(f"seconds: {time.monotonic() - began:.0f}")


if __name__ == "__main__":
    main()
