"""A pooler between a writer and the server: one that keeps a connection for each is fine, one that lends it is not."""

from __future__ import annotations

import pytest

from feeds.errors import StoreError, StoreLocked
from storage.postgres import writer


class Pooler:
    """Of a server: who asks is given a process of it. `lends`: for a question, and the one first that was idle last."""

    def __init__(self, *, lends: bool) -> None:
        self.lends = lends
        self.processes = 0
        self.open = 0
        self.holder = 0

    def session(self, url: str) -> Pooled:
        assert url == "postgresql://pooler/topicwire"
        return Pooled(self)


class Pooled:
    promised = 77_777
    """What a pooler makes up."""

    def __init__(self, pooler: Pooler) -> None:
        self.pooler = pooler
        pooler.open += 1
        if not pooler.lends or not pooler.processes:
            pooler.processes += 1
        self.process = pooler.processes

    def ask(self, statement: str, *_: object) -> list[tuple[object, ...]]:
        if "pg_backend_pid" in statement:
            return [(self.process,)]
        if "pg_try_advisory_lock" in statement:
            self.pooler.holder = self.pooler.holder or self.process
            return [(self.pooler.holder == self.process,)]
        return [(self.pooler.holder, "another one")]

    def close(self) -> None:
        self.pooler.open -= 1


@pytest.fixture
def pooled(monkeypatch):
    def through(pooler: Pooler) -> Pooled:
        monkeypatch.setattr(writer, "Session", pooler.session)
        return writer.locked("postgresql://pooler/topicwire")

    return through


def test_nobody_writes_where_a_lock_would_be_lent_to_others(pooled):
    pooler = Pooler(lends=True)
    with pytest.raises(StoreError, match=r"a pooler gives the same connection to several \(transaction pooling\)"):
        pooled(pooler)
    assert (pooler.holder, pooler.open) == (0, 0)


def test_one_writes_where_each_has_a_connection_of_its_own(pooled):
    pooler = Pooler(lends=False)
    first = pooled(pooler)
    assert (pooler.holder, pooler.open) == (first.process, 1)
    with pytest.raises(StoreLocked, match="in use by another one"):
        pooled(pooler)
    assert pooler.open == 1
