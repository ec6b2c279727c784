"""The one who writes keeps the small facts: it asks for them once, and trusts nobody else's word while it writes."""

from __future__ import annotations

import psycopg
import pytest

from feeds.errors import StoreFailed, StoreLocked
from feeds.model import Intake, SourceState
from storage.port import Change
from storage.postgres.known_facts import KnownFacts
from storage.postgres_store import open_postgres
from tests.fakes.stored_values import entry_of

FED = SourceState(source="harbour-post", url="https://harbour.example/feed")


def behind_its_back(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(f"SET search_path = topicwire; {statement}")


def end_all_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def test_a_writer_asks_once_and_a_reader_each_time(postgres_url):
    with open_postgres(postgres_url, writable=True) as store, open_postgres(postgres_url, writable=False) as reader:
        store.commit(Change(states=(FED,), intakes=(Intake(source="harbour-post", taken=2),), entries=(entry_of("a"),)))
        known = store.states(), store.intakes(), store.entries_of("harbour-post"), store.entries_of("gazette")
        assert known == ({"harbour-post": FED}, {"harbour-post": Intake(source="harbour-post", taken=2)}, 1, 0)
        behind_its_back(postgres_url, "DELETE FROM fact; DELETE FROM body; DELETE FROM entry")
        again = store.states(), store.intakes(), store.entries_of("harbour-post"), store.entries_of("gazette")
        assert again == known
        assert (reader.states(), reader.intakes(), reader.entries_of("harbour-post")) == ({}, {}, 0)
        assert (reader.intake("harbour-post"), store.intake("harbour-post").taken) == (None, 2)


def test_what_was_not_acknowledged_is_not_known(postgres_url):
    with open_postgres(postgres_url, writable=True) as store:
        store.commit(Change(intakes=(Intake(source="harbour-post", taken=2),)))
        assert store.intake("harbour-post").taken == 2
        end_all_sessions(postgres_url)
        with pytest.raises(StoreFailed):
            store.commit(Change(intakes=(Intake(source="harbour-post", taken=3),)))
        assert store.intake("harbour-post").taken == 2
        with open_postgres(postgres_url, writable=True) as other:
            other.commit(Change(intakes=(Intake(source="harbour-post", taken=9),)))
        assert store.intake("harbour-post").taken == 9, "as long as somebody else may write, the database is asked"
        with pytest.raises(StoreLocked, match="another process has written meanwhile"):
            store.recover()
        store.recover()
        store.commit(Change(intakes=(Intake(source="gazette", taken=1),)))
        assert {one.source: one.taken for one in store.intakes().values()} == {"harbour-post": 9, "gazette": 1}


def test_entries_are_counted_again_only_for_sources_that_had_any_come_or_go():
    counted = []

    def count():
        counted.append(1)
        return {"harbour-post": 3}

    known = KnownFacts()
    assert [known.entries_of(one, count) for one in ("harbour-post", "gazette", "gazette")] == [3, 0, 0]
    known.follow(Change(entries=(entry_of("a"),)))
    assert (known.entries_of("gazette", count), len(counted)) == (0, 1)
    assert (known.entries_of("harbour-post", count), len(counted)) == (3, 2)
    known.follow(Change(buried=(entry_of("a"),)))
    assert (known.entries_of("harbour-post", count), len(counted)) == (3, 3)
