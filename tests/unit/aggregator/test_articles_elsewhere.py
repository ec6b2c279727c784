"""Pages that redirect to other hosts: whose robots.txt is asked, and who may be private."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.fetching.articles import Articles
from aggregator.observing.events import PagesRead
from feeds.conditional import Request, Response
from feeds.errors import TransportError
from feeds.model import FailureKind, ReadFeed, Source
from feeds.read.article import Article
from tests.fakes.answers import ScriptedClient
from tests.fakes.pages import LEAD, NOW, REST, entry

pytestmark = pytest.mark.anyio
SITE = "https://tides.example"
OTHER = "https://locks.example"
SOURCE = Source(id="tides", url=f"{SITE}/feed", full_text=True)
PRIVATE = replace(SOURCE, allow_private=True)
ARTICLE = Article(title="Locks", text="\n".join((LEAD, *REST)), content=f"<p>{LEAD}</p>")
PAGE = Response(url="", status=200, headers=(("content-type", "text/html"),), body=b"page")
NONE = Response(url="", status=404)
FORBIDS = Response(url="", status=200, body=b"User-agent: *\nDisallow: /1\n")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def leads_to(url: str) -> Response:
    return Response(url="", status=302, onward=Request(url=url, stay=True))


class Bench:
    """Articles behind a scripted client."""

    def __init__(self, answers: dict) -> None:
        missing = {f"{place}/robots.txt": [NONE] for place in (SITE, OTHER)}
        self.client = ScriptedClient({**missing, **{url: [answer] for url, answer in answers.items()}})
        self.told: list[PagesRead] = []
        self.articles = Articles(client=self.client, clock=lambda: NOW, observe=self.told.append, extract=self.extract)

    async def extract(self, *_: object, **__: object) -> Article:
        return ARTICLE

    async def completes(self, url: str, *, source: Source = SOURCE) -> bool:
        feed = ReadFeed(title="Tides", home=SITE, language="en", entries=(entry(1, url=url),))
        return bool((await self.articles.complete(source, feed, known=())).entries[0].content)

    def asked(self) -> list[tuple[str, bool]]:
        """What was asked for, and whether it might be private."""
        return list(zip((request.url for request in self.client.asked), self.client.private, strict=True))


async def test_the_robots_txt_of_the_host_that_a_page_leads_to_is_asked_before_it():
    bench = Bench({f"{SITE}/1": leads_to(f"{OTHER}/2"), f"{OTHER}/2": PAGE})
    assert await bench.completes(f"{SITE}/1")
    assert [url for url, _ in bench.asked()] == [f"{SITE}/robots.txt", f"{SITE}/1", f"{OTHER}/robots.txt", f"{OTHER}/2"]
    assert all(request.stay for request in bench.client.asked)


async def test_a_page_is_not_asked_for_where_the_host_that_it_moved_to_forbids_it():
    bench = Bench({f"{SITE}/1": leads_to(f"{OTHER}/1"), f"{OTHER}/robots.txt": FORBIDS})
    assert not await bench.completes(f"{SITE}/1")
    assert f"{OTHER}/1" not in dict(bench.asked())
    reason = "it redirects to locks.example, whose robots.txt does not allow it, or cannot be had"
    assert bench.told == [PagesRead(source="tides", asked=1, taken=0, refused=(f"{SITE}/1: {reason}",))]


async def test_only_the_sources_own_host_may_be_private_wherever_the_way_leads():
    bench = Bench({f"{SITE}/1": leads_to(f"{OTHER}/2"), f"{OTHER}/2": leads_to(f"{SITE}/3"), f"{SITE}/3": PAGE})
    assert await bench.completes(f"{SITE}/1", source=PRIVATE)
    assert bench.asked() == [
        (f"{SITE}/robots.txt", True),
        (f"{SITE}/1", True),
        (f"{OTHER}/robots.txt", False),
        (f"{OTHER}/2", False),
        (f"{SITE}/3", True),
    ]


async def test_a_robots_txt_may_lie_elsewhere_but_on_no_other_private_host():
    """RFC 9309 §2.3.1.2."""
    bench = Bench({f"{SITE}/robots.txt": leads_to(f"{OTHER}/rules"), f"{OTHER}/rules": FORBIDS, f"{SITE}/2": PAGE})
    assert not await bench.completes(f"{SITE}/1", source=PRIVATE)
    assert await bench.completes(f"{SITE}/2", source=PRIVATE)
    assert bench.asked() == [(f"{SITE}/robots.txt", True), (f"{OTHER}/rules", False), (f"{SITE}/2", True)]


async def test_a_host_that_throttles_behind_a_redirect_is_the_one_that_is_held():
    bench = Bench({f"{SITE}/1": leads_to(f"{OTHER}/2"), f"{OTHER}/2": Response(url=f"{OTHER}/2", status=429)})
    assert not await bench.completes(f"{SITE}/1")
    assert [host for host, _ in bench.client.held] == ["locks.example"]


async def test_a_host_closed_to_one_who_may_not_reach_it_is_open_to_one_who_may():
    bench = Bench({f"{SITE}/1": PAGE})
    forbidden = TransportError("it is private", kind=FailureKind.FORBIDDEN)
    bench.client.answers[f"{SITE}/robots.txt"] = [forbidden, NONE]
    assert not await bench.completes(f"{SITE}/1")
    assert await bench.completes(f"{SITE}/1", source=PRIVATE)
    assert not await bench.completes(f"{SITE}/1")


@pytest.mark.parametrize(
    "spelled", ["https://tide:pass@tides.example/1", "https://tides.example:443/1", "https://TIDES.example/1"]
)
async def test_a_place_has_one_robots_txt_however_it_is_spelled(spelled):
    bench = Bench({f"{SITE}/2": PAGE, spelled: PAGE})
    assert await bench.completes(f"{SITE}/2")
    assert await bench.completes(spelled)
    assert [url for url, _ in bench.asked()].count(f"{SITE}/robots.txt") == 1


@pytest.mark.parametrize("other", ["http://tides.example", "https://tides.example:8443", "https://[2001:db8::1]"])
async def test_each_scheme_host_and_port_has_its_own(other):
    bench = Bench({f"{SITE}/2": PAGE, f"{other}/2": PAGE, f"{other}/robots.txt": NONE})
    assert await bench.completes(f"{SITE}/2")
    assert await bench.completes(f"{other}/2")
    assert f"{other}/robots.txt" in dict(bench.asked())


@pytest.mark.parametrize("address", ["https://[::1/", "https://tides.example:99999/1", "https://tides.example:x/"])
async def test_what_is_no_address_is_not_asked_for(address):
    bench = Bench({})
    assert not await bench.completes(address)
    assert bench.asked() == []
