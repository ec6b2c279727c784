"""What one of everything costs when workers share a database: a fetch, an entry, a connection, an answer.

    python benchmarks/unit_costs.py [--sources 500] [--entries 20]

A worker's fetching and a judge's judging, each by itself and one after the other in this process, over loopback sources
and a PostgreSQL that writes to disk: first all sources with all their entries, then each with one entry more, then with
nothing new; without topics, as publishing costs by topics and not by sources. CPU is that of this process and its
reading children, and that of the database apart. Then two workers and a server as processes, with topics: their
connections, and what answers cost. docs/cluster.md has what follows for a million sources.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg

from aggregator.cluster.judging import judge
from aggregator.cluster.watching import watched
from aggregator.cluster.worker import Parts
from aggregator.config import Config, load
from aggregator.worker_app import open_worker
from aggregator.world import real_world
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.session import SCHEMA
from storage.postgres_store import open_postgres
from tests.fakes import postgres
from tests.fakes.cluster.configs import TOPICS, config_text, paths
from tests.fakes.cluster.crew import Crew, answers, crew
from tests.fakes.cluster.online import Online, online
from tests.fakes.cluster.outlets import Plan
from tests.fakes.cluster.pollers import fetch
from tests.fakes.processes import children_of, cpu_of_family, resident

INTERVAL = 3600
ASKED = 400
"""Requests for each figure of a server."""
_DUE = "UPDATE watch SET due = now(); UPDATE host SET due = now(), rests_until = '-infinity'"
_SIZES = """
    SELECT sum(pg_total_relation_size(pg_class.oid))::bigint FROM pg_class
    WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'm') AND relname ~ %s"""
_TABLES = {
    "body": "^body",
    "clues": "^entry$",
    "placement": "^placement$",
    "source": "^(watch|host|fact)$",
}
"""What is counted of each, by the names of its tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """By one stretch of work."""

    ours: float
    """Seconds of CPU, of the process and its children."""
    database: float
    log: int
    """Bytes that the database wrote ahead (WAL)."""


class Bench:
    """A database with sources that are watched, and the parts of a worker."""

    def __init__(self, config: Config, outlets: Online, server: postgres.Server) -> None:
        self.config = config
        self.outlets = outlets
        self.server = server
        self.url = server.url()

    def ask(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True, options=f"-c search_path={SCHEMA}") as connection:
            cursor = connection.execute(statement.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, statement: str, *parameters: object) -> int:
        return int(str(self.ask(statement, *parameters)[0][0] or 0))

    def follow(self) -> None:
        with open_postgres(self.url, writable=True) as store:
            deliveries = PostgresDeliveries(self.url, store)
            deliveries.follow(tuple(watched(self.config.sources, {}, real_world().clock())))
            deliveries.close()

    def spent(self, work: Callable[[], None]) -> Spent:
        ours, database, log = self._ours(), cpu_of_family(self.server.pid), self._log()
        work()
        return Spent(
            ours=self._ours() - ours,
            database=cpu_of_family(self.server.pid) - database,
            log=self._log() - log,
        )

    def sizes(self) -> dict[str, int]:
        return {name: self.count(_SIZES, SCHEMA, pattern) for name, pattern in _TABLES.items()}

    def _log(self) -> int:
        return self.count("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")

    def _ours(self) -> float:
        return time.process_time() + sum(cpu_of_family(one) for one in children_of() if one != self.outlets.pid)


def ask_all(runner: asyncio.Runner, parts: Parts) -> None:
    """Whatever is due, brought."""

    async def work() -> None:
        while await parts.fetching.batch():
            pass

    runner.run(work())


def judge_all(runner: asyncio.Runner, parts: Parts, bench: Bench) -> None:
    """Whatever was brought, judged."""

    async def work() -> None:
        stop, woken = asyncio.Event(), asyncio.Event()
        woken.set()
        judging = asyncio.create_task(judge(parts.opened, stop=stop, woken=woken, observe=lambda _: None))
        while bench.count("SELECT count(*) FROM delivery"):
            await asyncio.sleep(0.3)
        stop.set()
        await judging

    runner.run(work())


