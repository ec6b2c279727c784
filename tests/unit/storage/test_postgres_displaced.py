"""Who was displaced changes nothing any more, of what workers see either, whatever it believes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest

from feeds.errors import StoreFailed, StoreLocked
from storage.port import Change
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.leases import PostgresLeases
from storage.postgres.writer import HOLDERS
from storage.postgres_store import PostgresStore, open_postgres
from storage.work import Brought, Watched
from tests.fakes.stored_values import NOON, entry_of

OLDER = [Watched(source="tides", host="t.example", due=NOON)]
NEWER = [*OLDER, Watched(source="herald", host="h.example", due=NOON)]


@pytest.fixture
def displaced(postgres_url) -> Iterator[PostgresStore]:
    with open_postgres(postgres_url, writable=True) as store:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid, 60000) FROM ({HOLDERS}) AS held")
        yield store


CHANGES = {
    "follow": lambda deliveries, number: deliveries.follow(OLDER),
    "begin": lambda deliveries, number: deliveries.begin([number]),
    "spare": lambda deliveries, number: deliveries.spare([number]),
    "give up": lambda deliveries, number: deliveries.give_up(number, due=NOON),
    "hold": lambda deliveries, number: deliveries.hold("h.example", NOON + timedelta(days=9000)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_that_workers_see_is_changed_by_one_who_was_displaced(postgres_url, displaced, change):
    with (
        open_postgres(postgres_url, writable=True) as store,
        closing(PostgresDeliveries(postgres_url, store)) as deliveries,
        closing(PostgresDeliveries(postgres_url, displaced)) as stale,
        closing(PostgresLeases(postgres_url, worker="one")) as leases,
    ):
        deliveries.follow(NEWER)
        [ours, other] = leases.lease(now=NOON, hosts=9, sources=9, term=timedelta(minutes=1))
        leases.bring([Brought(source=ours.due[0].source, fence=ours.fence, document=b"found")])
        leases.release([other.fence], rest=timedelta())
        [delivery] = deliveries.waiting(9)
        with pytest.raises(StoreFailed):
            change(stale, delivery.number)
        assert deliveries.waiting(9) == (delivery,)
        assert [lease.host for lease in leases.lease(now=NOON, hosts=9, sources=9, term=timedelta(minutes=1))] == [
            other.host
        ]


def test_who_has_the_lock_again_after_another_one_begins_anew(postgres_url, displaced):
    with open_postgres(postgres_url, writable=True) as other:
        other.commit(Change(entries=(entry_of("other"),)))
    with pytest.raises(StoreFailed):
        displaced.commit(Change(entries=(entry_of("late"),)))
    with pytest.raises(StoreLocked, match="another process has written meanwhile"):
        displaced.recover()
    displaced.recover()
    displaced.commit(Change())
    assert [entry.id for entry in displaced.entries()] == [entry_of("other").id]


def test_who_has_the_lock_again_as_the_next_one_goes_on(displaced):
    with pytest.raises(StoreFailed):
        displaced.commit(Change(entries=(entry_of("late"),)))
    displaced.recover()
    displaced.commit(Change(entries=(entry_of("again"),)))
    assert [entry.id for entry in displaced.entries()] == [entry_of("again").id]
