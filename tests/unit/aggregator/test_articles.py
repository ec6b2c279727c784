"""Fetching article pages: manners, memory, and what a failure costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.fetching.articles import MOST, Articles
from aggregator.observing.events import PagesRead
from feeds.conditional import Response
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.errors import MissingExtra, TransportError
from feeds.model import FailureKind, ReadFeed, Source
from feeds.read.article import Article
from feeds.read.robots import rules
from tests.fakes.answers import ScriptedClient
from tests.fakes.pages import LEAD, NOW, REST, entry

pytestmark = pytest.mark.anyio
SITE = "https://tides.example"
ROBOTS = f"{SITE}/robots.txt"
SOURCE = Source(id="tides", url=f"{SITE}/feed", full_text=True)
ARTICLE = Article(title="Locks", text="\n".join((LEAD, *REST)), content=f"<p>{LEAD}</p><p>{REST[0]}</p>")
SKETCH = write_parts({TEXT: text_part(entry(1).title, ARTICLE.text)})
NONE = Response(url=ROBOTS, status=404)
RULES = Response(url=ROBOTS, status=200, body=b"User-agent: *\nDisallow: /1\n")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def ok(number: int = 1, *, body: bytes = b"page", **headers: str) -> Response:
    named = tuple((name.replace("_", "-"), value) for name, value in {"content_type": "text/html", **headers}.items())
    return Response(url=f"{SITE}/{number}", status=200, headers=named, body=body)


def feed(*entries) -> ReadFeed:
    return ReadFeed(title="Tides", home=SITE, language="en", entries=entries)


class Bench:
    """Articles between a scripted client and an extractor that finds the same article everywhere."""

    def __init__(self, answers: dict, *, article: Article | Exception | None = ARTICLE) -> None:
        self.client = ScriptedClient({ROBOTS: [NONE], **answers})
        self.article = article
        self.extracted: list[tuple[bytes, str, str, str]] = []
        self.now = NOW
        self.events: list[PagesRead] = []
        self.articles = Articles(
            client=self.client, clock=lambda: self.now, observe=self.events.append, extract=self.extract
        )

    async def extract(self, body: bytes, *, url: str, content_type: str, language: str) -> Article | None:
        self.extracted.append((body, url, content_type, language))
        if isinstance(self.article, Exception):
            raise self.article
        return self.article

    async def complete(self, *entries, source: Source = SOURCE, known=()) -> tuple:
        return (await self.articles.complete(source, feed(*entries), known=known)).entries

    def asked(self) -> list[str]:
        return [request.url for request in self.client.asked]


async def test_a_new_entry_gets_the_text_of_its_page():
    bench = Bench({f"{SITE}/1": [ok()]})

    assert await bench.complete(entry(1)) == (replace(entry(1), content=ARTICLE.content, sketch=SKETCH),)
    assert bench.asked() == [ROBOTS, f"{SITE}/1"]
    assert bench.extracted == [(b"page", f"{SITE}/1", "text/html", "en")]
    assert bench.events == [PagesRead(source="tides", asked=1, taken=1)]


async def test_an_entry_known_as_it_is_costs_no_request_and_keeps_its_text():
    bench = Bench({})
    known = replace(entry(1), content=ARTICLE.content, sketch=SKETCH)
    assert await bench.complete(entry(1), known=(known,)) == (known,)
    assert (bench.asked(), bench.events) == ([], [])


REFUSALS = {
    "a refusal": (Response(url=f"{SITE}/1", status=403), "the server answered 403"),
    "an error": (Response(url=f"{SITE}/1", status=500), "the server answered 500"),
    "a lost page": (Response(url=f"{SITE}/1", status=404), "the server answered 404"),
    "nothing": (Response(url=f"{SITE}/1", status=200), "the server answered 200"),
    "no condition, yet 304": (Response(url=f"{SITE}/1", status=304), "the server answered 304"),
    "a film": (ok(content_type="video/mp4"), "it is no web page but video/mp4"),
    "a broken connection": (TransportError("reset", kind=FailureKind.CONNECT), "reset"),
}


@pytest.mark.parametrize(("answer", "reason"), REFUSALS.values(), ids=REFUSALS)
async def test_a_page_that_fails_leaves_the_feeds_text_and_says_why(answer, reason):
    bench = Bench({f"{SITE}/1": [answer], f"{SITE}/2": [ok(2)]})

    entries = await bench.complete(entry(1), entry(2))

    assert entries == (entry(1), replace(entry(2), content=ARTICLE.content, sketch=SKETCH))
    assert bench.events == [PagesRead(source="tides", asked=2, taken=1, refused=(f"{SITE}/1: {reason}",))]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "no article was found on the page"),
        (RuntimeError("the child died"), "reading it failed (RuntimeError: the child died)"),
        (MissingExtra("fulltext"), "the extra \"fulltext\" is not installed: pip install 'topicwire[fulltext]'"),
    ],
)
async def test_a_page_that_cannot_be_read_leaves_the_feeds_text(found, reason):
    bench = Bench({f"{SITE}/1": [ok()]}, article=found)
    assert await bench.complete(entry(1)) == (entry(1),)
    assert bench.events == [PagesRead(source="tides", asked=1, taken=0, refused=(f"{SITE}/1: {reason}",))]


async def test_what_robots_txt_forbids_is_not_asked_for():
    bench = Bench({ROBOTS: [RULES], f"{SITE}/2": [ok(2)]})

    assert await bench.complete(entry(1), entry(2)) == (
        entry(1),
        replace(entry(2), content=ARTICLE.content, sketch=SKETCH),
    )
    assert bench.asked() == [ROBOTS, f"{SITE}/2"]


async def test_robots_txt_is_parsed_once_for_all_pages_of_a_host(monkeypatch):
    parsed = []
    monkeypatch.setattr("aggregator.fetching.welcome.rules", lambda body: parsed.append(body) or rules(body))
    bench = Bench({ROBOTS: [RULES], **{f"{SITE}/{number}": [ok(number)] for number in range(1, 4)}})
    await bench.complete(entry(1), entry(2), entry(3))
    await bench.complete(entry(3, fingerprint="edited"))
    assert parsed == [RULES.body]


async def test_robots_txt_is_asked_for_once_a_day():
    bench = Bench({f"{SITE}/{number}": [ok(number)] for number in range(1, 5)})
    await bench.complete(entry(1), entry(2))
    bench.now += timedelta(hours=23)
    await bench.complete(entry(3))
    bench.now += timedelta(hours=2)
    await bench.complete(entry(4))
    assert bench.asked().count(ROBOTS) == 2


@pytest.mark.parametrize(
    "trouble",
    [Response(url=ROBOTS, status=503), Response(url=ROBOTS, status=429), TransportError("x", kind=FailureKind.CONNECT)],
)
async def test_a_host_whose_robots_txt_cannot_be_had_is_left_alone_for_an_hour(trouble):
    bench = Bench({ROBOTS: [trouble, NONE], f"{SITE}/1": [ok()]})

    assert await bench.complete(entry(1), entry(2)) == (entry(1), entry(2))
    assert bench.asked() == [ROBOTS]

    bench.now += timedelta(minutes=61)
    await bench.complete(entry(1))
    assert bench.asked() == [ROBOTS, ROBOTS, f"{SITE}/1"]


async def test_an_edited_entry_asks_for_its_page_on_condition_and_304_brings_the_text_known():
    validated = ok(etag='"p1"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT")
    bench = Bench({f"{SITE}/1": [validated, Response(url=f"{SITE}/1", status=304)]})
    known = await bench.complete(entry(1))

    edited = entry(1, title="Old locks opened at last", fingerprint="edited")
    sketch = write_parts({TEXT: text_part(edited.title, ARTICLE.text)})
    assert await bench.complete(edited, known=known) == (replace(edited, content=ARTICLE.content, sketch=sketch),)

    sent = dict(bench.client.asked[-1].headers)
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"p1"', "Sun, 01 Mar 2026 11:00:00 GMT")
    assert len(bench.extracted) == 1


async def test_a_page_is_asked_for_politely_and_secrets_name_whom_they_are_for():
    secret = replace(SOURCE, headers=(("Authorization", "Bearer x"), ("Accept", "application/rss+xml")))
    bench = Bench({f"{SITE}/1": [ok()]})
    await bench.complete(entry(1), source=secret)

    request = bench.client.asked[-1]
    assert request.home == SOURCE.url  # the door sends them to that scheme, host and port only
    assert dict(request.headers) == {
        "User-Agent": "topicwire/test",
        "Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
        "Authorization": "Bearer x",
    }


async def test_pages_of_one_who_pays_are_not_for_another_source():
    bench = Bench({f"{SITE}/1": [ok(etag='"p"')]})
    await bench.complete(entry(1), source=replace(SOURCE, headers=(("Cookie", "paid=1"),)))
    await bench.complete(entry(1, source="free"), source=replace(SOURCE, id="free"))
    assert "If-None-Match" not in dict(bench.client.asked[-1].headers)


async def test_only_pages_on_the_sources_own_host_may_be_private():
    elsewhere = "https://router.example/admin"
    bench = Bench(
        {f"{SITE}/1": [ok()], elsewhere: [ok()], "https://router.example/robots.txt": [NONE]},
    )
    await bench.complete(entry(1), entry(2, url=elsewhere), source=replace(SOURCE, allow_private=True))
    private = dict(zip(bench.asked(), bench.client.private, strict=True))
    assert (private[f"{SITE}/1"], private[elsewhere]) == (True, False)


async def test_one_pass_asks_for_a_bounded_number_of_pages_the_newest_first():
    entries = [entry(n, published=NOW - timedelta(minutes=n)) for n in range(1, MOST + 11)]
    bench = Bench({f"{SITE}/{n}": [ok(n)] for n in range(1, MOST + 11)})

    completed = await bench.complete(*reversed(entries))

    assert bench.asked() == [ROBOTS, *(f"{SITE}/{n}" for n in range(1, MOST + 1))]
    assert [one.id for one in completed if not one.content] == [f"e{n}" for n in range(MOST + 10, MOST, -1)]
