"""What a pass makes of a document that the sandbox gave up, and of a fault in it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.fetching.sandbox import Limits, Sandbox
from aggregator.ingesting.ingest import Ingest
from feeds.conditional import Response
from feeds.model import Failed, FailureKind, Source
from feeds.polling import Bounds
from storage.memory import MemoryStore
from tests.fakes.answers import ScriptedClient
from tests.fakes.hostile_feeds import NOW, good, quadratic_address

pytestmark = pytest.mark.anyio
BODIES = {
    "harbour": good(2),
    "tides": quadratic_address(),
    "gazette": good(4).replace(b"tides", b"gazette"),
}
SOURCES = [Source(id=name, url=f"https://{name}.example/feed") for name in BODIES]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def ingest_with(sandbox: Sandbox, store: MemoryStore) -> Ingest:
    answers = {s.url: [Response(url=s.url, status=200, headers=(), body=BODIES[s.id])] for s in SOURCES}
    return Ingest(
        store=store,
        client=ScriptedClient(answers),
        bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
        clock=lambda: NOW,
        draw=lambda: 0.0,
        observe=lambda event: None,
        reader=sandbox.read,
    )


async def test_a_document_that_is_given_up_is_a_failure_of_its_source_alone():
    store = MemoryStore()
    with Sandbox(limits=Limits(cpu=timedelta(seconds=1), wall=timedelta(hours=1)), size=1) as sandbox:
        ingest = ingest_with(sandbox, store)
        harbour, tides, gazette = await asyncio.gather(*(ingest.run(source) for source in SOURCES))

    reason = "the document was given up: reading it took more than 1 s of CPU"
    assert tides.outcome == Failed(kind=FailureKind.BROKEN, reason=reason, status=200)
    assert (harbour.new, tides.new, gazette.new) == (2, 0, 4)
    assert store.states()["tides"].last_error == reason
    assert store.states()["tides"].body_hash == ""
    assert [one.problem for one in (harbour, tides, gazette)] == ["", "", ""]


async def test_a_reader_that_cannot_be_started_is_told_as_our_own_failure(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with Sandbox(size=1) as sandbox:
        told = await ingest_with(sandbox, MemoryStore()).run(SOURCES[0])

    assert replace(told.outcome, reason="") == Failed(kind=FailureKind.BROKEN, reason="")
    assert told.outcome.reason.startswith("topicwire itself failed on this source (SandboxError: the process that ")
    assert "ended at once (exit code 1)" in told.problem
