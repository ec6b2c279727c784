"""The store that a test gets when it does not care which: in memory, unless every kind has its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from storage.memory import MemoryStore
from storage.port import Store
from storage.postgres_store import open_postgres
from tests.fakes.postgres import database

_make: Callable[[], Store] = MemoryStore


def new_store() -> Store:
    """One that holds nothing yet."""
    return _make()


@contextmanager
def made_in_postgres(server_url: str) -> Iterator[None]:
    """Have `new_store` make databases meanwhile; they are gone afterwards."""
    global _make  # noqa: PLW0603 - of the tests' own, one at a time
    with ExitStack() as opened:

        def make() -> Store:
            url = opened.enter_context(database(server_url))
            return opened.enter_context(open_postgres(url, writable=True))

        before, _make = _make, make
        try:
            yield
        finally:
            _make = before
