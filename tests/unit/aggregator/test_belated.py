"""A page that failed brings its text later: with the passes of its source, a few times, and quietly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.fetching.articles import MOST_AGAIN, Articles
from aggregator.fetching.second_tries import AGAIN
from aggregator.ingesting.belated import remember_late
from aggregator.ingesting.judge import Judge
from aggregator.observing.events import PagesRead
from feeds.conditional import Response
from feeds.errors import MissingExtra, StoreFailed
from feeds.model import Revision, RevisionKind
from feeds.read.article import Article
from storage.port import Change
from tests.fakes.ingesting import NOT_MODIFIED, NOW, SOURCE, URL, Bench, feed, ok
from tests.fakes.pages import entry
from tests.fakes.stores import new_store

SITE = "https://tides.example"
PAGE = f"{SITE}/1"
FULL = replace(SOURCE, full_text=True)
LOST = Response(url=PAGE, status=500)
FOUND = Response(url=PAGE, status=200, headers=(("content-type", "text/html"),), body=b"page")
FILM = replace(FOUND, headers=(("content-type", "video/mp4"),))
TEXT = "About Locks. The keeper of the locks said that they would stay open, rain or no rain."
ARTICLE = Article(title="Locks", text=TEXT, content=f"<p>{TEXT}</p>")


class Pages(Bench):
    """An ingest that completes entries from their pages, whose extractor finds the same article on each."""

    def __init__(self, *pages: Response, article: Article | Exception = ARTICLE, titles: tuple[str, ...] = ("Locks",)):
        nothing = {f"{SITE}/{number}": [LOST] for number in range(2, len(titles) + 1)}
        robots = [Response(url=f"{SITE}/robots.txt", status=404)]
        super().__init__(
            {URL: [ok(feed(*titles)), NOT_MODIFIED], f"{SITE}/robots.txt": robots, PAGE: list(pages), **nothing}
        )
        self.article = article
        self.articles = self.ingest._asking._articles = Articles(
            client=self.client, clock=lambda: self.now, observe=self.events.append, extract=self.extract
        )

    async def extract(self, body: bytes, *, url: str, content_type: str, language: str) -> Article:
        if isinstance(self.article, Exception):
            raise self.article
        return self.article

    def passes(self, *after: timedelta) -> list:
        async def run() -> list:
            done = []
            for span in after:
                self.now = NOW + span
                done.append(await self.ingest.run(FULL))
            return done

        return asyncio.run(run())

    def asked(self) -> int:
        return sum(request.url.startswith(f"{SITE}/") and request.url[-1].isdigit() for request in self.client.asked)


HOURS = [timedelta(hours=hours) for hours in range(100)]


def test_a_page_that_failed_is_asked_for_again_and_the_entry_gets_its_text_as_a_silent_revision():
    bench = Pages(LOST, FOUND)
    first, early, late = bench.passes(HOURS[0], HOURS[1] - timedelta(minutes=1), HOURS[1])

    (stored,) = bench.store.entries()
    before = replace(stored, content="", revised=NOW, revision=0)
    assert (first.new, early.changed, late.changed, late.revised) == (1, (), (stored.id,), 1)
    assert stored == replace(before, content=ARTICLE.content, revised=NOW + HOURS[1], revision=1)
    assert bench.store.revisions(stored.id) == (
        Revision(
            entry=stored.id,
            number=0,
            replaced=NOW + HOURS[1],
            changes=("content",),
            kind=RevisionKind.SILENT,
            title=before.title,
            summary=before.summary,
            content="",
            url=before.url,
        ),
    )
    refused = (f"{PAGE}: the server answered 500",)
    assert [event for event in bench.events if isinstance(event, PagesRead)] == [
        PagesRead(source="tides", asked=1, taken=0, refused=refused),
        PagesRead(source="tides", asked=1, taken=1),
    ]


def test_a_page_that_always_fails_is_asked_for_four_times_in_all():
    bench = Pages(LOST)
    bench.passes(*HOURS)
    assert bench.asked() == 1 + len(AGAIN)


def test_a_page_that_has_brought_its_text_is_let_be():
    bench = Pages(LOST, FOUND)
    bench.passes(*HOURS)
    assert bench.asked() == 2


@pytest.mark.parametrize(("answer", "article"), [(FILM, ARTICLE), (FOUND, MissingExtra("fulltext"))])
def test_what_will_never_be_an_article_is_not_asked_for_again(answer, article):
    bench = Pages(answer, article=article)
    bench.passes(*HOURS)
    assert bench.asked() == 1


@pytest.mark.parametrize(
    ("robots", "tries"),
    [
        (Response(url=f"{SITE}/robots.txt", status=200, body=b"User-agent: *\nDisallow: /1\n"), 1),
        (Response(url=f"{SITE}/robots.txt", status=500), 1 + len(AGAIN)),
    ],
)
def test_what_robots_txt_forbids_is_not_tried_again_and_what_it_may_allow_later_is(robots, tries):
    bench = Pages(FOUND)
    bench.client.answers[f"{SITE}/robots.txt"][:] = [robots]
    bench.passes(*HOURS)
    told = [event for event in bench.events if isinstance(event, PagesRead)]
    assert (bench.asked(), len(told)) == (0, tries)


def test_one_pass_asks_for_few_pages_again():
    bench = Pages(LOST, titles=tuple(f"Lock {number}" for number in range(1, MOST_AGAIN + 3)))
    bench.articles._within = timedelta(seconds=0)  # no page is asked for in the first pass
    bench.passes(HOURS[0])
    bench.articles._within = timedelta(seconds=30)
    bench.passes(HOURS[2])
    assert [event.asked for event in bench.events if isinstance(event, PagesRead)] == [MOST_AGAIN + 2, MOST_AGAIN]


def test_the_page_of_an_entry_that_left_is_not_asked_for():
    bench = Pages(LOST, FOUND)
    bench.passes(HOURS[0])
    (stored,) = bench.store.entries()
    bench.store.commit(Change(buried=(stored,)))
    bench.passes(HOURS[2], HOURS[3])
    assert bench.asked() == 1


def test_an_entry_that_was_edited_meanwhile_stays_as_it_is():
    store = new_store()
    known = entry()
    newer = replace(known, title="Locks closed again", revision=1)
    store.commit(Change(entries=(newer,)))
    assert remember_late(store, Judge(store), [(known, replace(known, content="<p>late</p>"))], now=NOW) == ()
    assert store.entry(known.id) == newer


def test_an_entry_of_which_other_things_were_edited_meanwhile_gets_its_text_beside_them():
    store = new_store()
    known = entry()
    newer = replace(known, categories=("Rivers",), revision=1, revised=NOW)
    store.commit(Change(entries=(newer,)))
    later = NOW + timedelta(hours=1)
    assert remember_late(store, Judge(store), [(known, replace(known, content="<p>late</p>"))], now=later) == ("e1",)
    assert store.entry("e1") == replace(newer, content="<p>late</p>", revision=2, revised=later)


def test_of_many_revisions_the_oldest_goes():
    store = new_store()
    known = entry(revision=20)
    store.commit(Change(entries=(known,), revisions=(_state(known, 0),)))
    assert remember_late(store, Judge(store), [(known, replace(known, content="<p>late</p>"))], now=NOW) == (known.id,)
    assert [one.number for one in store.revisions(known.id)] == [20]


def test_a_store_that_refuses_the_late_text_stops_the_passes():
    bench = Pages(LOST, FOUND)
    bench.passes(HOURS[0])

    def refuse(change: Change) -> None:
        if change.entries:
            raise StoreFailed("no room")

    bench.store.commit = refuse
    with pytest.raises(StoreFailed):
        bench.passes(HOURS[2])
    assert bench.ingest.stopped == "no room"


def _state(known, number: int) -> Revision:
    return Revision(
        entry=known.id,
        number=number,
        replaced=NOW,
        changes=("title",),
        title=known.title,
        summary="",
        content="",
        url=known.url,
    )
