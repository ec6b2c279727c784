"""Documents made to be dear: each ends in a value within its limits, and the parent never feels their weight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from aggregator.fetching.sandbox import Limits, Sandbox
from feeds.errors import ParseError
from feeds.model import ReadFeed
from tests.fakes.hostile_feeds import (
    KINDS,
    NOW,
    SOURCE,
    deep_elements,
    deep_html,
    entity_bomb,
    entity_repetition,
    external_entity,
    good,
    quadratic_address,
    rss,
)
from tests.fakes.processes import children_of, resident

pytestmark = pytest.mark.anyio
LIMITS = Limits(cpu=timedelta(seconds=2), wall=timedelta(hours=1), memory=100_000_000)
GIVEN_UP = "the document was given up: reading it"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=LIMITS, size=1) as sandbox:
        yield sandbox


async def outcome(sandbox: Sandbox, body: bytes) -> ReadFeed | str:
    try:
        return await sandbox.read(body, source=SOURCE, url=SOURCE.url, content_type="text/xml", now=NOW)
    except ParseError as error:
        return str(error)


@pytest.mark.heavy
@pytest.mark.parametrize("kind", KINDS)
async def test_it_ends_in_a_value_and_the_next_document_is_read(sandbox, kind: str):
    assert isinstance(await outcome(sandbox, good()), ReadFeed)
    body, before = KINDS[kind](), resident()

    found = await outcome(sandbox, body)

    assert isinstance(found, ReadFeed) or found.startswith(GIVEN_UP)
    assert isinstance(await outcome(sandbox, good()), ReadFeed)
    assert all(resident(child) < 200_000_000 for child in children_of())
    # The document itself, on its way to the child and, where it could be read, what it holds on its way back.
    assert resident() - before < 5 * len(body) + 8_000_000


async def test_entities_are_not_expanded(sandbox):
    for body in (entity_bomb(), entity_repetition()):
        (entry,) = (await outcome(sandbox, body)).entries
        assert "water" not in entry.title
        assert len(entry.title) < 50_000


async def test_files_that_a_document_asks_for_stay_unread(sandbox):
    (entry,) = (await outcome(sandbox, external_entity())).entries
    assert entry.title == "The host is &e;"


async def test_a_document_that_is_the_name_of_a_file_is_no_feed(sandbox):
    told = await outcome(sandbox, __file__.encode())
    assert told == "got a document that is neither a feed nor a web page; check the URL in a browser"


@pytest.mark.parametrize("body", [deep_elements(), deep_html(), deep_html(1_000)], ids=["xml", "html", "less"])
async def test_depth_costs_no_neighbour(sandbox, body: bytes):
    neighbour = b"<item><title>Low water</title></item></channel>"
    found = await outcome(sandbox, body.replace(b"</channel>", neighbour))
    assert [entry.title for entry in found.entries] == ["High water", "Low water"]


@pytest.mark.heavy
async def test_one_dear_entry_costs_its_document_and_says_why(sandbox):
    told = await outcome(
        sandbox, quadratic_address().replace(b"</channel>", b"<item><title>x</title></item></channel>")
    )
    assert told == "the document was given up: reading it took more than 2 s of CPU"


async def test_an_everyday_document_of_the_same_size_is_read(sandbox):
    """What the limits are for is not what they hit."""
    found = await outcome(sandbox, rss(f"<item><title>High water</title><author>{'a b ' * 50_000}</author></item>"))
    assert [entry.title for entry in found.entries] == ["High water"]
