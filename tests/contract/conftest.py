"""Every store there is, in turn."""

from __future__ import annotations

import pytest

from storage.memory import MemoryStore
from storage.tinydb_store import open_store


@pytest.fixture(params=["memory", "tinydb"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else open_store(tmp_path / "store", writable=True)
    with opened:
        yield opened