@contextmanager
def made(outlets: Online, folder: Path) -> Iterator[tuple[Bench, Crew]]:
    with postgres.running(durable=True) as server:
        where = postgres.as_in_a_config(server.url())
        urls = [outlets.url(source) for source in range(outlets.plan.sources)]
        silent, full = folder / "silent.toml", folder / "config.toml"
        for file, topics in ((silent, ()), (full, TOPICS)):
            file.write_text(config_text(urls, store=where, interval=INTERVAL, timeout=30, topics=topics), "utf-8")
        open_postgres(server.url(), writable=True).close()  # its tables
        with crew(full, folder, term=60) as staff:
            yield Bench(load(silent, environ={}), outlets, server), staff


def of_work(bench: Bench) -> Iterator[tuple[str, float]]:
    """Fetching and judging."""
    plan, sources = bench.outlets.plan, bench.outlets.plan.sources
    world, before = real_world(), bench.sizes()
    bench.follow()
    with (
        asyncio.Runner() as runner,
        open_worker(
            bench.config, world=world, observe=lambda _: None, read=lambda file: load(file, environ={})
        ) as made,
    ):
        parts = replace(made, fetching=replace(made.fetching, hosts=128))
        held = resident()
        for name, entries in (("first", plan.first), ("one_new", 1), ("unchanged", 0)):
            if name == "one_new":
                bench.outlets.step()
            opening = bench.spent(lambda: judge_all(runner, parts, bench))  # with nothing to judge
            if name != "first":
                bench.ask(_DUE)  # whoever judges has put it right when it began
            asking = bench.spent(lambda: ask_all(runner, parts))
            judging = bench.spent(lambda: judge_all(runner, parts, bench))
            per = sources * max(entries, 1)
            yield f"fetch_{name}_ms", asking.ours / sources * 1000
            yield f"fetch_{name}_database_ms", asking.database / sources * 1000
            yield f"judge_{name}_ms", (judging.ours - opening.ours) / per * 1000
            yield f"judge_{name}_database_ms", (judging.database - opening.database) / per * 1000
            yield f"log_{name}_bytes", (asking.log + judging.log - opening.log) / per
        stored = bench.count("SELECT count(*) FROM entry")
        yield "judge_holds_bytes_an_entry", (resident() - held) / stored
    bench.ask("VACUUM ANALYZE")
    after = bench.sizes()
    yield "entries", stored
    for name, size in after.items():
        yield f"{name}_bytes", (size - before[name]) / (sources if name == "source" else stored)


def of_processes(bench: Bench, staff: Crew) -> Iterator[tuple[str, float]]:
    """Connections of two workers and a server, and the server's answers."""
    port = staff.serve()
    for _ in range(2):
        staff.work()
    while bench.count("SELECT count(*) FROM worker") < 2 or not answers(port, paths()[0]):
        staff.all_alive()
        time.sleep(0.3)
    time.sleep(2)
    pattern = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s"
    judging = bench.count("SELECT substring(name from ':([0-9]+)$')::integer FROM worker ORDER BY judges DESC LIMIT 1")
    for worker in staff.workers:
        name = "judge" if worker.pid == judging else "worker"
        yield f"{name}_connections", bench.count(pattern, f"%:{worker.pid}%")
        yield f"{name}_memory_mb", (resident(worker.pid) + sum(map(resident, children_of(worker.pid)))) / 1e6
    server = staff.others[0].pid
    yield "server_connections", bench.count(pattern, f"%:{server}%")
    yield "server_memory_mb", (resident(server) + sum(map(resident, children_of(server)))) / 1e6
    path = paths()[0]
    _, tag, body = fetch(port, path)
    for name, known in (("unchanged", tag), ("whole", "")):
        cpu = cpu_of_family(server)
        for _ in range(ASKED):
            fetch(port, path, tag=known)
        yield f"answer_{name}_ms", (cpu_of_family(server) - cpu) / ASKED * 1000
    yield "answer_bytes", len(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--entries", type=int, default=20)
    asked = parser.parse_args()
    plan = Plan(hosts=asked.sources, each=1, first=asked.entries, window=asked.entries, words=60, pauses=(0.0,))
    with TemporaryDirectory() as name, online(plan, Path(name)) as outlets, made(outlets, Path(name)) as (bench, staff):
        print(f"sources: {asked.sources}\nentries_each: {asked.entries}")
        with suppress(KeyboardInterrupt):
            for figures in (of_work(bench), of_processes(bench, staff)):
                for what, figure in figures:
                    print(f"{what}: {figure:.2f}", flush=True)


if __name__ == "__main__":
    main()
