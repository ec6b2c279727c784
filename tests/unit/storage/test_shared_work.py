"""Workers in processes of their own beside one that judges, on one database, all as fast as they can."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from feeds.errors import StoreError
from feeds.model import SourceState
from storage.port import Change
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.leases import PostgresLeases
from storage.postgres_store import open_postgres
from storage.work import Brought, Watched
from tests.fakes import leasing, postgres
from tests.fakes.stored_values import NOON, entry_of

TERM = 0.15
HOSTS = {f"source-{n}": f"h{n % 9}.example" for n in range(40)} | {f"alone-{n}": f"a{n}.example" for n in range(10)}
WATCHED = [Watched(source=source, host=host, due=NOON) for source, host in HOSTS.items()]


class Lives:
    """Some workers, what they noted, and what was judged meanwhile: (source, fence), in order."""

    def __init__(self, url: str, folder: Path, *, seconds: float, rough: bool = False) -> None:
        self.chance = random.Random(7)
        self.judged: list[tuple[str, int]] = []
        self.last: dict[str, int] = {}
        self.forgotten: set[tuple[str, int]] = set()
        """What was brought last of sources that left then: with them it is forgotten that it was taken once."""
        self.rough = rough
        with open_postgres(url, writable=True) as self.store:
            self.deliveries = PostgresDeliveries(url, self.store)
            self.deliveries.follow(WATCHED)
            files = [folder / f"worker-{n}" for n in range(4)]
            workers = [self.start(url, file, seed) for seed, file in enumerate(files)]
            try:
                self.go_on(workers, seconds)
            finally:
                for worker in workers:
                    worker.stdin.close()
            while any(worker.poll() is None for worker in workers):
                self.judge()
            self.judge(most=1000)
        self.deliveries.close()
        self.exits = [worker.returncode for worker in workers]
        self.notes = [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def start(self, url: str, file: Path, seed: int) -> subprocess.Popen:
        with file.open("wb") as notes:
            command = [sys.executable, leasing.__file__, url, file.name, str(seed), str(TERM)]
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=notes)

    def go_on(self, workers: list[subprocess.Popen], seconds: float) -> None:
        """For so long; on a busy machine for longer, until every source has come."""
        began = time.monotonic()
        while (lasted := time.monotonic() - began) < seconds or (self.missing() and lasted < seconds + 60):
            if self.rough:
                self.disturb(workers)
            self.judge()

    def missing(self) -> set[str]:
        return HOSTS.keys() - self.last.keys()

    def judge(self, most: int = 20) -> None:
        waiting = self.deliveries.waiting(most)
        judged = [(one.source, int(one.document)) for one in waiting]
        self.judged += judged
        self.last.update(judged)
        if waiting and self.chance.randrange(6) == 0:
            for one in waiting:
                self.deliveries.give_up(one.number, due=NOON)
        elif waiting:
            states = tuple(SourceState(source=one.source, url="u", next_fetch=NOON) for one in waiting)
            self.store.commit(Change(states=states, entries=(entry_of("a"),)))
        else:
            time.sleep(0.002)
        if self.chance.randrange(10) == 0:
            stay = self.chance.sample(WATCHED, len(WATCHED) - 5)
            left = self.last.keys() - {one.source for one in stay}
            self.forgotten |= {(source, self.last[source]) for source in left}
            self.deliveries.follow(stay)
            self.deliveries.hold("h1.example", NOON)
            self.deliveries.follow(WATCHED)

    def disturb(self, workers: list[subprocess.Popen]) -> None:
        """One is stopped beyond its term."""
        if self.chance.randrange(30) == 0:
            worker = self.chance.choice(workers)
            worker.send_signal(signal.SIGSTOP)
            end = time.time() + 2 * TERM
            while time.time() < end:
                self.judge()
            worker.send_signal(signal.SIGCONT)

    def holding(self) -> dict[str, list[tuple[float, float, int]]]:
        """By host: when it was surely leased, and the fence."""
        renewed, released = defaultdict(float), defaultdict(lambda: float("inf"))
        for what, fence, before, *_ in self.notes:
            if what == "renewed":
                renewed[fence] = before + TERM
            elif what == "released":
                released[fence] = before
        spans = defaultdict(list)
        for what, host, *more in self.notes:
            if what == "leased":
                fence, before, known = more
                end = min(max(before + TERM, renewed[fence]), released[fence])
                if known < end:
                    spans[host].append((known, end, fence))
        return spans


def assert_nothing_went_wrong(lives: Lives, url: str) -> None:
    assert lives.exits == [0, 0, 0, 0], "nobody waited in a circle"
    for spans in lives.holding().values():
        for (_, end, _), (begin, _, _) in pairwise(sorted(spans)):
            assert end <= begin, "a host is leased once at a time"
    fences = [note[2] for note in lives.notes if note[0] == "leased"]
    assert len(set(fences)) == len(fences), "no fence is given twice"
    by_host = defaultdict(list)
    for source, fence in lives.judged:
        by_host[HOSTS[source]].append(fence)
    assert all(given == sorted(given) for given in by_host.values()), "nothing is taken under a fence that is stale"
    twice = {one for one, times in Counter(lives.judged).items() if times > 1}
    assert twice <= lives.forgotten, "what was brought is judged once, if its source did not leave and come meanwhile"
    taken = {(source, fence) for what, source, fence, *more in lives.notes if what == "brought" and more == [True]}
    assert taken == set(lives.judged), "what was taken is judged, and what was not is not"
    assert {source for source, _ in lives.judged} == HOSTS.keys(), "every due source comes"
    time.sleep(2 * TERM)
    with open_postgres(url, writable=False):
        leases = PostgresLeases(url, worker="last")
        assert leases.due(NOON) == len(HOSTS), "no source is forgotten"
        last = leases.lease(now=NOON, hosts=99, sources=99, term=timedelta(seconds=1))
        assert {due.source for lease in last for due in lease.due} == HOSTS.keys()
        leases.close()


def test_workers_at_once_never_share_a_host_nor_lose_a_source(postgres_url, tmp_path):
    lives = Lives(postgres_url, tmp_path, seconds=2)
    assert_nothing_went_wrong(lives, postgres_url)


@pytest.mark.heavy
def test_workers_that_are_stopped_beyond_their_term_change_nothing_late(postgres_url, tmp_path):
    lives = Lives(postgres_url, tmp_path, seconds=40, rough=True)
    late = [note for note in lives.notes if note[0] == "brought" and not note[3]]
    assert late, "some were late"
    assert_nothing_went_wrong(lives, postgres_url)


def test_a_worker_goes_on_with_a_new_connection_where_the_old_one_is_lost(postgres_url):
    leases = PostgresLeases(postgres_url, worker="a")
    with open_postgres(postgres_url, writable=True) as store, contextlib.closing(leases):
        deliveries = PostgresDeliveries(postgres_url, store)
        deliveries.follow(WATCHED[:1])
        [ours] = leases.lease(now=NOON, hosts=1, sources=1, term=timedelta(minutes=1))
        end_all_sessions(postgres_url)
        assert leases.bring([Brought(source="source-0", fence=ours.fence, document=b"found")]) == {"source-0"}
        assert [one.document for one in deliveries.waiting(5)] == [b"found"]
        deliveries.close()


@pytest.mark.heavy  # makes a server
def test_a_database_that_is_away_is_told_of_at_each_call_until_it_is_there():
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as server:
        leases = PostgresLeases(server.url(), worker="a")
        open_postgres(server.url(), writable=True).close()
        assert leases.due(NOON) == 0
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreError, match="PostgreSQL cannot be reached"):
                leases.due(NOON)
        server.start()
        assert leases.due(NOON) == 0
        leases.close()


def end_all_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
