"""Whatever a source does, its pass ends in time with a named reason, and nobody else is any the worse for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from feeds.model import Failed, FailureKind, Fetched, Outcome, SourceState, Unchanged, Validators
from feeds.polling import Bounds
from storage.port import Change
from tests.evil.everything import ALL
from tests.evil.server import Evil, EvilServer, Fails, Reads, Unmoved, trusting
from tests.fakes.stores import new_store

pytestmark = pytest.mark.anyio
SOON, LATE = 0.2, 60.0
"""Deadlines in seconds: for those that outlast any, and for those that must end for another reason before it."""
PATIENCE = 30.0
"""Seconds behind a deadline, for a machine that is busy: those that outlast any do so by minutes."""
MAX_SIZE = 10_000_000  # the default
MEMORY = 32 << 20


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Bench:
    """One source that misbehaves, and everything that a pass over it needs."""

    def __init__(self, server: EvilServer) -> None:
        self.source = server.source()
        self.store = new_store()
        etag = server.evil.known_etag
        if etag:
            known = SourceState(
                source=self.source.id, url=self.source.url, validators=Validators(etag=etag), body_hash="0" * 64
            )
            self.store.commit(Change(states=(known,)))
        client = Client(
            user_agent="topicwire/test",
            timeout=timedelta(seconds=deadline(type(server.evil))),
            max_size=MAX_SIZE,
            turns=Turns(gap=timedelta()),
            resolve=server.resolve,
            tls=trusting(),
        )
        self.ingest = Ingest(
            store=self.store,
            client=client,
            bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
            clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
            draw=lambda: 0.0,
            observe=lambda event: None,
        )

    async def run(self) -> Outcome:
        return (await self.ingest.run(self.source)).outcome


def deadline(kind: type[Evil]) -> float:
    endless = isinstance(kind.expected, Fails) and kind.expected.kind is FailureKind.TIMEOUT
    return SOON if endless else LATE


def peak() -> int:
    """The most memory that this process held since it was last told to forget, in bytes."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def test_there_are_many_ways_to_be_evil():
    assert len(ALL) >= 60
    assert len({evil.__name__ for evil in ALL}) == len(ALL)
    assert [evil.__name__ for evil in ALL if not evil.__doc__] == []


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
async def test_a_pass_ends_in_time_with_a_named_reason(kind: type[Evil]):
    evil = kind()
    async with EvilServer(evil) as server:
        bench = Bench(server)
        forget_peak()
        before = peak()
        async with asyncio.timeout(deadline(kind) + PATIENCE):
            outcome = await bench.run()
        grown = peak() - before
        evil.check(server.asked)

    match evil.expected, outcome:
        case Fails(expected, words), Failed(kind=found, reason=reason):
            assert (found, words in reason) == (expected, True), reason
            assert 10 < len(reason) < 400
            assert reason.isprintable()
        case Reads(entries), Fetched():
            assert len(list(bench.store.entries())) == entries
        case Unmoved(), Unchanged():
            pass
        case _:
            raise AssertionError(f"expected {evil.expected}, got {outcome}")
    assert grown < MEMORY
