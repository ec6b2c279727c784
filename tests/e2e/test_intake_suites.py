"""The test feeds of other readers and the collections of attacks go through the whole intake, file by file.

From a server on loopback through the client, the sandbox and the judge into a store: each file ends in entries or in a
refusal with a reason, within its limits, whatever it was made to break.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.sandbox import Limits, Sandbox
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from aggregator.observing.events import Ingested
from feeds.model import Failed, FailureKind, Fetched, Source
from feeds.polling import Bounds
from storage.port import Store
from tests.fakes.processes import children_of, resident
from tests.fakes.stores import new_store
from tests.fakes.web import Web, reply

pytestmark = [pytest.mark.corpora, pytest.mark.heavy, pytest.mark.anyio]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVED_AS = re.compile(rb"^\s*Header:\s*([\w-]+):\s*([^\r\n]*?)\s*$", re.MULTILINE)
"""How feedparser's files say which headers belong to them."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as members:
        for member in members:
            content = members.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name, content.read()


def headers(body: bytes) -> list[tuple[str, str]]:
    found = [(name.decode(), value.decode("latin-1")) for name, value in SERVED_AS.findall(body[:2_000])]
    return [(name, value) for name, value in found if name.lower() == "content-type"]


async def taken_in(documents: dict[str, bytes]) -> tuple[dict[str, Ingested], Store]:
    """One pass over a source for each document, by name."""
    store = new_store()
    paths = {f"/{n}": (name, body) for n, (name, body) in enumerate(documents.items())}
    async with Web({path: reply(body, headers=headers(body)) for path, (_, body) in paths.items()}) as web:
        with Sandbox(limits=Limits(cpu=timedelta(seconds=5))) as sandbox:  # a third of what it is by default
            ingest = Ingest(
                store=store,
                client=Client(
                    user_agent="topicwire/test",
                    timeout=timedelta(seconds=120),
                    max_size=10_000_000,
                    turns=Turns(gap=timedelta()),
                ),
                bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
                clock=lambda: NOW,
                draw=lambda: 0.0,
                observe=lambda event: None,
                reader=sandbox.read,
            )
            sources = [Source(id=path[1:], url=web.url(path), allow_private=True) for path in paths]
            passes = [await ingest.run(source) for source in sources]
    return {name: one for (name, _), one in zip(paths.values(), passes, strict=True)}, store


class _Live(HTMLParser):
    """Collects what could do anything but be read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "iframe", "object", "embed", "form", "input", "meta", "link", "base", "svg"}:
            self.found.append(tag)
        for name, value in attrs:
            if name in {"href", "src"} and not (value or "").startswith(("http://", "https://", "mailto:")):
                self.found.append(f"{name}={value}")
            elif name.startswith("on") or name in {"style", "srcset", "formaction", "xlink:href"}:
                self.found.append(name)


def live_in(html: str) -> list[str]:
    parser = _Live()
    parser.feed(html)
    return parser.found


def assert_all_end_well(passes: dict[str, Ingested], store: Store) -> Counter[str]:
    """How many passes ended how."""
    assert {name: one.problem for name, one in passes.items() if one.problem} == {}
    refused = {name: one.outcome for name, one in passes.items() if isinstance(one.outcome, Failed)}
    kinds = {FailureKind.NOT_A_FEED, FailureKind.BROKEN, FailureKind.HTTP}  # the last: 200 without a body
    assert {name: outcome for name, outcome in refused.items() if outcome.kind not in kinds} == {}
    assert {name: outcome for name, outcome in refused.items() if "given up" in outcome.reason} == {}
    assert all(isinstance(one.outcome, Fetched | Failed) for one in passes.values())
    for entry in store.entries():
        assert entry.title
        assert live_in(entry.content) == []
    return Counter(str(getattr(one.outcome, "kind", "read")) for one in passes.values())


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("archive", "least_read"),
    [
        ("feed-suites/feedparser.tar.xz", 1_900),
        ("feed-suites/gofeed.tar.xz", 400),
        ("security/defusedxml-tests.tar.xz", 0),
        ("security/bleach-tests.tar.xz", 0),
        ("security/dompurify.tar.xz", 0),
    ],
)
async def test_every_file_ends_in_entries_or_in_a_refusal(corpora: Path, archive: str, least_read: int):
    documents = dict(files(corpora / archive))
    before, others = resident(), children_of()

    ended = assert_all_end_well(*await taken_in(documents))

    print(f"{archive}: {dict(ended)}")  # noqa: T201 - the figures that pytest -s is asked for
    assert sum(ended.values()) == len(documents)
    assert ended["read"] >= least_read
    assert resident() - before < 64_000_000
    assert children_of() <= others


async def test_every_attack_on_a_page_is_harmless_as_an_entry(corpora: Path):
    attacks = [case["payload"] for _, body in files(corpora / "security/dompurify.tar.xz") for case in cases(body)]
    escaped = (attack.replace("&", "&amp;").replace("<", "&lt;") for attack in attacks)
    items = "".join(f"<item><guid>{n}</guid><description>{text}</description></item>" for n, text in enumerate(escaped))
    document = f'<rss version="2.0"><channel><title>Attacks</title>{items}</channel></rss>'.encode()

    passes, store = await taken_in({"attacks": document})

    assert_all_end_well(passes, store)
    assert len(attacks) > 100
    assert passes["attacks"].new + len(passes["attacks"].skipped) + passes["attacks"].copies == len(attacks)


def cases(body: bytes) -> list[dict[str, str]]:
    try:
        return json.loads(body)
    except ValueError:  # a licence
        return []
