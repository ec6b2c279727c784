"""Workers as the processes that they are: they share the work on one database, and survive each other and its loss."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from aggregator.cluster.worker import BRIEF
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres_store import open_postgres
from storage.work import Watched
from tests.fakes import postgres
from tests.fakes.press import Press, printing

CONFIG = """
[fetch]
timeout = "10s"
proxy = "http://127.0.0.1:{proxy}"
[store]
url = "{url}"
[publish]
folder = "{folder}"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""
SOURCE = """[[source]]
id = "paper{number}"
url = "http://paper{number}.example/rss"
"""

IN_TIME = 19
"""Seconds: ten, as service managers have it, and nearly as many more for a busy machine. Whoever waits for a silent
database takes more than twenty.
"""

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(1500)]


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as started:
        yield started


class Worker:
    """A process, and the lines that it wrote."""

    def __init__(self, config: Path, log: Path) -> None:
        self._log = log
        with log.open("wb") as written:
            command = [sys.executable, "-m", "aggregator", "worker", "--config", str(config), "--log", "text"]
            self.process = subprocess.Popen(command, stdout=written, stderr=written)

    @property
    def lines(self) -> list[str]:
        """Without their time and level."""
        return [line[29:] for line in self._log.read_text("utf-8").splitlines()]

    def says(self, text: str) -> int:
        return sum(text in line for line in self.lines)

    def stops(self) -> float:
        """Seconds that a SIGTERM takes."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.lines
        return time.monotonic() - began


class Newsroom:
    """Workers of one config, and what the database knows of their work."""

    def __init__(self, folder: Path, server: postgres.Server, press: Press, *, sources: int) -> None:
        self.url = server.url()
        self._folder = folder
        url = postgres.as_in_a_config(server.url(), password="hush-hush")
        written = CONFIG.format(url=url, proxy=press.port, folder=folder / "site")
        written += "".join(SOURCE.format(number=number) for number in range(sources))
        (folder / "config.toml").write_text(written, "utf-8")
        self.workers: list[Worker] = []

    def worker(self) -> Worker:
        self.workers.append(Worker(self._folder / "config.toml", self._folder / f"worker{len(self.workers)}.log"))
        return self.workers[-1]

    def joined(self, number: int) -> None:
        """Start so many workers, and wait until they work."""
        for worker in [self.worker() for _ in range(number)]:
            comes(lambda worker=worker: worker.says("works with the others") == 1, self)

    def say(self, text: str) -> int:
        return sum(worker.says(text) for worker in self.workers)

    def told(self, statement: str) -> list:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            connection.execute("SET search_path TO topicwire")
            return connection.execute(statement.encode()).fetchall()

    def count(self, table: str) -> int:
        try:
            [(number,)] = self.told(f"SELECT count(*) FROM {table}")
        except psycopg.Error:  # not made yet, or away
            return -1
        return number

    def close(self) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.process.kill()
            worker.process.wait()


@contextmanager
def newsroom(
    folder: Path, server: postgres.Server, *, sources: int, slowness: float = 0
) -> Iterator[tuple[Newsroom, Press]]:
    with ExitStack() as opened:
        press = opened.enter_context(printing(Press(slowness=slowness)))
        room = Newsroom(folder, server, press, sources=sources)
        opened.callback(room.close)
        yield room, press


def comes(true: Callable[[], bool], room: Newsroom, *, within: float = 400) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "\n\n".join("\n".join(worker.lines[-20:]) for worker in room.workers)
        time.sleep(0.1)


def judges(room: Newsroom) -> list[Worker]:
    return [
        worker
        for worker in room.workers
        if worker.process.poll() is None and worker.says("judging what workers bring") > worker.says("judging no more")
    ]


def test_two_workers_share_two_hundred_sources_and_leave_nothing_behind(tmp_path, server):
    with newsroom(tmp_path, server, sources=200) as (room, press):
        room.worker(), room.worker()
        comes(lambda: len(press.asked) == 200, room)
        comes(lambda: room.count("entry") == 200 and room.count("delivery") == 0, room)
        comes(lambda: len(judges(room)) == 1, room)
        comes(lambda: room.say("published peace") > 0, room)
        comes(lambda: room.say(": 1 new") >= 200, room)
        # Requests that a database under load lets break off are made again; what they find is brought once.
        assert [room.say(f"paper{number}: 1 new") for number in range(200)] == [1] * 200
        assert sum(press.beside.values()) == 0
        assert room.told("SELECT count(*) FROM watch WHERE due > now()") == [(200,)]
        assert max(worker.stops() for worker in room.workers) < IN_TIME
        assert room.count("worker") == 0
        assert room.told("SELECT count(*) FROM host WHERE leased_until > now()") == [(0,)]
        connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'topicwire%'"
        comes(lambda: room.told(connected) == [(0,)], room)  # the server may notice a moment later
        assert room.told("SELECT count(*) FROM topicwire_jobs.procrastinate_workers") == [(0,)]
        assert (tmp_path / "site" / "feeds" / "peace.atom").is_file()
    for worker in room.workers:
        assert worker.says("works with the others from now on") == 1
        assert worker.says("works no more; what it had is given back") == 1
        assert worker.says("Traceback") == worker.says("hush-hush") == worker.says("rocrastinate") == 0


def test_one_that_is_killed_in_the_middle_loses_nothing_and_another_one_judges(tmp_path, server):
    with newsroom(tmp_path, server, sources=150, slowness=0.5) as (room, press):
        first = room.worker()
        comes(lambda: judges(room) == [first], room)
        second = room.worker()
        comes(lambda: len(press.asked) >= 30, room)
        first.process.kill()
        first.process.wait()
        # Nobody waits for the three minutes after which one that lives counts as silent.
        comes(lambda: judges(room) == [second], room)
        # What was leased is leased for the rest of its minute, and jobs that nobody does are found after some seconds.
        comes(lambda: room.count("entry") == 150 and room.count("delivery") == 0, room)
        assert sum(press.beside.values()) == 0
        assert second.stops() < IN_TIME
        assert second.says("Traceback") == 0


def test_a_database_that_is_stopped_hard_is_waited_for_and_work_goes_on_by_itself(tmp_path, server):
    with newsroom(tmp_path, server, sources=120, slowness=0.3) as (room, press):
        room.joined(2)
        comes(lambda: len(press.asked) >= 20, room)
        server.stop("immediate")
        time.sleep(15)
        server.start()
        comes(lambda: all(worker.says("the database is back") for worker in room.workers), room)
        comes(lambda: room.count("entry") == 120 and room.count("delivery") == 0, room)
        comes(lambda: len(judges(room)) == 1, room)
        assert max(worker.stops() for worker in room.workers) < IN_TIME
    for worker in room.workers:
        assert worker.says("waiting for the database") == worker.says("the database is back") == 1
        assert worker.says("Traceback") == worker.says("hush-hush") == 0
        assert worker.says("fetching pauses") == worker.says("commands cannot reach") == 0, (
            "said in other words already"
        )


@pytest.mark.parametrize("how", ["away", "frozen"])
def test_a_worker_ends_in_time_without_its_database(tmp_path, server, how):
    with newsroom(tmp_path, server, sources=10) as (room, _):
        worker = room.worker()
        comes(lambda: room.count("entry") == 10, room)
        if how == "away":
            server.stop("immediate")
        else:
            server.freeze()
        try:
            time.sleep(3)
            assert worker.stops() < IN_TIME
        finally:
            if how == "frozen":
                server.thaw()
        assert worker.says("Traceback") == 0


def test_a_worker_that_comes_before_its_database_waits_for_it(tmp_path, server):
    server.stop("immediate")
    with newsroom(tmp_path, server, sources=10) as (room, _):
        worker = room.worker()
        comes(lambda: worker.says("waiting for the database") == 1, room)
        time.sleep(3)
        server.start()
        comes(lambda: room.count("entry") == 10, room)
        assert worker.stops() < IN_TIME
        assert worker.says("waiting for the database") == worker.says("the database is back") == 1


def test_workers_ask_nobody_beside_a_daemon(tmp_path, server):
    with newsroom(tmp_path, server, sources=3) as (room, press):
        with (
            open_postgres(room.url, writable=True) as store,
            closing(PostgresDeliveries(room.url, store)) as deliveries,
        ):
            time.sleep(BRIEF.total_seconds())
            due = datetime.now(UTC) - timedelta(hours=1)
            deliveries.follow(Watched(source=f"paper{n}", host=f"paper{n}.example", due=due) for n in range(3))
            worker = room.worker()
            comes(lambda: worker.says("workers fetch nothing while topicwire") == 1, room)
            time.sleep(3)
            assert press.asked == {}
        comes(lambda: room.count("entry") == 3, room)
        assert worker.says("workers fetch nothing while topicwire") == 1
