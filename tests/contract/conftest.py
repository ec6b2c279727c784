"""Every store there is, in turn."""

from __future__ import annotations

import pytest

from storage.memory import MemoryStore
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store


@pytest.fixture(params=["memory", "tinydb", "postgres"])
def store(request, tmp_path):
    if request.param == "memory":
        opened = MemoryStore()
    elif request.param == "tinydb":
        opened = open_store(tmp_path / "store", writable=True)
    else:
        opened = open_postgres(request.getfixturevalue("postgres_url"), writable=True)
    with opened:
        yield opened
