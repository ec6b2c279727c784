"""Databases as others set them up: with defaults of their own, and with no more rights than are needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from aggregator.cluster import job_tables
from aggregator.cluster.jobs import Jobs, scripts
from feeds.errors import StoreError
from feeds.model import SourceState
from storage.port import Change
from storage.postgres import session
from storage.postgres.crew import Crew
from storage.postgres.session import Session
from storage.postgres_store import open_postgres
from storage.work import Brought, Watched
from tests.fakes.stored_values import NOON, entry_of
from tests.fakes.working import postgres_work

DEFAULTS = {
    "timezone": "Asia/Kathmandu",
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "default_transaction_isolation": "serializable",
    "synchronous_commit": "off",
    "client_encoding": "LATIN1",
    "lock_timeout": "1ms",
    "idle_session_timeout": "1s",
    "idle_in_transaction_session_timeout": "1s",
}
NAMES = sorted(DEFAULTS)


@pytest.fixture
def own_ways(postgres_url) -> str:
    """The URL of a database whose administrator likes everything otherwise."""
    name = sql.Identifier(str(conninfo_to_dict(postgres_url)["dbname"]))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for key, value in DEFAULTS.items():
            connection.execute(sql.SQL("ALTER DATABASE {} SET {} = {}").format(name, sql.Identifier(key), value))
    return postgres_url


def test_a_session_has_the_settings_that_it_needs(own_ways):
    with closing(Session(own_ways)) as asking:
        rows = asking.ask("SELECT name, setting FROM pg_settings WHERE name ILIKE ANY(%s) ORDER BY name", NAMES)
    assert {name.lower(): setting for name, setting in rows} == {
        "client_encoding": "UTF8",
        "datestyle": "ISO, YMD",
        "default_transaction_isolation": "read committed",
        "idle_in_transaction_session_timeout": "0",
        "idle_session_timeout": "0",
        "intervalstyle": "postgres",
        "lock_timeout": "0",
        "synchronous_commit": "on",
        "timezone": "UTC",
    }


def test_what_is_stored_brought_and_counted_comes_back_in_such_a_database(own_ways):
    entry = entry_of("Гарантії")
    with postgres_work(own_ways) as work, closing(Crew(own_ways)) as crew:
        work.store.commit(Change(entries=(entry,), states=(SourceState(source="tides", url="https://t.example/"),)))
        assert list(work.store.entries()) == [entry]
        work.deliveries.follow([Watched(source="tides", host="t.example", due=NOON)])
        leases = work.leases("one")
        [lease] = leases.lease(now=NOON, hosts=9, sources=9, term=timedelta(minutes=1))
        leases.bring([Brought(source="tides", fence=lease.fence, document=b"found")])
        [delivery] = work.deliveries.waiting(9)
        assert abs(delivery.at - datetime.now(UTC)) < timedelta(hours=1)
        crew.beat("somebody", judges=False)
        [worker] = crew.workers()
        assert timedelta() <= worker.silent < timedelta(minutes=1)


@pytest.mark.anyio
async def test_jobs_are_done_in_such_a_database(own_ways):
    async with Jobs(own_ways) as jobs:
        assert await jobs.defer("fetch", once="fetch")
        assert not await jobs.defer("fetch", once="fetch")


def test_a_session_that_has_nothing_to_do_is_not_sent_away(own_ways):
    with closing(Session(own_ways)) as asking:
        time.sleep(1.5)
        assert asking.ask("SELECT 1") == [(1,)]


def test_a_server_that_is_too_old_is_refused(postgres_url, monkeypatch):
    monkeypatch.setattr(session, "OLDEST", 99)
    with pytest.raises(StoreError, match=r"PostgreSQL 99 or newer is needed; this server is \d\d$"):
        Session(postgres_url)


def test_machines_of_one_kind_have_different_names_and_so_have_containers_that_use_their_machines_name(monkeypatch):
    def named(host: str, numbering: str = "") -> str:
        monkeypatch.setattr(session.platform, "node", lambda: host)
        monkeypatch.setattr(session, "_numbering", lambda: numbering)
        name, _, number = session.process_name().rpartition(":")
        assert number == str(os.getpid())
        return name

    kind = "a-company-with-a-long-name-news-worker-7d4b9c8f6d"
    one, other = named(f"{kind}-x2x5v"), named(f"{kind}-qq7rt")
    assert one != other
    assert (one[:32], other[:32], len(one), len(other)) == (*("a-company-with-a-long-name-news~",) * 2, 40, 40)
    assert named("pier") == "pier"
    assert named("pier", "f0000abc") == "pier~f0000abc"
    assert len({named(f"{kind}-x2x5v", numbering) for numbering in ("", "f0000abc", "f0000abd")}) == 3


def test_a_process_that_is_numbered_apart_knows():
    if shutil.which("unshare") is None:
        pytest.skip("no unshare: what numbers processes apart is Linux's")
    command = [sys.executable, "-c", "from storage.postgres import session; print(session._numbering())"]
    here = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    apart = ["unshare", "--pid", "--fork", "--user", "--map-root-user", "--mount-proc", *command]
    there = subprocess.run(apart, check=False, capture_output=True, text=True, timeout=60)
    if there.returncode:
        pytest.skip(f"unshare is not allowed here: {there.stderr}")
    assert there.stdout not in ("\n", here)


@contextmanager
def modest_user(postgres_url: str) -> Iterator[str]:
    """Who owns the two schemas, and may make nothing else in the database."""
    name = "topicwire_modest"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE USER {name}")
        for schema in ("topicwire", job_tables.SCHEMA):
            connection.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {name}")
        try:
            yield make_conninfo(postgres_url, user=name)
        finally:
            connection.execute(f"DROP OWNED BY {name} CASCADE")
            connection.execute(f"DROP USER {name}")


def test_who_owns_the_schemas_needs_no_right_to_make_any(postgres_url):
    with modest_user(postgres_url) as url:
        entry = entry_of("herald")
        with open_postgres(url, writable=True) as store:
            store.commit(Change(entries=(entry,)))
        with open_postgres(url, writable=True) as store:
            assert list(store.entries()) == [entry]
        for _ in range(2):
            job_tables.migrate(url, scripts())
