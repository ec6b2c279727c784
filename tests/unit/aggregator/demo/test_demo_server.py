import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.demo.recording import record
from aggregator.demo.server import serving
from aggregator.fetching.client import Client
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, interpret, request_for
from feeds.errors import TransportError
from feeds.model import FailureKind, Fetched, SourceState, Unchanged

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def client():
    return Client(
        user_agent="topicwire/test", timeout=timedelta(seconds=10), max_size=10**6, turns=Turns(gap=timedelta())
    )


async def ask(client, source, state=None):
    request = request_for(source, state, user_agent=client.user_agent)
    return interpret(source, state, await client.fetch(request, allow_private=source.allow_private), now=NOW)


def test_a_source_answers_first_then_later_then_304(client):
    recording = record(NOW)

    async def visit():
        async with serving(recording) as sources:
            source, seen, state = sources[0], [], None
            for _ in range(3):
                outcome = await ask(client, source, state)
                seen.append(outcome)
                if isinstance(outcome, Fetched):
                    state = SourceState(
                        source=source.id, url=source.url, validators=outcome.validators, body_hash=outcome.body_hash
                    )
            return seen

    first, later, last = asyncio.run(visit())
    assert (first.body, later.body) == (recording[0].first.body, recording[0].later.body)
    assert first.content_type == "application/rss+xml"
    assert last == Unchanged(status=304, validators=later.validators, fresh_for=timedelta(seconds=30))


def test_a_source_that_never_changes_answers_304_at_once(client):
    async def visit():
        async with serving(record(NOW)) as sources:
            source = next(source for source in sources if source.id == "view-uk")
            fetched = await ask(client, source)
            state = SourceState(
                source=source.id, url=source.url, validators=fetched.validators, body_hash=fetched.body_hash
            )
            return await ask(client, source, state)

    assert asyncio.run(visit()).status == 304


def test_every_source_has_an_address_of_its_own_on_loopback():
    async def visit():
        async with serving(record(NOW)) as sources:
            return [source.url.split("/")[2].split(":")[0] for source in sources]

    assert asyncio.run(visit()) == [f"127.0.0.{number}" for number in range(2, 9)]


def test_the_dead_source_refuses(client):
    async def visit():
        async with serving(record(NOW)) as sources:
            await ask(client, sources[-1])

    with pytest.raises(TransportError) as caught:
        asyncio.run(visit())
    assert caught.value.kind is FailureKind.CONNECT


def test_another_path_is_not_found_and_does_not_count_as_a_visit(client):
    recording = record(NOW)

    async def visit():
        async with serving(recording) as sources:
            lost = await client.fetch(Request(url=sources[0].url + "x"), allow_private=True)
            return lost.status, (await ask(client, sources[0])).body

    assert asyncio.run(visit()) == (404, recording[0].first.body)


@pytest.mark.parametrize(
    "request_bytes", [b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nx", b"x" * 20_000, b"\x00\xff\r\n\r\n"]
)
def test_a_visitor_that_talks_nonsense_disturbs_nobody(client, request_bytes):
    recording = record(NOW)

    async def visit():
        async with serving(recording) as sources:
            host, _, port = sources[0].url.split("/")[2].partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(request_bytes)
            writer.write_eof()
            with suppress(ConnectionError):  # reset, as there was more to read: as good as a refusal
                await reader.read()
            writer.close()
            return (await ask(client, sources[0])).body

    assert asyncio.run(visit()) == recording[0].first.body
