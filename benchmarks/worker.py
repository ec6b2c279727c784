"""What a worker costs before and while it has nothing to do: three of them on a new database, nothing to fetch.

    python benchmarks/worker.py [SECONDS]

CPU time from the start of a process until it has joined, best of 3; then, for SECONDS (30), the share of a processor
that each takes, its memory and its connections, and what the database is asked by one. The first of them judges.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.fakes import postgres  # noqa: E402 - the line above finds it
from tests.fakes.processes import children_of, resident  # noqa: E402 - likewise

CONFIG = """
[store]
url = "{url}"
[[source]]
id = "harbour"
url = "http://harbour.example/rss"
enabled = false
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""
ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")
COMMITTED = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
NAMED = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s"


def spent(process: int) -> float:
    """CPU seconds of one process and those that it has started."""
    total = 0.0
    for one in (process, *children_of(process)):
        fields = Path(f"/proc/{one}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def joined(folder: Path) -> tuple[subprocess.Popen[str], float]:
    """A worker that works, and what that took."""
    command = [sys.executable, "-m", "aggregator", "worker", "--config", str(folder / "config.toml"), "--log", "text"]
    worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    for line in worker.stderr or ():
        if "works with the others" in line:
            break
    return worker, spent(worker.pid)


def transactions(server: postgres.Server) -> int:
    """So far, as the database counts them with a delay of a second."""
    with psycopg.connect(server.url()) as connection:
        [(count,)] = connection.execute(COMMITTED).fetchall()
    return int(count)


def main(seconds: float = 30.0) -> None:
    with TemporaryDirectory() as name, postgres.running() as server:
        folder = Path(name)
        url = postgres.as_in_a_config(server.url())
        (folder / "config.toml").write_text(CONFIG.format(url=url), "utf-8")
        workers: dict[str, subprocess.Popen[str]] = {}
        try:
            starts = []
            for role in ("first", "second", "third"):
                workers[role], took = joined(folder)
                starts.append(took)
            print(f"start_cpu_seconds: {min(starts):.2f}")
            time.sleep(5)
            before = {role: spent(worker.pid) for role, worker in workers.items()}
            asked = transactions(server)
            time.sleep(seconds)
            print(f"transactions_a_second: {(transactions(server) - asked) / seconds / len(workers):.1f}")
            for role in ("first", "second"):
                worker = workers[role]
                print(f"{role}_cpu_share: {(spent(worker.pid) - before[role]) / seconds:.3f}")
                print(f"{role}_megabytes: {resident(worker.pid) / 1e6:.0f}")
                with psycopg.connect(server.url()) as connection:
                    [(count,)] = connection.execute(NAMED, [f"topicwire %:{worker.pid}%"]).fetchall()
                print(f"{role}_connections: {count}")
        finally:
            for worker in workers.values():
                worker.terminate()
                worker.wait()


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
