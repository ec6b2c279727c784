"""Private, renamed and removed topics, as readers meet them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.serving.answering import Asked
from aggregator.serving.server import application
from feeds.model import Site
from feeds.query.syntax import parse_query
from feeds.read.opml import read_opml
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Change, Store
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
TOKEN = "Quiet-harbour_0123456789"
RIVER = Topic(id="river", title="Rivers", match={"any": (parse_query("treaty"),)})


class Reached:
    def __init__(self, store: Store, *topics: Topic, folder=None, hub: str = "") -> None:
        publisher = Publisher(
            store=store,
            topics=topics,
            sources=(),
            settings=Imprint(base_url="https://feeds.example", title="My feeds", folder=folder, hub=hub),
            analyser=Analyser(),
            site=SITE,
            clock=lambda: NOON,
            observe=lambda event: None,
        )
        publisher.load()
        publisher.publish()
        self.publisher, self.shelf = publisher, publisher.shelf
        self._answer = application(self.shelf, max_age=lambda: timedelta(minutes=15))

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        found = self._answer(Asked(method="GET", target=path, headers=named))
        first, *lines = found.head.decode("latin-1").split("\r\n")[:-1]
        return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), found.body

    def status(self, path: str) -> int:
        return self.get(path)[0]

    def leads(self, path: str) -> tuple[int, str]:
        status, headers, _ = self.get(path)
        return status, headers.get("location", "")


@pytest.fixture
def store():
    made = new_store()
    made.commit(Change(entries=(an_entry(1, title="A treaty"),)))
    return made


PATHS = ["/feeds/{}river.atom", "/feeds/{}river.rss", "/feeds/{}river.json", "/feeds/{}river", "/topics/{}river"]


@pytest.mark.parametrize("path", PATHS)
def test_a_private_feed_is_there_for_those_alone_who_know_its_token(store, path):
    site = Reached(store, replace(RIVER, token=TOKEN))
    status, headers, body = site.get(path.format(f"{TOKEN}/"))
    assert (status, b"treaty" in body) == (200, True)
    assert headers["cache-control"] == "private, max-age=900"
    assert headers["x-robots-tag"] == "noindex"
    for wrong in ("", "x/", f"{TOKEN.lower()}/", f"{TOKEN[:-1]}/", f"{TOKEN}0/", f"{TOKEN}/{TOKEN}/", "//", "%00/"):
        assert site.status(path.format(wrong)) == 404


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
def test_a_private_feed_names_itself_by_its_whole_address(store, kind):
    body = Reached(store, replace(RIVER, token=TOKEN)).get(f"/feeds/{TOKEN}/river.{kind}")[2].decode()
    assert f"https://feeds.example/feeds/{TOKEN}/river.{kind}" in body
    assert f"https://feeds.example/topics/{TOKEN}/river" in body


def test_the_page_of_a_private_topic_says_anew_why_an_entry_is_in_though_its_feed_is_the_same(store):
    private = replace(RIVER, token=TOKEN)
    site = Reached(store, private)
    list(site.publisher.adopt(replace(private, match={"any": (parse_query("treaty OR pact"),)})))
    site.publisher.publish()
    assert b"treaty OR pact" in site.get(f"/topics/{TOKEN}/river.json")[2]


def test_a_private_feed_is_listed_nowhere(store, tmp_path):
    Reached(store, RIVER, folder=tmp_path)
    assert (tmp_path / "feeds/river.atom").exists()
    site = Reached(store, replace(RIVER, token=TOKEN), folder=tmp_path)
    assert sorted(site.shelf.documents) == [
        "/", "/404.html", "/feeds/_health.atom", "/index.json", "/sources", "/sources.json", "/topics.opml",
    ]  # fmt: skip
    told = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    told += [made.body for made in site.shelf.documents.values()]
    assert not any(b"river" in one or b"Rivers" in one or TOKEN.encode() in one for one in told)
    assert TOKEN not in repr(site.shelf.stock)


def test_a_private_feed_is_answered_conditionally_too(store):
    site = Reached(store, replace(RIVER, token=TOKEN))
    _, headers, _ = site.get(f"/feeds/{TOKEN}/river.atom")
    status, _, body = site.get(f"/feeds/{TOKEN}/river.atom", if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


def test_a_token_keeps_its_capitals_when_the_rest_is_tidied(store):
    site = Reached(store, replace(RIVER, token=TOKEN, formerly=("brook",)))
    assert site.leads(f"/feeds/{TOKEN}/RIVER.atom/") == (308, f"../../../feeds/{TOKEN}/river.atom")
    assert site.leads(f"/feeds/{TOKEN}/brook.rss?a=b") == (308, f"../../feeds/{TOKEN}/river.rss?a=b")
    assert site.status("/feeds/brook.rss") == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/feeds/brook.atom", "../feeds/river.atom"),
        ("/feeds/creek.rss", "../feeds/river.rss"),
        ("/feeds/brook.json?utm=1", "../feeds/river.json?utm=1"),
        ("/feeds/brook", "../feeds/river"),
        ("/topics/brook", "../topics/river"),
        ("/Topics/BROOK/", "../../topics/river"),
    ],
)
def test_a_renamed_topic_leads_to_its_present_address_at_once(store, path, location):
    assert Reached(store, replace(RIVER, formerly=("brook", "creek"))).leads(path) == (308, location)


def test_a_renamed_topic_keeps_the_ids_of_all_that_it_published(store):
    before = Reached(store, RIVER).get("/feeds/river.atom")[2]
    after = Reached(store, replace(RIVER, id="stream", formerly=("river",))).get("/feeds/stream.atom")[2]
    ids = re.compile(rb"<id>(.+?)</id>")
    assert len(ids.findall(after)) >= 2
    assert ids.findall(after) == ids.findall(before)


def test_a_removed_topic_is_gone_and_one_that_never_was_is_not_there(store):
    Reached(store, RIVER)
    lake = replace(RIVER, id="lake")
    site = Reached(store, lake)
    assert [site.status(path) for path in ("/feeds/river.atom", "/feeds/river", "/topics/river")] == [410] * 3
    assert site.status("/feeds/pond.atom") == 404
    assert Reached(store, RIVER, lake).status("/feeds/river.atom") == 200


def test_what_was_private_leaves_no_trace_when_it_is_removed(store):
    Reached(store, replace(RIVER, token=TOKEN))
    assert [Reached(store).status(path) for path in ("/feeds/river.atom", f"/feeds/{TOKEN}/river.atom")] == [404] * 2


def test_our_feeds_come_as_a_list_that_readers_import(store):
    site = Reached(store, RIVER, replace(RIVER, id="lake", title="Lakes & ponds"))
    status, headers, body = site.get("/topics.opml")
    assert (status, headers["content-type"]) == (200, "text/x-opml; charset=utf-8")
    assert [(one.title, one.url) for one in read_opml(body)] == [
        ("Rivers", "https://feeds.example/feeds/river.atom"),
        ("Lakes & ponds", "https://feeds.example/feeds/lake.atom"),
    ]
    assert b'htmlUrl="https://feeds.example/topics/lake"' in body


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_feeds_link_the_hub_and_their_own_address(store, suffix):
    site = Reached(store, RIVER, hub="own")
    path = f"/feeds/river.{suffix}"
    _, headers, body = site.get(path)
    own = f"https://feeds.example{path}"
    assert headers["link"] == f'<https://feeds.example/hub>; rel="hub", <{own}>; rel="self"'
    assert b"https://feeds.example/hub" in body
    assert "link" not in site.get("/topics/river")[1]
    assert "link" not in Reached(store, RIVER).get(path)[1]


def test_a_private_feed_names_our_own_hub_with_its_whole_address_and_no_other_hub(store):
    private = replace(RIVER, token=TOKEN)
    path = f"/feeds/{TOKEN}/river.atom"
    _, headers, _ = Reached(store, private, hub="own").get(path)
    assert headers["link"].endswith(f'<https://feeds.example{path}>; rel="self"')
    _, headers, body = Reached(store, private, hub="https://hub.example/").get(path)
    assert ("link" in headers, b"hub.example" in body) == (False, False)
    _, headers, _ = Reached(store, RIVER, hub="https://hub.example/").get("/feeds/river.atom")
    assert headers["link"].startswith('<https://hub.example/>; rel="hub"')
