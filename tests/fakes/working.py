"""Shared work of both kinds, with a clock that a test can put forward."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from storage.port import Store
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.leases import PostgresLeases
from storage.postgres_store import open_postgres
from storage.work import Deliveries, Leases
from storage.work_memory import MemoryStoreWithWork
from tests.fakes.stored_values import NOON


@dataclass(frozen=True)
class Working:
    store: Store
    deliveries: Deliveries
    leases: Callable[[str], Leases]
    """Those of a worker, by its name."""
    clock: Callable[[], datetime]
    """By which terms are counted."""
    elapse: Callable[[timedelta], None]


@contextlib.contextmanager
def memory_work() -> Iterator[Working]:
    moment = [NOON]

    def elapse(span: timedelta) -> None:
        moment[0] += span

    with MemoryStoreWithWork(clock=lambda: moment[0]) as store:
        yield Working(store, store.work, store.work.beside, lambda: moment[0], elapse)


@contextlib.contextmanager
def postgres_work(url: str) -> Iterator[Working]:
    """The database's clock cannot be put forward: what is reckoned by it is put back instead."""
    with (
        open_postgres(url, writable=True) as store,
        contextlib.closing(PostgresDeliveries(url, store)) as deliveries,
        contextlib.ExitStack() as workers,
        psycopg.connect(url, autocommit=True) as aside,
    ):
        made: dict[str, PostgresLeases] = {}

        def leases(worker: str) -> PostgresLeases:
            if worker not in made:
                made[worker] = workers.enter_context(contextlib.closing(PostgresLeases(url, worker=worker)))
            return made[worker]

        def elapse(span: timedelta) -> None:
            aside.execute(
                "UPDATE topicwire.host SET leased_until = leased_until - %s, rests_until = rests_until - %s",
                [span, span],
            )

        yield Working(store, deliveries, leases, lambda: datetime.now(UTC), elapse)
