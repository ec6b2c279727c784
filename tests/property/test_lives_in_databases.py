"""The lives that a store in files or in memory leads, led in databases."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
import pytest

from storage.port import Store
from storage.postgres_store import open_postgres
from tests.budget import examples
from tests.fakes.postgres import database
from tests.fakes.stores import made_in_postgres
from tests.property.test_accounts_close import Life
from tests.property.test_published_histories import Histories, small_archives

pytestmark = pytest.mark.heavy
__all__ = ["small_archives"]


@pytest.fixture(scope="class")
def new_stores_in_postgres(postgres_server):
    with made_in_postgres(postgres_server.url()):
        yield


@pytest.fixture(scope="class")
def a_server(postgres_server):
    LifeInADatabase.server = postgres_server.url()


class LifeInADatabase(Life):
    server = ""

    def __init__(self) -> None:
        self._kept = ExitStack()
        self._url = self._kept.enter_context(database(self.server))
        super().__init__()

    def opened(self) -> Store:
        return open_postgres(self._url, writable=True)

    def kill(self) -> None:
        clients = "datname <> current_database() AND backend_type = 'client backend'"
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE {clients}")
        self.store.close()

    def teardown(self) -> None:
        super().teardown()
        self._kept.close()


@pytest.mark.usefixtures("small_archives", "new_stores_in_postgres")
class TestHistoriesInDatabases(Histories.TestCase):
    settings = examples(8, stateful_step_count=12)


@pytest.mark.usefixtures("a_server")
class TestAccountsInDatabases(LifeInADatabase.TestCase):
    settings = examples(5, stateful_step_count=20)
