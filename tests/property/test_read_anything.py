"""Whatever a source sends, reading it ends in clean entries or in a ParseError."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import ReadFeed, Source
from feeds.read import read
from feeds.sanitize import clean_html, without_controls
from tests.budget import examples
from tests.fakes.mutated_feeds import MUTATIONS, SAMPLES, SHARDS, mutated

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
SOURCE = Source(id="any", url="https://any.example/rss", timezone="Europe/Kyiv")


def read_or_refuse(body: bytes, content_type: str = "") -> ReadFeed | None:
    with contextlib.suppress(ParseError):
        return read(body, source=SOURCE, url=SOURCE.url, content_type=content_type, now=NOW)
    return None


class LiveParts(HTMLParser):
    """Elements that run, load or style, and addresses that are no web addresses; text that only shows them is fine."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "iframe", "object", "embed", "form", "svg"}:
            self.found.append(tag)
        for name, value in attrs:
            away = name in {"href", "src"} and not (value or "").startswith(("http://", "https://"))
            if away or name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}={value}")


def live_parts(html: str) -> list[str]:
    parser = LiveParts()
    parser.feed(html)
    parser.close()
    return parser.found


def test_what_is_live_in_html_is_told_from_what_is_only_shown():
    assert live_parts('<p>&lt;script&gt; &lt;a href="javascript:x"&gt;</p>') == []
    html = '<script>x</script><a href="javascript:y" onclick="z">w</a>'
    assert live_parts(html) == ["script", "a href=javascript:y", "a onclick=z"]


def assert_clean(feed: ReadFeed) -> None:
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids)
    for entry in feed.entries:
        texts = (entry.title, entry.summary, *entry.authors, *entry.categories, entry.guid, entry.published_text)
        assert entry.title
        assert all(text == " ".join(without_controls(text).split()) for text in texts)
        assert entry.content == without_controls(entry.content)
        assert live_parts(entry.content) == []
        assert all(not url or url.startswith(("http://", "https://")) for url in (entry.url, entry.canonical_url))
        assert all(enclosure.length >= 0 for enclosure in entry.enclosures)
        assert datetime(1990, 1, 1, tzinfo=UTC) <= entry.published <= entry.updated <= NOW
        assert all(text.encode("utf-8").decode("utf-8") == text for text in (*texts, entry.content))
    assert list(feed.skipped) == sorted(feed.skipped, key=lambda one: one.position)


@given(st.binary(max_size=300), st.sampled_from(["", "text/html", "text/xml; charset=utf-16", "; charset=\x00"]))
@examples(150)
def test_arbitrary_bytes_are_read_or_refused(body: bytes, content_type: str):
    feed = read_or_refuse(body, content_type)
    if feed is not None:
        assert_clean(feed)


@given(st.sampled_from(SAMPLES), MUTATIONS)
@examples(150)
def test_a_mutated_feed_is_read_or_refused(body: bytes, mutations: list[tuple[float, int, bytes]]):
    feed = read_or_refuse(mutated(body, mutations))
    if feed is not None:
        assert_clean(feed)


@pytest.mark.heavy
@given(st.sampled_from(SAMPLES), MUTATIONS)
@examples(4000)
def test_thousands_of_mutated_feeds_are_read_or_refused(body: bytes, mutations: list[tuple[float, int, bytes]]):
    feed = read_or_refuse(mutated(body, mutations))
    if feed is not None:
        assert_clean(feed)


@given(st.sampled_from(SAMPLES), st.floats(0, 1))
@examples(100)
def test_a_document_cut_anywhere_is_refused_or_whole(body: bytes, where: float):
    whole, part = read_or_refuse(body), read_or_refuse(body[: int(where * len(body))])
    # Cut inside its last tag, all is read and nothing of it is marked as seen: it is read in full next time, too.
    assert part is None or part in (whole, replace(whole, seen=()))


def good(name: str) -> bytes:
    return f"<item><title>{name}</title><link>https://any.example/{name}</link></item>".encode()


@given(st.lists(SHARDS, max_size=8).map(b"".join), st.sampled_from([b"title", b"description", b"link", b"author"]))
@examples(200)
def test_one_hostile_entry_costs_its_neighbours_nothing(hostile: bytes, where: bytes):
    evil = b"<item><%b>%b</%b></item>" % (where, hostile, where)
    body = b"<rss version='2.0'><channel><title>x</title>" + good("before") + evil + good("after") + b"</channel></rss>"

    feed = read(body, source=SOURCE, url=SOURCE.url, content_type="", now=NOW)
    kept = {(entry.title, entry.url) for entry in feed.entries}
    assert {("before", "https://any.example/before"), ("after", "https://any.example/after")} <= kept


@given(st.sampled_from(SAMPLES), MUTATIONS)
@examples(60)
def test_reading_is_a_function_of_its_input(body: bytes, mutations: list[tuple[float, int, bytes]]):
    body = mutated(body, mutations)
    assert read_or_refuse(body) == read_or_refuse(body)


@given(st.sampled_from(SAMPLES))
@examples(len(SAMPLES))
def test_content_that_was_cleaned_once_is_clean(body: bytes):
    feed = read_or_refuse(body)
    for entry in feed.entries if feed else ():
        assert clean_html(entry.content, base=SOURCE.url) == entry.content
