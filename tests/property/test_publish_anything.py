"""Whatever entries hold, what is published is valid, and reading it back gives the same entries and the same chain."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree as ET

from hypothesis import assume, given

from feeds.model import Entry, Source
from feeds.read import read
from feeds.read.titles import plain_title
from feeds.render import ATOM, JSON, RSS, Shown, atom, json_feed, prepare, rss
from feeds.sanitize import clean_html
from tests.fakes.nasty_entries import feeds
from tests.fakes.topic_feeds import NOON, as_archive, the_golden_feed
from tests.validity.judging import A
from tests.validity.validating import avoidable, faults

LATER = NOON + timedelta(days=2)


def written(prepared) -> dict[str, bytes]:
    return {"atom": atom(prepared), "rss": rss(prepared, ttl_minutes=5), "json": json_feed(prepared)}


def judged(prepared) -> dict[str, object]:
    bodies, base = written(prepared), prepared.feed.feed_url
    return {
        "atom": avoidable(bodies["atom"], content_type=ATOM, url=f"{base}.atom", now=LATER),
        "rss": avoidable(bodies["rss"], content_type=RSS, url=f"{base}.rss", now=LATER),
        "json": faults(bodies["json"]),
    }


TYPES = {"atom": ATOM, "rss": RSS, "json": JSON}
VALID = {"atom": set(), "rss": set(), "json": []}


@given(feeds)
def test_every_document_is_valid(feed):
    assert judged(prepare(feed)) == VALID


@given(feeds)
def test_every_archive_is_valid_and_holds_what_the_feed_would(feed):
    plain, archive = prepare(feed), prepare(as_archive(feed))
    assert judged(archive) == VALID
    bodies, archived = written(plain), written(archive)
    for suffix, media_type in TYPES.items():
        assert read_back(archived[suffix], media_type) == read_back(bodies[suffix], media_type)


def chain_in_xml(body: bytes) -> list[tuple]:
    root = ET.fromstring(body)
    is_rss = root.tag == "rss"
    chains = []
    for entry in root.iter("item" if is_rss else f"{A}entry"):
        source = entry.find("source" if is_rss else f"{A}source")
        named = () if source is None else (source.text, source.get("url"))
        if source is not None and not is_rss:
            named = source.findtext(f"{A}title"), source.find(f"{A}link[@rel='self']").get("href")
        links = [(one.get("rel"), one.get("href"), one.get("title")) for one in entry.findall(f"{A}link")]
        chains.append((named, [one for one in links if one[0] in {"via", "related"}]))
    return chains


def chain_in_json(body: bytes, topic_title: str) -> list[tuple]:
    chains = []
    for item in json.loads(body)["items"]:
        told = item["_topicwire"]
        source = told["source"]
        links = [("via", told["via"]["url"], told["via"]["title"])] if "via" in told else []
        links += [("related", other["url"], other["title"]) for other in told["also"] if "url" in other]
        links.append(("related", told["why"], f"Why it is in “{topic_title}”"))
        chains.append(((source["title"], source["feed_url"]) if "feed_url" in source else (), links))
    return chains


@given(feeds)
def test_every_format_tells_the_same_chain(feed):
    bodies = written(prepare(feed))
    assert chain_in_xml(bodies["atom"]) == chain_in_xml(bodies["rss"]) == chain_in_json(bodies["json"], feed.title)


def read_back(body: bytes, content_type: str) -> list:
    source = Source(id="ours", url="https://feeds.example/feeds/river-treaty")
    return list(read(body, source=source, url=source.url, content_type=content_type, now=LATER).entries)


def settled(text: str) -> str:
    """`text` as one who decodes as long as there is something to decode; only Atom says how often that is meant."""
    while (plainer := plain_title(unescape(text), is_html=True)) != text:
        text = plainer
    return text


def told(one: Entry | Shown, categories: tuple[str, ...]) -> tuple:
    texts = [[one.title], [one.summary], one.authors, categories]
    plain = [list(dict.fromkeys(filter(None, map(settled, few)))) for few in texts]
    return one.url, one.published, *plain


@given(feeds)
def test_all_formats_read_back_as_what_was_published(feed):
    prepared = prepare(feed)
    assume(all(settled(shown.title) for shown in prepared.entries))  # a title of tags alone is none to readers of RSS
    bodies = written(prepared)
    expected = [(s.id, clean_html(s.html, base=""), *told(s, (feed.title, *s.categories))) for s in prepared.entries]
    for suffix, media_type in TYPES.items():
        found = read_back(bodies[suffix], media_type)
        assert [
            (e.guid, e.content or html, *told(e, e.categories))  # reading keeps mere text as the summary alone
            for e, (_, html, *_) in zip(found, expected, strict=True)
        ] == expected, suffix


@given(feeds)
def test_files_and_edits_are_read_back_from_atom_and_json(feed):
    prepared = prepare(feed)
    bodies = written(prepared)
    in_atom, in_json = read_back(bodies["atom"], ATOM), read_back(bodies["json"], JSON)
    expected = [(s.updated, s.enclosures) for s in prepared.entries]
    assert [(e.updated, e.enclosures) for e in in_atom] == expected
    assert [(e.updated, e.enclosures) for e in in_json] == expected


def test_the_golden_entries_come_back_word_for_word():
    prepared = prepare(the_golden_feed())
    expected = [(s.id, s.title, s.summary, s.authors, (prepared.feed.title, *s.categories)) for s in prepared.entries]
    for suffix in ("atom", "json"):
        found = read_back(written(prepared)[suffix], TYPES[suffix])
        assert [(e.guid, e.title, e.summary, e.authors, e.categories) for e in found] == expected
