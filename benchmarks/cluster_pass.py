"""A pass over 1,000 sources by two workers on PostgreSQL, beside the same by one daemon on TinyDB in the same run.

    python benchmarks/cluster_pass.py [--sources 1000] [--entries 20] [--rounds 3] [--workers 2]

Every source has a loopback address of its own, served by a process whose work counts for nobody: a cold pass, then
warm ones over the same documents. One daemon: `topicwire serve`, whose first pass is the cold one; as it cannot be told
to ask all sources again at once, the warm ones are by its parts in a process, as in `many_sources`, without anybody who
publishes or serves. Workers: real processes over a database that writes to disk, which are up and idle when all hosts
are set free; the pass ends when the last delivery is judged and committed, whoever was the judge. Wall time is from the
first request to the last commit; CPU that of all processes together, without their start. Best of the rounds, taken in
turn.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg

from benchmarks.many_sources import Cost, measured
from benchmarks.replay import ServedSource
from benchmarks.replay.config import TOPIC
from storage.postgres.session import SCHEMA
from storage.postgres_store import open_postgres
from tests.fakes import postgres
from tests.fakes.cluster.configs import config_text
from tests.fakes.cluster.crew import Crew, crew
from tests.fakes.cluster.online import Online, online
from tests.fakes.cluster.outlets import Plan
from tests.fakes.processes import cpu_of_family

INTERVAL = 3600
TERM = 60.0
"""Seconds of a lease, as it is by default."""
PATIENCE = 180.0
WARM_PASSES = 3
_HELD = """
    CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.rests_until := 'infinity'; RETURN NEW; END $$;
    CREATE TRIGGER held BEFORE INSERT ON host FOR EACH ROW EXECUTE FUNCTION held();"""
"""Hosts are there and nobody may ask them, so that the pass begins when everybody is ready."""
_FREE = """
    UPDATE watch SET due = now() WHERE due IS NOT NULL;
    UPDATE host SET due = now(), rests_until = '-infinity'"""
_LEFT = "SELECT count(*) FROM watch WHERE due IS NULL OR due <= now()"
_READY = "SELECT (SELECT count(*) FROM worker), (SELECT count(*) FROM watch)"


@dataclass(slots=True, kw_only=True)
class Round:
    """What one round of the workers came to."""

    cold: Cost
    warm: list[Cost] = field(default_factory=list)
    stored: int


class Trial:
    """A cluster that is up and idle."""

    def __init__(self, outlets: Online, server: postgres.Server, staff: Crew, url: str) -> None:
        self._outlets = outlets
        self._server = server
        self._crew = staff
        self._connection = psycopg.connect(url, autocommit=True, options=f"-c search_path={SCHEMA}")

    def hold(self) -> None:
        self._connection.execute(_HELD)

    def until(self, statement: str, answer: tuple[int, ...]) -> None:
        def is_so() -> bool:
            return self._connection.execute(statement.encode()).fetchone() == answer

        _until(self._crew, is_so, f"{statement}: not {answer}")

    def run_pass(self) -> Cost:
        time.sleep(2)  # whatever the one before left to be done
        known, cpu = len(self._outlets.requests()), self._cpu()
        self._connection.execute(_FREE)
        self.until(_LEFT, (0,))
        ended, cpu = time.time(), self._cpu() - cpu
        return Cost(cpu=cpu, wall=ended - _first_asked(self._outlets, known))

    def stored(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM entry").fetchall()[0][0])

    def close(self) -> None:
        self._connection.close()

    def _cpu(self) -> float:
        return sum(map(cpu_of_family, (*(one.pid for one in self._crew.workers), self._server.pid)))


@contextmanager
def trial(outlets: Online, workers: int) -> Iterator[Trial]:
    with TemporaryDirectory() as name, postgres.running(durable=True) as server:
        config, url = Path(name) / "config.toml", server.url()
        urls = map(outlets.url, range(outlets.plan.sources))
        where = postgres.as_in_a_config(url)
        config.write_text(config_text(urls, store=where, interval=INTERVAL, timeout=30, topics=()) + TOPIC, "utf-8")
        open_postgres(url, writable=True).close()  # its tables
        with crew(config, Path(name), term=TERM) as staff:
            made = Trial(outlets, server, staff, url)
            try:
                made.hold()
                for _ in range(workers):
                    staff.work()
                made.until(_READY, (workers, outlets.plan.sources))
                yield made
            finally:
                made.close()


def by_daemon(outlets: Online) -> Cost:
    """The cold pass of one process that does all of it: asks, judges, publishes, and answers readers."""
    with TemporaryDirectory() as name:
        config, urls = Path(name) / "config.toml", map(outlets.url, range(outlets.plan.sources))
        where = {"store": "tinydb:store", "listen": "127.0.0.1:0"}
        config.write_text(config_text(urls, **where, interval=INTERVAL, timeout=30, topics=()) + TOPIC, "utf-8")
        with crew(config, Path(name), term=TERM) as staff:
            known, daemon = len(outlets.requests()), staff.daemon()
            _until(staff, lambda: "serving at" in staff.told(daemon), "no serving")
            cpu = cpu_of_family(daemon.pid)
            _until(staff, lambda: f"first pass done: {outlets.plan.sources} of" in staff.told(daemon), "no whole pass")
            ended, cpu = time.time(), cpu_of_family(daemon.pid) - cpu
            return Cost(cpu=cpu, wall=ended - _first_asked(outlets, known))


def _until(staff: Crew, is_so: Callable[[], bool], otherwise: str) -> None:
    """Wait for it, and no longer than `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        staff.all_alive()
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def _first_asked(outlets: Online, known: int) -> float:
    """When the first request of a pass began, before which there were `known`; each source was asked once."""
    time.sleep(0.5)  # until all requests are written down
    requests = outlets.requests()[known:]
    assert len(requests) == outlets.plan.sources, f"{len(requests)} requests"
    return min(one.began for one in requests)


def by_workers(outlets: Online, workers: int) -> Round:
    with trial(outlets, workers) as made:
        cold = made.run_pass()
        return Round(cold=cold, warm=[made.run_pass() for _ in range(WARM_PASSES)], stored=made.stored())


def told(name: str, cold: Sequence[Cost], warm: Sequence[Cost]) -> dict[str, float]:
    """Print the best of all; returns it by what it is."""
    best = {
        "cold_cpu_s": min(one.cpu for one in cold),
        "cold_wall_s": min(one.wall for one in cold),
        "warm_cpu_s": min(one.cpu for one in warm),
        "warm_wall_s": min(one.wall for one in warm),
    }
    for what, seconds in best.items():
        print(f"{name}_{what}: {seconds:.2f}", flush=True)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--without-daemon", action="store_true", help="measure the workers alone")
    asked = parser.parse_args()
    plan = Plan(hosts=asked.sources, each=1, first=asked.entries, window=asked.entries, words=60, pauses=(0.0,))
    rounds, daemons, singles = [], [], []
    with TemporaryDirectory() as folder, online(plan, Path(folder)) as outlets:
        sources = [ServedSource(id=f"s{n}", url=outlets.url(n), language="en") for n in range(plan.sources)]
        for _ in range(asked.rounds):
            if not asked.without_daemon:
                daemons.append(by_daemon(outlets))
                singles.append(measured("topicwire", sources, lambda: (outlets.ended, 0)))
            rounds.append(by_workers(outlets, asked.workers))
    print(f"sources: {asked.sources}\nentries_each: {asked.entries}\nrounds: {asked.rounds}\nworkers: {asked.workers}")
    print(f"entries_stored: {rounds[0].stored}")
    workers = told("workers", [one.cold for one in rounds], [cost for one in rounds for cost in one.warm])
    if singles:
        daemon = told("daemon", daemons, [one.warm for one in singles])
        for what in ("cold_wall_s", "warm_wall_s"):
            print(f"{what.rpartition('_')[0]}_times_as_fast: {daemon[what] / workers[what]:.2f}")


if __name__ == "__main__":
    main()
