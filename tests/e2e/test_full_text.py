"""Full text, from the config to the store: feed, robots.txt and pages over real sockets, pages read in a child."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import escape

import pytest

from aggregator.app import open_app
from aggregator.config import load
from aggregator.fetching.turns import Turns
from aggregator.ingesting.passes import pass_once
from aggregator.observing.events import Event, PagesRead
from aggregator.serving.answering import Asked, Reply, reply
from aggregator.world import World
from feeds.sanitize import plain_text
from storage.tinydb_store import open_store
from tests.fakes.pages import LEAD, REST, page
from tests.fakes.serving import served, sized

CONFIG = """
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:{port}/feed"
id = "tides"
full_text = true
allow_private = true
headers = {{ X-Api-Key = "env:TIDES_KEY" }}
[[topic]]
id = "locks"
match = ["lock"]
"""
TITLES = ("Old locks opened above Graymouth", "Locks behind a wall", "Locks for nobody", "Locks that are lost")
WALL = page(*["We and our partners would like to store cookies on your device, if you agree to all of it."] * 9)


class Site:
    """A feed of four leads: a page, a wall, a page that robots.txt forbids, and one that is gone."""

    def __init__(self) -> None:
        self.titles = list(TITLES)
        self.asked: list[str] = []
        self.keys: list[bytes] = []
        self.pages = {"/robots.txt": b"User-agent: *\nDisallow: /3\n", "/1": page(), "/2": WALL}

    def feed(self) -> bytes:
        entries = "".join(
            f"<item><guid>{n}</guid><link>/{n}</link><title>{escape(title)}</title>"
            f"<description>{LEAD}</description></item>"
            for n, title in enumerate(self.titles, 1)
        )
        return f'<rss version="2.0"><channel><title>Tides</title>{entries}</channel></rss>'.encode()

    def __call__(self, asked: Asked) -> Reply:
        path = asked.target
        self.asked.append(path)
        self.keys.append(asked.headers.get("x-api-key", "").encode())
        body = self.feed() if path == "/feed" else self.pages.get(path)
        tag = {"etag": '"1"'} if path == "/1" else {}
        if asked.headers.get("if-none-match") == '"1"' and tag:
            return reply(304, tag.items())
        kind = "application/rss+xml" if path == "/feed" else "text/html"
        return sized(200 if body else 404, {"content-type": kind, **tag}, body or b"")


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def once(tmp_path, site, one_sandbox):
    """Does one pass, without the two seconds between requests; what the observer was told."""
    with served(site) as port:
        file = tmp_path / "config.toml"
        file.write_text(CONFIG.format(port=port), "utf-8")
        config = load(file, environ={"TIDES_KEY": "secret-of-tides"})

        def run() -> list[Event]:
            told: list[Event] = []
            world = World(draw=lambda: 0.0, turns=Turns(gap=timedelta()))
            with open_app(config, world=world, observe=told.append) as app:
                asyncio.run(pass_once(app.ingest, config.sources, ended=lambda _: None))
            return told

        run.url = f"http://127.0.0.1:{port}"
        yield run


def revisions(tmp_path) -> int:
    with open_store(tmp_path / "store", writable=False) as store:
        return store.counts().revisions


def stored(tmp_path) -> dict[str, str]:
    with open_store(tmp_path / "store", writable=False) as store:
        return {entry.title: entry.content for entry in store.entries()}


def test_entries_take_their_text_from_their_pages_and_failures_leave_the_feeds(once, site, tmp_path):
    told = once()

    contents = stored(tmp_path)
    assert plain_text(contents.pop(TITLES[0])).split("\n") == [LEAD, *REST]
    assert contents == dict.fromkeys(TITLES[1:], "")
    assert sorted(site.asked) == ["/1", "/2", "/4", "/feed", "/robots.txt"]
    assert set(site.keys) == {b"secret-of-tides"}
    assert told[0] == PagesRead(
        source="tides",
        asked=4,
        taken=1,
        refused=(
            f"{once.url}/3: its robots.txt does not allow it, or cannot be had",
            f"{once.url}/4: the server answered 404",
        ),
    )


def test_a_second_pass_asks_only_for_new_pages_and_revises_nothing(once, site, tmp_path):
    once()
    before = stored(tmp_path)
    site.titles.append("A fifth about locks")
    del site.asked[:]

    once()

    assert sorted(site.asked) == ["/5", "/feed", "/robots.txt"]
    assert stored(tmp_path) == {**before, "A fifth about locks": ""}
    assert revisions(tmp_path) == 0


def test_an_edited_headline_is_one_revision_and_keeps_the_text_of_the_page(once, site, tmp_path):
    once()
    before = stored(tmp_path)
    site.titles[0] = "Old locks opened at last"

    once()

    text = before.pop(TITLES[0])
    assert stored(tmp_path) == {**before, site.titles[0]: text}
    assert revisions(tmp_path) == 1
