"""The three formats: whole documents, and what readers get back out of them."""

from __future__ import annotations

import html
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest

from feeds.model import Origin
from feeds.render import atom, json_feed, prepare, rss
from tests.fakes.topic_feeds import a_feed, an_entry, published, the_golden_feed

GOLDEN = Path(__file__).parents[3] / "golden"
ATOM = "{http://www.w3.org/2005/Atom}"


def write(feed, suffix: str) -> bytes:
    prepared = prepare(feed)
    match suffix:
        case "atom":
            return atom(prepared)
        case "rss":
            return rss(prepared, ttl_minutes=30)
        case _:
            return json_feed(prepared)


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_documents_are_as_expected_to_the_byte(suffix):
    assert write(the_golden_feed(), suffix) == (GOLDEN / f"river-treaty.{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_a_feed_without_entries_is_a_valid_document(suffix):
    body = write(a_feed(), suffix)
    if suffix == "json":
        assert json.loads(body)["items"] == []
    else:
        read = feedparser.parse(io.BytesIO(body))
        assert (read.bozo, read.entries, read.feed.title) == (False, [], "River treaty & border")


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_xml_starts_with_its_declaration_and_no_byte_order_mark(suffix):
    assert write(a_feed(), suffix).startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<")


def as_feedparser_reads(body: bytes) -> list[dict]:
    read = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    return [
        {
            "id": e.id,
            "title": e.title,
            "url": "" if e.get("link") in {None, e.id} else e.link,  # Atom without a link: feedparser offers the id
            "published": datetime(*e.published_parsed[:6], tzinfo=UTC),
            "summary": html.unescape(e.summary) if e.summary_detail.type == "text/html" else e.summary,
            "html": e.content[0].value,
            "source": e.source.title,
            "tags": [t.label or t.term for t in e.tags],
        }
        for e in read.entries
    ]


def as_json_reads(body: bytes) -> list[dict]:
    return [
        {
            "id": i["id"],
            "title": i["title"],
            "url": i.get("url", ""),
            "published": datetime.fromisoformat(i["date_published"]),
            "summary": i["summary"],
            "html": i["content_html"],
            "source": i["_topicwire"]["source"]["title"],
            "tags": i["tags"],
        }
        for i in json.loads(body)["items"]
    ]


def test_the_three_formats_read_back_as_the_same_entries():
    feed = the_golden_feed()
    expected = [
        {
            "id": e.id,
            "title": e.title,
            "url": e.url,
            "published": e.published,
            "summary": e.summary,
            "html": e.html,
            "source": e.origin.title,
            "tags": [feed.title, *e.categories],
        }
        for e in prepare(feed).entries
    ]
    assert as_feedparser_reads(write(feed, "atom")) == expected
    assert as_feedparser_reads(write(feed, "rss")) == expected
    assert as_json_reads(write(feed, "json")) == expected


def test_every_author_has_a_dc_creator_and_no_mail_address_is_asked_for():
    channel = ET.fromstring(write(the_golden_feed(), "rss"))
    creators = [[c.text for c in i.iter("{http://purl.org/dc/elements/1.1/}creator")] for i in channel.iter("item")]
    assert creators == [["Ann Quill", "O’Hara, Jr."], ["Дзвін & Ко"], ["Степной вестник"]]
    assert list(channel.iter("author")) == []


def test_atom_links_keep_their_relation_and_type():
    feed = ET.fromstring(write(the_golden_feed(), "atom"))
    first = next(feed.iter(f"{ATOM}entry"))
    assert [dict(link.attrib) for link in first.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "type": "text/html", "href": "https://river.example/1?id=7&ref=home"},
        {
            "rel": "enclosure",
            "type": "image/jpeg",
            "length": "2048",
            "href": "https://river.example/a%20b.jpg?w=1&h=2",
        },
        {"rel": "enclosure", "type": "audio/mpeg", "length": "0", "href": "https://river.example/talk.mp3"},
        {
            "rel": "related",
            "type": "text/html",
            "href": "https://feeds.example/topics/river-treaty#86c5bfa3-4a99-5aba-ba0b-77a98411b60f",
            "title": "Why it is in “River treaty & border”",
        },
    ]


def test_atom_source_has_all_that_the_standard_asks_for():
    feed = ET.fromstring(write(the_golden_feed(), "atom"))
    for source in feed.iter(f"{ATOM}source"):
        assert {child.tag.removeprefix(ATOM) for child in source} >= {"id", "title", "updated", "link"}


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_a_source_whose_address_is_forgotten_is_named_in_words_only(suffix):
    body = write(a_feed(published(an_entry(), origin=Origin(id="old", title="Old Post", url=""))), suffix)
    assert b"<source" not in body
    assert b"Old Post" in body


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_a_feed_names_its_own_address_with_the_type(suffix):
    tree = ET.fromstring(write(a_feed(), suffix))
    (own,) = [link for link in tree.iter(f"{ATOM}link") if link.attrib["rel"] == "self"]
    assert own.attrib == {
        "href": f"https://feeds.example/feeds/river-treaty.{suffix}",
        "rel": "self",
        "type": f"application/{suffix}+xml",
    }


def test_an_rss_item_has_one_enclosure_and_sound_comes_before_pictures():
    item = next(ET.fromstring(write(the_golden_feed(), "rss")).iter("item"))
    assert [dict(e.attrib) for e in item.iter("enclosure")] == [
        {"url": "https://river.example/talk.mp3", "length": "0", "type": "audio/mpeg"}
    ]


def test_rss_texts_carry_no_named_references():
    assert not {b"&amp;", b"&lt;"} & set(write(the_golden_feed(), "rss").split())
    assert b"<title>Smith &#x26; Sons: is 3 &#x3C; 4? &#x3C;b&gt; is no tag here</title>" in write(
        the_golden_feed(), "rss"
    )


def test_no_address_of_a_request_or_moment_of_rendering_is_in_a_document():
    assert write(the_golden_feed(), "rss") == write(the_golden_feed(), "rss")
    assert write(the_golden_feed(), "atom") == write(the_golden_feed(), "atom")


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_a_topic_title_that_xml_cannot_carry_is_an_error(suffix):
    with pytest.raises(ValueError, match="XML compatible"):
        write(a_feed(published(an_entry()), title="a\x00"), suffix)
