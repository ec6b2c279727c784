"""Who works: a judge that is hung is displaced and can write nothing any more; whoever lives, or never beats, stays."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from feeds.errors import StoreFailed, StoreLocked
from storage.opening import judge_of
from storage.port import Change
from storage.postgres.crew import Crew, at_work
from storage.postgres.session import Session, process_name
from storage.postgres.writer import HOLDERS
from storage.postgres_store import open_postgres
from tests.fakes.stored_values import entry_of

ROOT = Path(__file__).parents[3]
NOW, LONG = timedelta(), timedelta(hours=1)
CHILD = """
import sys, threading, time
from storage.port import Change
from storage.postgres.crew import Crew
from storage.postgres.session import process_name
from storage.postgres_store import open_postgres
from tests.fakes.stored_values import entry_of

url, beats = sys.argv[1], sys.argv[2] == "beats"

def say(word):
    sys.stdout.write(word + "\\n")  # at once: print writes the end of a line apart, and two threads say something
    sys.stdout.flush()

def beat():
    crew = Crew(url)
    while True:
        crew.beat(process_name(), judges=True)
        say("beaten")
        time.sleep(0.1)

if beats:
    threading.Thread(target=beat, daemon=True).start()
with open_postgres(url, writable=True) as store:
    say("open")
    for line in sys.stdin:
        try:
            store.commit(Change(entries=(entry_of(line.strip()),)))
            say("committed")
        except Exception as error:
            say(type(error).__name__)
"""


class Child:
    """Another process that writes to the store, and gives signs of life or none."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.name = process_name().replace(str(os.getpid()), str(process.pid))

    def says(self, word: str) -> None:
        """Wait until it does, whatever signs of life it gives before."""
        while (line := self.process.stdout.readline().strip()) != word:
            assert line == "beaten"

    def commit(self, entry: str) -> None:
        self.process.stdin.write(f"{entry}\n")
        self.process.stdin.flush()


@contextlib.contextmanager
def child(url: str, how: str) -> Iterator[Child]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, how], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Child(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def crew(postgres_url) -> Iterator[Crew]:
    open_postgres(postgres_url, writable=True).close()
    with closing(Crew(postgres_url)) as found:
        yield found


def test_signs_of_life_are_told_until_they_are_forgotten(crew):
    crew.beat("one:1", judges=False, figures=b"1")
    crew.beat("two:2", judges=False, figures=b"2")
    crew.beat("one:1", judges=False, figures=b"3")
    assert [(one.name, one.judges, one.figures) for one in crew.workers()] == [
        ("one:1", False, b"3"),
        ("two:2", False, b"2"),
    ]
    assert all(NOW <= one.silent < LONG for one in crew.workers())
    crew.forget(LONG)
    crew.leave("two:2")
    assert [one.name for one in crew.workers()] == ["one:1"]
    crew.forget(NOW)
    assert crew.workers() == ()


def test_only_who_holds_the_lock_judges_whatever_the_dead_said_last(postgres_url, crew):
    crew.beat("dead:1", judges=True)
    with open_postgres(postgres_url, writable=True):
        crew.beat(process_name(), judges=True)
        assert {one.name for one in crew.workers() if one.judges} == {process_name()}
        assert judge_of(postgres_url) == process_name()
    assert judge_of(postgres_url) == ""


def test_the_lock_is_free_when_a_store_is_closed_however_late_the_servers_process_ends(postgres_url):
    with (
        open_postgres(postgres_url, writable=True) as store,
        psycopg.connect(postgres_url, autocommit=True) as aside,
    ):
        [(process, _)] = aside.execute(HOLDERS)
        try:
            os.kill(process, signal.SIGSTOP)
        except PermissionError:
            pytest.skip("the server's processes are somebody else's")
        going_on = threading.Timer(0.2, os.kill, [process, signal.SIGCONT])
        going_on.start()
        store.close()
        assert aside.execute(HOLDERS).fetchall() == []
        going_on.join()


def test_who_is_connected_is_at_work(postgres_url, crew):
    crew.beat("dead:1", judges=True)
    crew.beat(process_name(), judges=False)
    with closing(Session(postgres_url)) as session:
        assert list(at_work(session)) == [process_name()]


def test_nobody_is_at_work_where_no_worker_ever_was(postgres_url):
    with closing(Session(postgres_url)) as session:
        assert list(at_work(session)) == []


@pytest.mark.heavy
def test_a_judge_that_hangs_is_displaced_and_no_fact_of_it_appears(postgres_url, crew):
    with child(postgres_url, "beats") as judge:
        judge.says("open")
        judge.says("beaten")
        os.kill(judge.process.pid, signal.SIGSTOP)
        judge.commit("late")
        assert crew.displace(LONG) == "", "a moment is no silence"
        time.sleep(0.3)
        assert crew.displace(timedelta(seconds=0.2)) == judge.name
        with open_postgres(postgres_url, writable=True) as store:
            os.kill(judge.process.pid, signal.SIGCONT)
            judge.says("StoreFailed")
            assert list(store.entries()) == []
            store.commit(Change(entries=(entry_of("in time"),)))
            assert [entry.id for entry in store.entries()] == ["in time"]


@pytest.mark.heavy
def test_a_judge_that_is_busy_is_not_displaced(postgres_url, crew):
    with child(postgres_url, "beats") as judge:
        judge.says("open")
        for _ in range(3):
            with psycopg.connect(postgres_url) as connection:
                connection.execute("UPDATE topicwire.worker SET beaten = beaten - interval '1 hour'")
            while crew.workers()[0].silent > timedelta(minutes=10):
                judge.says("beaten")
            assert crew.displace(timedelta(minutes=10)) == ""
        judge.commit("kept")
        judge.says("committed")


@pytest.mark.heavy
def test_a_daemon_that_gives_no_sign_of_life_is_not_displaced(postgres_url, crew):
    with child(postgres_url, "silent") as daemon:
        daemon.says("open")
        assert crew.displace(NOW) == ""
        crew.beat(daemon.name, judges=True)  # by a worker that had its name before, and is dead
        with psycopg.connect(postgres_url) as connection:
            connection.execute("UPDATE topicwire.worker SET beaten = beaten - interval '1 hour'")
        assert crew.displace(timedelta(minutes=1)) == ""
        with pytest.raises(StoreLocked, match=daemon.name):
            open_postgres(postgres_url, writable=True)
        daemon.commit("kept")
        daemon.says("committed")


def test_who_writes_without_signs_of_life_is_an_outsider_unless_it_has_just_come(postgres_url, crew):
    assert crew.outsider(NOW) == ""
    with open_postgres(postgres_url, writable=True):
        assert (crew.outsider(NOW), crew.outsider(LONG)) == (f"topicwire {process_name()}", "")
        crew.beat(process_name(), judges=True)
        assert crew.outsider(NOW) == ""


def test_nobody_is_displaced_where_nobody_writes(crew):
    crew.beat("one:1", judges=True)
    assert crew.displace(NOW) == ""


def test_who_was_displaced_says_so_at_the_next_commit(postgres_url, crew):
    with open_postgres(postgres_url, writable=True) as store:
        crew.beat(process_name(), judges=True)
        assert crew.displace(NOW) == process_name()
        with pytest.raises(StoreFailed):
            store.commit(Change())
