"""Whatever an entry holds, documents are well-formed and read back equal."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from functools import partial
from xml.etree import ElementTree as ET

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Enclosure
from feeds.render import ATOM, JSON, RSS, Written, atom, flaw, json_feed, prepare, rss, written
from tests.fakes.topic_feeds import DZVIN, a_feed, an_entry, published

texts = st.text(st.characters(codec=None), max_size=40)  # lone surrogates and controls too
snippets = st.lists(
    st.sampled_from(["<p>", "</p>", "<script>", "]]>", "<![CDATA[", "&amp;", "&#x1;", "&#xD800;", "<a href='/x'>", "Ж"])
    | texts,
    max_size=6,
).map("".join)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001
links = st.sampled_from(["", "https://river.example/1", "javascript:x", "http://a.example/?b&c"]) | texts

entries = st.builds(
    an_entry,
    number=st.integers(1, 5),
    title=texts,
    summary=texts,
    content=snippets,
    url=links,
    authors=st.lists(texts, max_size=2).map(tuple),
    categories=st.lists(texts, max_size=2).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, url=links, media_type=texts, length=st.integers(0)), max_size=2).map(
        tuple
    ),
    language=texts,
    published=moments,
    updated=moments,
    first_seen=moments,
    revised=moments,
    revision=st.integers(0, 2),
)
feeds = st.lists(entries, max_size=4).map(lambda held: a_feed(*(published(e, also=(DZVIN,)) for e in held)))


@given(feeds)
def test_every_document_is_well_formed(feed):
    prepared = prepare(feed)
    for write, media_type in ((atom, ATOM), (partial(rss, ttl_minutes=1), RSS), (json_feed, JSON)):
        made = written(prepared, write, media_type)
        assert isinstance(made, Written)
        assert flaw(made.document) == ""
        assert gzip.decompress(made.document.gzip) == made.document.body == write(prepared)


@given(feeds)
def test_every_entry_is_either_published_or_refused(feed):
    prepared = prepare(feed)
    assert len(prepared.entries) + len(prepared.refused) == len(feed.entries)
    assert prepare(a_feed(published(an_entry(6)), *feed.entries)).entries[1:] == prepared.entries


@given(feeds)
def test_titles_ids_and_links_come_back_as_they_were(feed):
    prepared = prepare(feed)
    expected = [(e.id, e.title, e.url) for e in prepared.entries]
    items = json.loads(json_feed(prepared))["items"]
    assert [(i["id"], i["title"], i.get("url", "")) for i in items] == expected
    channel = ET.fromstring(rss(prepared, ttl_minutes=1))
    in_rss = [tuple(i.findtext(name) or "" for name in ("guid", "title", "link")) for i in channel.iter("item")]
    assert in_rss == expected


@given(feeds)
def test_a_feed_reader_finds_every_entry_in_order(feed):
    prepared = prepare(feed)
    for body in (atom(prepared), rss(prepared, ttl_minutes=1)):
        read = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        assert [e.id for e in read.entries] == [e.id for e in prepared.entries]
