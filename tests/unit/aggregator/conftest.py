"""What all tests of the shell share: one event loop to run on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.fakes.stores import made_in_postgres

ON_POSTGRES_TOO = {
    *("test_accounting", "test_addresses_of_topics", "test_archives", "test_belated", "test_catch", "test_editor"),
    *("test_ingest_in_part", "test_ingest_passes", "test_judge_apart", "test_judge_decisions", "test_notices"),
    *("test_press", "test_publish", "test_published_pages", "test_retention_clock"),
}
"""Modules whose tests of what the product does hold for every store; those of `new_store` are databases then."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """For commands that set logging up as in a process of their own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in ON_POSTGRES_TOO:
        metafunc.fixturenames.insert(0, "kept_in")  # before whatever makes a store
        heavy = pytest.param("postgres", marks=pytest.mark.heavy)
        metafunc.parametrize("kept_in", ["memory", heavy], indirect=True)


@pytest.fixture
def kept_in(request: pytest.FixtureRequest) -> Iterator[str]:
    """What kind of store `new_store` makes."""
    if request.param == "memory":
        yield "memory"
        return
    with made_in_postgres(request.getfixturevalue("postgres_server").url()):
        yield "postgres"
