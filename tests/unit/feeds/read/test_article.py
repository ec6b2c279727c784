"""Pages without an article, hostile pages, and a missing library."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import MissingExtra
from feeds.read.article import Article, extract
from tests.budget import examples
from tests.fakes.pages import LEAD, REST, page

URL = "https://tides.example/1"
HTML = "text/html; charset=utf-8"


def article(body: bytes, *, content_type: str = HTML, language: str = "") -> Article | None:
    return extract(body, URL, content_type, language)


def test_a_plain_page():
    found = article(page(head='<meta property="article:published_time" content="2026-03-01T10:00:00Z">'))
    assert found == Article(
        title="Old locks opened above Graymouth",
        text="\n".join((LEAD, *REST)),
        content=found.content,
        published="2026-03-01T10:00:00Z",
        language="en",
    )
    assert found.content.split("\n")[0] == f"<p>{LEAD}</p>"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n ",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b'{"articles": []}',
        b"<html><head><title>App</title></head><body><div id=root></div><script>run()</script></body></html>",
        b"<html><body><nav><a href=/>Home</a><a href=/n>News</a></nav></body></html>",
        b"<p>" + b"x" * 4_000_001,
    ],
)
def test_where_there_is_no_article_none_is_found(body):
    assert article(body) is None


def test_a_page_of_little_else_than_appeals_yields_none_of_them():
    found = article(page("Support us!", "Subscribe to our newsletter", title="Thanks"))
    assert found is None or found.text == "Home\nThanks"  # less than any feed's text


def test_what_runs_and_what_tracks_stays_out_of_the_content():
    hostile = page(
        LEAD, '<b onclick="x()">Boats</b> <script>x()</script><img src=x onerror=x()> went through at dawn.', *REST
    )
    found = article(hostile)
    assert "went through at dawn" in found.text
    assert [word for word in ("onclick", "<script", "onerror", "x()") if word in found.content] == []


def test_links_are_absolute_and_go_to_the_web_only():
    found = article(
        page(LEAD, 'See <a href="/draft">the draft</a> or <a href="javascript:x()">run</a> it, if you must.', *REST)
    )
    assert 'href="https://tides.example/draft"' in found.content
    assert "javascript" not in found.content


def test_the_language_is_assumed_where_the_page_does_not_say():
    silent = page().replace(b' lang="en"', b"")
    assert article(silent, language="uk").language == "uk"
    assert article(page(), language="uk").language == "en"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<div>" * 20_000 + b"deep",
        b"<p>" * 20_000,
        b"<a href=x " + b"a=b " * 20_000 + b">x</a>",
        b'<script type="application/ld+json">' + b"[" * 50_000 + b"</script><p>text</p>",
        b'<script type="application/ld+json">{"@type":"NewsArticle","datePublished":["x"],"headline":{}}</script>'
        + page(),
        b"<!--" * 20_000,
        b"<h1>" + b"1 " * 20_000,
        b"&#xD800;&#0;&#x110000;" * 1_000 + page(),
        "<p>\ud800</p>".encode("utf-8", "surrogatepass") + page(),
    ],
    ids=range(9),
)
def test_hostile_pages_are_answered(hostile):
    found = article(hostile)
    assert found is None or isinstance(found, Article)


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(MissingExtra, match=r"pip install 'topicwire\[fulltext\]'"):
        article(page())


bits = st.sampled_from(
    [
        *(b"<p>", b"</p>", b"<div class=date>", b"</div>", b"<h1>", b"<table><tr><td>", b"<br>", b"<a href=/>"),
        *(b"<time datetime=", b"<meta charset=", b"<html lang=", b">", b'"', b"{", b"&amp;", b"\xff\xfe", b"utf-16"),
        *(b"<script type=application/ld+json>", b"2023-06-08 01:10", LEAD.encode()),
    ]
)


@examples(60)
@given(st.lists(bits | st.binary(max_size=5), max_size=25).map(b"".join))
def test_arbitrary_pages_are_an_article_or_none(body):
    found = article(body)
    assert found is None or (found.text and found.content)
