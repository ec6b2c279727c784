"""Where a feed names the hub that tells of its changes."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from feeds.render import ATOM, RSS, atom, json_feed, prepare, rss
from tests.fakes.topic_feeds import NOON, a_feed, an_entry, published
from tests.validity.validating import faults, messages

HUB = "https://feeds.example/hub?a=1&b=2"
LINK = "{http://www.w3.org/2005/Atom}link"
FEED = a_feed(published(an_entry(1)), hub=HUB)


def rss_of(feed) -> bytes:
    return rss(prepare(feed), ttl_minutes=30)


def atom_of(feed) -> bytes:
    return atom(prepare(feed))


@pytest.mark.parametrize(("write", "top", "suffix"), [(atom_of, ".", "atom"), (rss_of, "channel", "rss")])
def test_atom_and_rss_have_links_to_the_hub_and_to_themselves(write, top, suffix):
    found = ET.fromstring(write(FEED)).find(top).findall(LINK)
    named = {link.get("rel"): link.get("href") for link in found}
    assert named["hub"] == HUB
    assert named["self"] == f"https://feeds.example/feeds/river-treaty.{suffix}"
    assert b'rel="hub"' not in write(a_feed())


def test_json_feed_lists_it_among_its_hubs():
    body = json_feed(prepare(FEED))
    assert json.loads(body)["hubs"] == [{"type": "WebSub", "url": HUB}]
    assert faults(body) == []
    assert "hubs" not in json.loads(json_feed(prepare(a_feed())))


@pytest.mark.parametrize(("write", "media", "suffix"), [(atom_of, ATOM, "atom"), (rss_of, RSS, "rss")])
def test_it_brings_no_message_of_the_validator(write, media, suffix):
    url = f"https://feeds.example/feeds/river-treaty.{suffix}"
    without = messages(write(a_feed(published(an_entry(1)))), content_type=media, url=url, now=NOON)
    assert messages(write(FEED), content_type=media, url=url, now=NOON) == without
