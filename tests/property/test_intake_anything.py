"""Whatever a source answers, its pass ends in a value: entries, nothing new, or a failure with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetching.sandbox import Sandbox
from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Event, Ingested
from feeds.conditional import Response
from feeds.model import Failed, Fetched, Source, Unchanged
from feeds.polling import Bounds
from tests.budget import examples
from tests.fakes.answers import ScriptedClient
from tests.fakes.mutated_feeds import MUTATIONS, SAMPLES, mutated
from tests.fakes.stores import new_store

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
SOURCE = Source(id="any", url="https://any.example/rss", timezone="Europe/Kyiv")
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["content-type", "etag", "last-modified", "cache-control", "expires", "retry-after", "x"]),
        st.one_of(
            st.sampled_from(["text/xml", "text/html; charset=utf-16", '"1"', "max-age=99999999999", "0", "-1", "\xff"]),
            st.text(st.characters(max_codepoint=255), max_size=20),
        ),
    ),
    max_size=4,
).map(tuple)
STATUSES = st.sampled_from([200, 200, 200, 204, 206, 304, 403, 404, 410, 429, 500, 503])
BODIES = st.one_of(st.binary(max_size=300), st.builds(mutated, st.sampled_from(SAMPLES), MUTATIONS))
ANSWERS = st.builds(Response, url=st.just(SOURCE.url), status=STATUSES, headers=HEADERS, body=BODIES)
DOCUMENTS = st.builds(Response, url=st.just(SOURCE.url), status=st.just(200), headers=st.just(()), body=BODIES)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=1) as sandbox:
        yield sandbox


def passes(answers: list[Response], sandbox: Sandbox) -> list[Ingested]:
    """One pass for each answer, one after another, an hour apart."""
    events: list[Event] = []
    now = [NOW]
    ingest = Ingest(
        store=new_store(),
        client=ScriptedClient({SOURCE.url: [*answers, Response(url=SOURCE.url, status=304)]}),
        bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
        clock=lambda: now[0],
        draw=lambda: 0.0,
        observe=events.append,
        reader=sandbox.read,
    )

    async def run() -> None:
        for _ in answers:
            await ingest.run(SOURCE)
            now[0] += timedelta(hours=1)

    asyncio.run(run())
    return [event for event in events if isinstance(event, Ingested)]


def assert_values(told: list[Ingested], answers: list[Response]) -> None:
    assert len(told) == len(answers)
    assert [one.problem for one in told] == [""] * len(answers)
    for one in told:
        assert isinstance(one.outcome, Fetched | Unchanged | Failed)
        assert not isinstance(one.outcome, Failed) or one.outcome.reason


@given(st.lists(ANSWERS, min_size=1, max_size=3))
@examples(60)
def test_any_answers_end_in_values(sandbox: Sandbox, answers: list[Response]):
    assert_values(passes(answers, sandbox), answers)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
@given(st.lists(DOCUMENTS, min_size=1, max_size=3))
@examples(1_500)
def test_thousands_of_mutated_documents_end_in_values(sandbox: Sandbox, answers: list[Response]):
    assert_values(passes(answers, sandbox), answers)
