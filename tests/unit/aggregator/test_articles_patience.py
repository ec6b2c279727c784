"""When a pass asks a host for no more pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.fetching.articles import Articles
from aggregator.observing.events import PagesRead
from feeds.conditional import Response
from feeds.errors import TransportError
from feeds.model import FailureKind, ReadFeed, Source
from feeds.read.article import Article
from tests.fakes.answers import ScriptedClient
from tests.fakes.leased import in_virtual_time
from tests.fakes.pages import LEAD, NOW, REST, entry

pytestmark = pytest.mark.anyio
SITE = "https://tides.example"
OTHER = "https://locks.example"
SOURCE = Source(id="tides", url=f"{SITE}/feed", full_text=True)
ARTICLE = Article(title="Locks", text="\n".join((LEAD, *REST)), content=f"<p>{LEAD}</p>")
HOUR = timedelta(hours=1)
RESET = TransportError("reset", kind=FailureKind.CONNECT)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def page(status: int = 200, *headers: tuple[str, str], url: str = f"{SITE}/page") -> Response:
    return Response(url=url, status=status, headers=(("content-type", "text/html"), *headers), body=b"page")


class Pass:
    """One pass over pages at two hosts, none of which has a robots.txt."""

    def __init__(self, answers: dict, *, within: timedelta = HOUR) -> None:
        missing = [Response(url="", status=404)]
        self.client = ScriptedClient({f"{SITE}/robots.txt": missing, f"{OTHER}/robots.txt": missing, **answers})
        self.told: list[PagesRead] = []
        self.articles = Articles(
            client=self.client, clock=lambda: NOW, observe=self.told.append, extract=self.extract, within=within
        )

    async def extract(self, *_: object, **__: object) -> Article:
        return ARTICLE

    async def over(self, *urls: str) -> list[str]:
        """The addresses of the entries that got their text."""
        entries = tuple(
            replace(entry(number, url=url), published=NOW - timedelta(minutes=number))
            for number, url in enumerate(urls)
        )
        feed = ReadFeed(title="Tides", home=SITE, language="en", entries=entries)
        completed = (await self.articles.complete(SOURCE, feed, known=())).entries
        assert [one.id for one in completed] == [one.id for one in entries]
        return [one.url for one in completed if one.content]

    def asked(self) -> list[str]:
        return [request.url for request in self.client.asked if not request.url.endswith("/robots.txt")]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "span"),
    [
        ((), HOUR),
        ((("retry-after", "nonsense"),), HOUR),
        ((("retry-after", "0"),), HOUR),
        ((("retry-after", "7200"),), 2 * HOUR),
        ((("retry-after", "99999999"),), 24 * HOUR),
    ],
)
async def test_a_host_that_throttles_is_held_and_asked_for_no_more_pages(status, headers, span):
    one = Pass({f"{SITE}/1": [page(status, *headers)], f"{OTHER}/2": [page()]})

    assert await one.over(f"{SITE}/1", f"{OTHER}/2", f"{SITE}/3") == [f"{OTHER}/2"]

    assert one.asked() == [f"{SITE}/1", f"{OTHER}/2"]
    assert one.client.held == [("tides.example", span)]
    assert one.told[0].refused == (
        f"{SITE}/1: the server answered {status}",
        f"{SITE}/3: not asked, as tides.example has asked for fewer requests",
    )


async def test_a_host_that_is_held_already_is_asked_once():
    held = TransportError("not asked", kind=FailureKind.HELD, retry_after=HOUR)
    one = Pass({f"{SITE}/1": [held]})
    await one.over(f"{SITE}/1", f"{SITE}/2")
    assert (one.asked(), one.client.held) == ([f"{SITE}/1"], [])


@pytest.mark.parametrize("trouble", [RESET, page(500), page(403)])
async def test_three_failures_in_a_row_of_a_host_are_enough(trouble):
    one = Pass({**{f"{SITE}/{n}": [trouble] for n in (1, 2, 3)}, f"{OTHER}/9": [page()]})

    assert await one.over(f"{SITE}/1", f"{SITE}/2", f"{SITE}/3", f"{SITE}/4", f"{OTHER}/9") == [f"{OTHER}/9"]

    assert one.asked() == [f"{SITE}/1", f"{SITE}/2", f"{SITE}/3", f"{OTHER}/9"]
    assert one.told[0].refused[-1] == f"{SITE}/4: not asked, as tides.example failed 3 times in a row"
    assert one.client.held == []


async def test_a_page_in_between_and_the_next_pass_begin_anew():
    answers = [RESET, RESET, page(), RESET, RESET, RESET, page()]
    one = Pass({f"{SITE}/{n}": [answer] for n, answer in enumerate(answers)})
    assert await one.over(*(f"{SITE}/{n}" for n in range(7))) == [f"{SITE}/2"]
    assert await one.over(f"{SITE}/6") == [f"{SITE}/6"]


@in_virtual_time
async def test_what_the_time_of_a_pass_does_not_suffice_for_keeps_the_feeds_text():
    never = asyncio.Event()
    one = Pass({f"{SITE}/1": [page()], f"{SITE}/2": [never]})

    assert await one.over(f"{SITE}/1", f"{SITE}/2", f"{SITE}/3") == [f"{SITE}/1"]

    over = "the time for the pages of one pass was over"
    assert one.told == [PagesRead(source="tides", asked=3, taken=1, refused=(f"{SITE}/2: {over}", f"{SITE}/3: {over}"))]
