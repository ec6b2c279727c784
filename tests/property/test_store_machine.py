"""Random lives of a store, held against the reference in memory."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from feeds.errors import StoreFailed
from storage.memory import MemoryStore
from storage.port import Change, Keys
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store
from tests.budget import examples
from tests.fakes.drawn_values import addresses, changes, guids, ids, moments, sources, texts
from tests.fakes.postgres import database
from tests.fakes.stored_values import NOON

KEYS = st.builds(
    Keys,
    ids=st.frozensets(ids),
    guids=st.frozensets(st.tuples(sources, guids)),
    urls=st.frozensets(addresses),
    titles=st.frozensets(st.tuples(sources, texts), max_size=3),
    moments=st.frozensets(st.tuples(sources, moments), max_size=3),
)


class StoreLife(RuleBasedStateMachine):
    """What happens to every store. A kind of store says how one is opened."""

    def __init__(self):
        super().__init__()
        self.reference = MemoryStore()
        self.store = self.open(writable=True)

    @rule(change=changes)
    def commit(self, change):
        self.store.commit(change)
        self.reference.commit(change)

    @rule()
    def close_and_open_again(self):
        self.store.close()
        self.store = self.open(writable=True)

    @rule(keys=KEYS)
    def known_answers_alike(self, keys):
        known = self.store.known(keys)
        assert set(known) >= set(self.reference.known(keys)), "known may over-answer and never under-answers"
        assert self.store.buried(keys) == self.reference.buried(keys)
        assert list(known) == [self.reference.entry(entry.id) for entry in known]
        assert [entry.id for entry in known] == sorted({entry.id for entry in known})

    @invariant()
    def everything_is_remembered(self):
        read = self.open(writable=False)
        for store in (self.store, read):
            entries = list(store.entries())
            everyone = [f"entry-{n}" for n in range(8)]
            assert entries == list(self.reference.entries())
            assert [store.entry(one) for one in everyone] == [self.reference.entry(one) for one in everyone]
            assert store.placements(everyone) == self.reference.placements(everyone)
            assert [store.revisions(one) for one in everyone] == [self.reference.revisions(one) for one in everyone]
            for since in (NOON, NOON + timedelta(minutes=2), NOON + timedelta(days=1)):
                assert list(store.entries(since)) == list(self.reference.entries(since))
            for prefix in ("", "entry", "entry-1", "nobody"):
                assert store.beginning(prefix) == self.reference.beginning(prefix)
            for story in ("", "story-1", "story-2", "подія"):
                assert store.story(story) == self.reference.story(story)
            assert [store.copies(one) for one in everyone] == [self.reference.copies(one) for one in everyone]
            assert store.decisions() == self.reference.decisions()
            assert store.boilerplate() == self.reference.boilerplate()
            for before in (NOON, NOON + timedelta(minutes=2)):
                for most in (0, 3, 100):
                    assert store.aged(before=before, most=most) == self.reference.aged(before=before, most=most)
            assert store.buried(Keys(ids=frozenset(everyone))) == self.reference.buried(Keys(ids=frozenset(everyone)))
            assert sorted(store.tombstones_beyond(0)) == sorted(self.reference.tombstones_beyond(0))
            assert store.subscriptions() == self.reference.subscriptions()
            assert store.states() == self.reference.states()
            assert store.site() == self.reference.site()
            assert store.allowance() == self.reference.allowance()
            assert store.archives() == self.reference.archives()
            assert store.topics() == self.reference.topics()
            assert store.notices() == self.reference.notices()
            assert store.intakes() == self.reference.intakes()
            assert store.per_source() == self.reference.per_source()
            for one in ("harbour-post", "river-times", "gazette", "nobody"):
                assert store.intake(one) == self.reference.intake(one)
                assert store.entries_of(one) == self.reference.entries_of(one)
            assert replace(store.counts(), size=0) == self.reference.counts()

        read.close()

    def teardown(self):
        self.store.close()


class TinyDBLife(StoreLife):
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="store-life-"))
        super().__init__()

    def open(self, *, writable):
        return open_store(self.folder, writable=writable)

    @rule()
    def nothing_is_torn_that_was_closed(self):
        self.store.close()
        self.store = self.open(writable=True)
        assert self.store.torn is None

    @rule()
    def keep_a_snapshot(self):
        self.store.keep_snapshot(worth=0)

    @rule()
    def compact(self):
        self.store.compact()

    @precondition(lambda self: (self.folder / "journal").stat().st_size > 20)
    @rule(cut=st.integers(1, 15))
    def die_in_the_middle_of_a_commit(self, cut):
        """An unfinished frame at the end is what a kill leaves."""
        self.store.close()
        journal = self.folder / "journal"
        whole = journal.read_bytes()
        journal.write_bytes(whole + whole[16 : 16 + cut])
        self.store = open_store(self.folder, writable=True)
        assert self.store.torn is not None
        assert journal.read_bytes() == whole

    def teardown(self):
        super().teardown()
        shutil.rmtree(self.folder)


class PostgresLife(StoreLife):
    server = None

    def __init__(self):
        self.database = database(self.server.url())
        self.url = self.database.__enter__()
        super().__init__()

    def open(self, *, writable):
        return open_postgres(self.url, writable=writable)

    @rule()
    def lose_every_connection(self):
        """As a restart of the database does."""
        clients = "backend_type = 'client backend' AND pid <> pg_backend_pid()"  # others are seconds in coming back
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE {clients}")
        with pytest.raises(StoreFailed):
            self.store.commit(Change())
        self.store.recover()

    def teardown(self):
        super().teardown()
        self.database.__exit__(None, None, None)


@pytest.fixture(autouse=True, scope="module")
def _server(postgres_server):
    PostgresLife.server = postgres_server


TestTinyDBLife = TinyDBLife.TestCase
TestTinyDBLife.settings = examples(10, stateful_step_count=20)
TestPostgresLife = PostgresLife.TestCase
TestPostgresLife.settings = examples(2, stateful_step_count=8)


@pytest.mark.heavy
class TestManyTinyDBLives(TinyDBLife.TestCase):
    settings = examples(200, stateful_step_count=30)


@pytest.mark.heavy
@pytest.mark.timeout(900)  # each step asks a database a hundred questions
class TestManyPostgresLives(PostgresLife.TestCase):
    settings = examples(10, stateful_step_count=30)
