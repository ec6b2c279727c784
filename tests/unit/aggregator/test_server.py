"""HTTP as readers see it, over a real socket."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.publishing.pages import CSP
from aggregator.publishing.shelf import Shelf
from aggregator.serving.answering import Asked
from aggregator.serving.server import application
from feeds.render import ATOM, HTML, JSON, RSS, document
from tests.fakes.serving import ask, served
from tests.fakes.topic_feeds import NOON

DOCUMENTS = {
    "/": document(b"<!doctype html><p>index</p>", HTML, NOON),
    "/topics/river": document(b"<!doctype html><p>topic</p>", HTML, NOON),
    "/404.html": document(b"<!doctype html><p>nothing here</p>", HTML, NOON),
    "/feeds/river.atom": document(b"<feed/>" * 40, ATOM, NOON),
    "/feeds/river.rss": document(b"<rss/>" * 40, RSS, NOON),
    "/feeds/river.json": document(b"{}", JSON, NOON),
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def port():
    shelf = Shelf()
    shelf.swap(DOCUMENTS)
    with served(application(shelf, max_age=lambda: timedelta(minutes=15))) as number:
        yield number


def test_a_feed_comes_with_all_that_readers_and_caches_need(port):
    reply = ask(port, "/feeds/river.atom")
    made = DOCUMENTS["/feeds/river.atom"]
    assert (reply.status, reply.body) == (200, made.body)
    wanted = {
        "content-type": "application/atom+xml; charset=utf-8",
        "content-length": str(len(made.body)),
        "etag": made.etag,
        "last-modified": "Sat, 14 Mar 2026 12:00:00 GMT",
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
    }
    assert {name: reply.headers.get(name) for name in wanted} == wanted
    assert "max-age=900" in reply.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/feeds/river.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/river.json", "application/feed+json"),
        ("/", "text/html; charset=utf-8"),
        ("/topics/river", "text/html; charset=utf-8"),
    ],
)
def test_every_document_has_its_media_type(port, path, media_type):
    assert ask(port, path).headers["content-type"] == media_type


def test_gzip_is_sent_when_accepted_under_a_tag_of_its_own(port):
    reply = ask(port, "/feeds/river.rss", headers={"Accept-Encoding": "br, gzip"})
    made = DOCUMENTS["/feeds/river.rss"]
    assert (reply.headers["content-encoding"], reply.headers["etag"]) == ("gzip", made.gzip_etag)
    assert gzip.decompress(reply.body) == made.body


def test_a_known_tag_gets_304_without_a_body(port):
    made = DOCUMENTS["/feeds/river.atom"]
    reply = ask(port, "/feeds/river.atom", headers={"If-None-Match": f'"other", W/{made.etag}'})
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["etag"] == made.etag
    assert "max-age=900" in reply.headers["cache-control"]
    assert reply.headers["vary"] == "Accept-Encoding"
    assert "content-type" not in reply.headers


def test_head_says_what_get_would(port):
    got, told = ask(port, "/feeds/river.atom"), ask(port, "/feeds/river.atom", method="HEAD")
    assert told.body == b""
    assert {**got.headers, "date": ""} == {**told.headers, "date": ""}


def test_pages_come_with_their_policy(port):
    for path in ("/", "/topics/river", "/nothing"):
        reply = ask(port, path)
        assert (reply.headers["content-security-policy"], reply.headers["referrer-policy"]) == (CSP, "no-referrer")
        assert reply.headers["x-content-type-options"] == "nosniff"


ABSENT = ["/nothing", "/feeds/lake.atom", "/feeds/", "/404.html", "//feeds/river.atom", "/a/../feeds/river.atom"]


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there_gets_a_page_that_says_so(port, path):
    reply = ask(port, path)
    assert (reply.status, reply.body) == (404, DOCUMENTS["/404.html"].body)
    assert ask(port, path, method="HEAD").body == b""


def test_before_the_first_publishing_readers_are_told_to_come_again():
    with served(application(Shelf(), max_age=timedelta)) as port:
        early, head = (ask(port, "/feeds/river.atom", method=method) for method in ("GET", "HEAD"))
        assert (early.status, early.headers["retry-after"], early.body) == (503, "30", b"Not yet: ask again\n")
        assert head == replace(early, body=b"", headers={**early.headers, "date": head.headers["date"]})
        assert ask(port, "/healthz").status == 200


def test_an_answer_to_head_never_has_a_body():
    shelf = Shelf()
    shelf.swap({"/feeds/river.atom": document(b"<feed/>", ATOM, NOON)}, coming={"/feeds/river/archive/1.atom"})
    answer = application(shelf, max_age=timedelta)
    for path in (
        "/feeds/river.atom",
        "/feeds/river/archive/1.atom",
        "/feeds/river/archive/2.atom",
        "/Feeds/River.atom",
    ):
        assert answer(Asked(method="HEAD", target=path)).body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/feeds/river.atom", "/nothing"])
def test_other_methods_are_refused_with_the_ones_that_work(port, method, path):
    reply = ask(port, path, method=method)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/Feeds/RIVER.Atom", "../feeds/river.atom"),
        ("/feeds/river.atom/", "../../feeds/river.atom"),
        ("/FEEDS/river.rss//?utm=1", "../../../feeds/river.rss?utm=1"),
        ("/topics/river/", "../../topics/river"),
        ("/feeds/River/", "../../feeds/river"),
    ],
)
def test_capitals_and_a_slash_at_the_end_redirect_once(port, path, location):
    reply = ask(port, path)
    assert (reply.status, reply.headers["location"]) == (308, location)


def test_a_redirect_hands_the_query_on_as_it_came(port):
    reply = ask(port, "/Feeds/river.rss?a=%0d%0aSet-Cookie:%20b&c=%FF")
    assert reply.headers["location"] == "../feeds/river.rss?a=%0d%0aSet-Cookie:%20b&c=%FF"
    assert "set-cookie" not in reply.headers


ODD = ["/%ff%00", "/..%2f..%2fetc/passwd", "/%E2%84%AA", "/feeds/%C4%B0.rss", "/" + "a/" * 2000]


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_are_simply_not_there(port, path):
    assert ask(port, path).status == 404


def test_unknown_parameters_are_ignored(port):
    assert ask(port, "/feeds/river.rss?utm_source=x&_=1").body == DOCUMENTS["/feeds/river.rss"].body


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        ("*/*", "/feeds/river.rss"),
        ("application/atom+xml", "/feeds/river.atom"),
        ("application/feed+json", "/feeds/river.json"),
        ("application/json", "/feeds/river.json"),
    ],
)
def test_a_feed_without_suffix_comes_in_the_format_that_the_reader_likes(port, accept, path):
    reply = ask(port, "/feeds/river", headers={"Accept": accept})
    assert (reply.status, reply.body) == (200, DOCUMENTS[path].body)
    assert {v.strip() for v in reply.headers["vary"].split(",")} == {"Accept", "Accept-Encoding"}


def test_a_browser_that_asks_for_a_feed_without_suffix_is_sent_to_the_page(port):
    reply = ask(port, "/feeds/river", headers={"Accept": BROWSER})
    assert (reply.status, reply.headers["location"], reply.headers["vary"]) == (302, "../topics/river", "Accept")


def test_no_header_of_a_request_gets_into_an_answer(port):
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for path in ("/", "/feeds/river.atom", "/feeds/river", "/feeds/RIVER", "/topics/river/", "/nothing"):
        reply = ask(port, path, headers=forged | {"Accept": BROWSER})
        assert "evil" not in f"{reply.headers}{reply.body}"


def test_the_process_says_that_it_answers(port):
    reply = ask(port, "/healthz")
    assert (reply.status, reply.body, reply.headers["cache-control"]) == (200, b"ok\n", "no-store")


def test_a_swap_shows_with_the_next_request():
    shelf = Shelf()
    with served(application(shelf, max_age=timedelta)) as port:
        for body in (b"<feed>1</feed>", b"<feed>2</feed>"):
            shelf.swap({"/feeds/river.atom": document(body, ATOM, NOON)})
            assert ask(port, "/feeds/river.atom").body == body


def test_a_document_that_knows_its_rhythm_says_how_long_it_is_fresh():
    shelf = Shelf()
    shelf.swap({"/feeds/a.atom": replace(document(b"<feed/>", ATOM, NOON), fresh_for=timedelta(minutes=7))})
    with served(application(shelf, max_age=lambda: timedelta(minutes=15))) as port:
        assert ask(port, "/feeds/a.atom").headers["cache-control"] == "max-age=420"
