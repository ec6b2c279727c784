"""What only a database has: a lock across machines, connections that end, weeks that are dropped, steps of a schema."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from feeds.errors import StoreError, StoreFailed, StoreLocked
from storage.port import Change
from storage.postgres_store import open_postgres
from tests.fakes import postgres
from tests.fakes.stored_values import NOON, entry_of

WEEK = timedelta(weeks=1)


def partitions(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid ORDER BY relname"
        )
        return [name for (name,) in rows if not name.endswith("_pkey")]


def end_all_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def test_a_second_writer_is_refused_by_name_and_welcome_when_the_first_is_gone(postgres_url):
    with open_postgres(postgres_url, writable=True):
        with pytest.raises(StoreLocked, match=r"in use by topicwire [^ ]+:\d+: one process writes at a time"):
            open_postgres(postgres_url, writable=True)
        with open_postgres(postgres_url, writable=False) as reader, pytest.raises(StoreError, match="reading only"):
            reader.commit(Change(entries=(entry_of("a"),)))
    open_postgres(postgres_url, writable=True).close()


def test_a_writer_whose_connection_ended_stops_until_it_has_the_lock_again(postgres_url):
    with open_postgres(postgres_url, writable=True) as store:
        end_all_sessions(postgres_url)
        assert store.entry("a") is None, "reading goes on with a new connection"
        with pytest.raises(StoreFailed):
            store.commit(Change(entries=(entry_of("a"),)))
        with open_postgres(postgres_url, writable=True) as other:
            with pytest.raises(StoreLocked):
                store.recover()
            other.commit(Change(entries=(entry_of("b"),)))
        with pytest.raises(StoreFailed):
            store.commit(Change(entries=(entry_of("a"),)))
        with pytest.raises(StoreLocked, match="another process has written meanwhile"):
            store.recover()
        store.recover()
        store.commit(Change(entries=(entry_of("a"),)))
        assert [entry.id for entry in store.entries()] == ["a", "b"]


@pytest.mark.heavy
def test_a_database_that_stops_is_told_of_and_found_again():
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as server, open_postgres(server.url(), writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        server.stop()
        for refused in (lambda: store.entry("a"), lambda: store.commit(Change()), store.recover):
            with pytest.raises(StoreError):
                refused()
        with pytest.raises(StoreError, match=r"PostgreSQL cannot be reached: .*"):
            open_postgres(server.url(), writable=False)
        server.start()
        store.recover()
        store.commit(Change(entries=(entry_of("b"),)))
        assert [entry.id for entry in store.entries()] == ["a", "b"]


def test_weeks_that_are_empty_are_dropped_with_their_bodies(postgres_url):
    old, new = entry_of("old", first_seen=NOON), entry_of("new", first_seen=NOON + WEEK)
    with open_postgres(postgres_url, writable=True) as store:
        store.commit(Change(entries=(old, new)))
        both = partitions(postgres_url)
        assert len(both) == 2
        store.commit(Change(buried=(old,)))
        assert partitions(postgres_url) == both[1:]
        assert store.tombstones_beyond(0) == ("old",)
        store.commit(Change(entries=(old,)))
        assert list(store.entries()) == [new, old]


def test_a_week_that_somebody_reads_is_dropped_later(postgres_url):
    old, new = entry_of("old", first_seen=NOON), entry_of("new", first_seen=NOON + WEEK)
    with open_postgres(postgres_url, writable=True) as store:
        store.commit(Change(entries=(old, new)))
        reading = store.entries()
        store.commit(Change(buried=(old,)))
        assert len(partitions(postgres_url)) == 2
        assert list(reading) == [new, old], "a snapshot, though one of them left meanwhile"
        store.commit(Change(buried=(entry_of("never seen"),)))
        assert len(partitions(postgres_url)) == 1


def test_a_database_of_a_later_version_is_refused(postgres_url):
    open_postgres(postgres_url, writable=True).close()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("INSERT INTO topicwire.migration VALUES (9000, now())")
    with pytest.raises(StoreError, match="migrated by a later version"):
        open_postgres(postgres_url, writable=False)


def test_an_address_where_nobody_answers_is_told_without_its_password():
    with pytest.raises(StoreError, match="PostgreSQL cannot be reached") as caught:
        open_postgres("postgresql://reader:s3cret@127.0.0.1:1/topicwire", writable=False)
    assert "s3cret" not in str(caught.value)
