"""Leasing, bringing, settling and giving back 100,000 sources, without asking anybody.

    python benchmarks/leases.py [--sources 100000] [--watched 1000000]

Four in five sources are alone at their host, the others share it with 999; every one has a state. Workers are processes
that lease 100 hosts at a time with up to 50 sources each, bring an unchanged answer of each source (600 bytes) and give
the hosts back; one process judges, that is commits a state for each source, 500 at a time. A source is finished when it
is settled. A server is started for it, which writes to disk as a server by default does. Each source is found to be
brought once.

Then a lease among 1,000,000 watched sources of which few are due, as PostgreSQL explains it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from feeds.model import Day, SourceState, Validators
from storage.port import Change
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.leases import PostgresLeases
from storage.postgres_store import open_postgres
from storage.work import Brought, Watched
from tests.fakes import postgres

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERM = timedelta(minutes=1)
HOSTS, SOURCES = 100, 50
JUDGED = 500
SHARED = 1000
"""Sources of a host that has many."""
DOCUMENT = bytes(range(200)) * 3


def watched(count: int, due: datetime) -> list[Watched]:
    alone = count * 4 // 5
    return [
        Watched(source=f"source-{n}", host=f"h{n}.example" if n < alone else f"shared{n // SHARED}.example", due=due)
        for n in range(count)
    ]


def state(source: str) -> SourceState:
    """As one is after some days, with the marks of 30 entries."""
    return SourceState(
        source=source,
        url=f"https://{source}.example/feed.xml",
        validators=Validators(etag=f'W/"{source}"', last_modified="Mon, 02 Mar 2026 11:00:00 GMT"),
        body_hash="5f" * 32,
        seen=tuple(f"{n:016x}" for n in range(30)),
        title="Harbour Post",
        home="https://harbour.example/",
        width=30,
        last_fetch=NOON - HOUR,
        last_ok=NOON - HOUR,
        next_fetch=NOON,
        last_status=304,
        days=tuple(Day(day=NOON.toordinal() - n, asked=40, unchanged=30) for n in range(7, 0, -1)),
    )


def set_up(url: str, count: int) -> None:
    with open_postgres(url, writable=True) as store:
        sources = watched(count, NOON)
        for first in range(0, count, 5000):
            store.commit(Change(states=tuple(state(one.source) for one in sources[first : first + 5000])))
        deliveries = PostgresDeliveries(url, store)
        deliveries.follow(sources)
        deliveries.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def work(
    url: str, name: str, start: multiprocessing.Barrier, ended: multiprocessing.Event, cost: multiprocessing.Array
):
    leases = PostgresLeases(url, worker=name)
    leases.due(NOON)
    start.wait()
    began = time.process_time()
    brought = 0
    while not ended.is_set():
        ours = leases.lease(now=NOON, hosts=HOSTS, sources=SOURCES, term=TERM)
        if not ours:
            ended.wait(0.01)
            continue
        found = [Brought(source=due.source, fence=one.fence, document=DOCUMENT) for one in ours for due in one.due]
        assert all(due.state is not None for one in ours for due in one.due)
        assert len(leases.bring(found)) == len(found)
        leases.release([one.fence for one in ours], rest=timedelta())
        brought += len(found)
    leases.close()
    cost.get_obj()[0] += time.process_time() - began
    cost.get_obj()[1] += brought


def judge(url: str, count: int) -> float:
    """Seconds of processor time."""
    began, settled = time.process_time(), 0
    with open_postgres(url, writable=True) as store:
        deliveries = PostgresDeliveries(url, store)
        known = {one.source: one for one in store.states().values()}
        began = time.process_time()
        while settled < count:
            waiting = deliveries.waiting(JUDGED)
            if not waiting:
                time.sleep(0.005)
                continue
            now = NOON + HOUR
            store.commit(Change(states=tuple(replace(known[one.source], next_fetch=now) for one in waiting)))
            settled += len(waiting)
        deliveries.close()
    return time.process_time() - began


def finished(url: str, count: int, workers: int) -> tuple[float, float, float]:
    """Seconds until all are settled; processor seconds of the workers and of the judge."""
    context = multiprocessing.get_context("spawn")
    start, ended, cost = context.Barrier(workers + 1), context.Event(), context.Array("d", 2)
    processes = [context.Process(target=work, args=(url, f"w{n}", start, ended, cost)) for n in range(workers)]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    judging = judge(url, count)
    took = time.perf_counter() - began
    ended.set()
    for process in processes:
        process.join()
    working, brought = cost.get_obj()
    assert [process.exitcode for process in processes] == [0] * workers
    assert brought == count, "each source is brought once"
    with psycopg.connect(url) as connection:
        [left] = connection.execute("SELECT count(*) FROM topicwire.delivery").fetchall()
        [late] = connection.execute("SELECT count(*) FROM topicwire.host WHERE due IS DISTINCT FROM %s", [NOON + HOUR])
    assert (left, late) == ((0,), (0,)), "all is settled, and every host is due when its sources are"
    return took, working, judging


def of_server(server: postgres.Server) -> float:
    """Processor seconds of all server processes that have ended."""
    pid = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / 100


def explained(url: str, count: int) -> None:
    """What a lease of few among many costs."""
    with open_postgres(url, writable=True) as store:
        deliveries = PostgresDeliveries(url, store)
        sources, due = watched(count, NOON + HOUR), watched(count, NOON)[:: count // 1000]
        store.commit(Change(states=tuple(state(one.source) for one in due)))
        began = time.perf_counter()
        deliveries.follow(sources)
        print(f"follow_{count}_s: {time.perf_counter() - began:.1f}")
        began = time.perf_counter()
        deliveries.follow(sources)
        print(f"follow_{count}_again_s: {time.perf_counter() - began:.1f}")
        deliveries.follow([*sources, *due])
        deliveries.close()
    with psycopg.connect(url, autocommit=True, options="-c search_path=topicwire") as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("LOAD 'auto_explain'")
        for name in ("log_min_duration = 0", "log_nested_statements = on", "log_analyze = on"):
            connection.execute(f"SET auto_explain.{name}")
        connection.execute("SET client_min_messages = log")
        plans: list[str] = []
        connection.add_notice_handler(lambda notice: plans.append(notice.message_primary or ""))
        for _ in range(3):
            plans.clear()
            began = time.perf_counter()
            connection.execute("SELECT count(*) FROM lease(%s, 100, 50, '1 minute', 'w')", [NOON])
            took = time.perf_counter() - began
        print(f"lease_of_{count}_ms: {took * 1000:.1f}")
        print(f"lease_scans_tables: {any('Seq Scan' in plan for plan in plans)}")
        began = time.perf_counter()
        connection.execute("SELECT count(*) FROM lease(%s, 100, 50, '1 minute', 'w')", [NOON - HOUR])
        print(f"lease_of_nothing_ms: {(time.perf_counter() - began) * 1000:.1f}")
        if "-v" in sys.argv:
            print("\n\n".join(plans))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--watched", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("-v", action="store_true", help="show the plans of a lease")
    options = parser.parse_args()
    with postgres.running(durable=True) as server:
        for workers in (1, 4):
            runs: list[Sequence[float]] = []
            for _ in range(options.runs):
                with postgres.database(server.url()) as url:
                    set_up(url, options.sources)
                    before = of_server(server)
                    timed = finished(url, options.sources, workers)
                    runs.append((*timed, of_server(server) - before))
            best = [min(column) for column in zip(*runs, strict=True)]
            print(f"workers_{workers}_sources_per_s: {options.sources / best[0]:.0f}")
            for name, seconds in zip(("worker", "judge", "server"), best[1:], strict=True):
                print(f"workers_{workers}_{name}_cpu_us_a_source: {seconds / options.sources * 1e6:.0f}")
        with postgres.database(server.url()) as url:
            explained(url, options.watched)


if __name__ == "__main__":
    main()
