"""Shared work of both kinds, with a clock that a test can put forward."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from storage.port import Store
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.documents import Commits
from storage.postgres.leases import PostgresLeases
from storage.postgres_store import open_postgres
from storage.work import UNBOUNDED, Deliveries, Delivery, Leases
from storage.work_memory import MemoryStoreWithWork, MemoryWork
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


class SharedWork(MemoryWork):
    """Work that several threads ask, as processes ask a database: a call is whole before the next one begins."""

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        self.lock = threading.RLock()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name == "beside" or not callable(found):
            return found

        def alone(*arguments: Any, **named: Any) -> Any:
            with self.lock:
                return found(*arguments, **named)

        return alone


class SharedDeliveries(PostgresDeliveries):
    """Which a test looks at while somebody judges in a thread; all else is for the one who judges alone."""

    def __init__(self, url: str, store: Commits) -> None:
        super().__init__(url, store)
        self.lock = threading.Lock()

    def waiting(self, most: int, *, size: int = UNBOUNDED) -> tuple[Delivery, ...]:
        with self.lock:
            return super().waiting(most, size=size)


@contextlib.contextmanager
def memory_work() -> Iterator[Working]:
    moment = [NOON]

    def elapse(span: timedelta) -> None:
        moment[0] += span

    with MemoryStoreWithWork(clock=lambda: moment[0]) as store:
        store.work = SharedWork(clock=lambda: moment[0], states=store.states)
        yield Working(store, store.work, store.work.beside, lambda: moment[0], elapse)


@contextlib.contextmanager
def postgres_work(url: str) -> Iterator[Working]:
    """The database's clock cannot be put forward: what is reckoned by it is put back instead."""
    with (
        open_postgres(url, writable=True) as store,
        contextlib.closing(SharedDeliveries(url, store)) as deliveries,
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
