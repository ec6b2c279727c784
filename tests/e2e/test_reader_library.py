"""The PyPI library `reader` subscribes to what we serve: what it keeps of entries, and what it asks again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import reader

from tests.fakes.subscribed import EXPECTED, Served, subscribed

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with subscribed() as site:
        yield site


def subscription(*urls: str):
    library = reader.make_reader(":memory:")
    for url in urls:
        library.add_feed(url)
    library.update_feeds()
    assert [library.get_feed(url).last_exception for url in urls] == [None] * len(urls)
    return library


def kept(library, url: str) -> list[tuple]:
    """Title, link and date of each entry, in the order in which it shows them."""
    return [
        (entry.title, entry.link, int(entry.published.timestamp()))
        for entry in library.get_entries(feed=url, sort="recent")
    ]


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_it_shows_every_entry_in_order_with_link_date_and_author(site, suffix):
    url = site.url(suffix)
    library = subscription(url)
    assert library.get_feed(url).title == "All of treaty"
    assert kept(library, url) == EXPECTED
    first, second, third = library.get_entries(feed=url)
    assert [[author.name for author in entry.authors] for entry in (first, second, third)] == [
        ["Ann Quill"], ["Дзвін"], ["Ann Quill"]
    ]  # fmt: skip
    assert 'also: <a href="https://river.example/4">Степь</a>' in first.content[0].value
    assert [(one.href, one.type, one.length) for one in first.enclosures] == [
        ("https://river.example/p.jpg", "image/jpeg", 9)
    ]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_it_knows_which_outlet_an_entry_is_from(site, suffix):
    (first, *_) = subscription(site.url(suffix)).get_entries()
    assert (first.source.title, first.source.url) == ("River Post & Sons", "https://river.example/feed")


def test_it_knows_an_entry_by_one_id_in_every_format_and_by_another_in_every_topic(site):
    urls = [site.url("atom"), site.url("rss"), site.url("json"), site.url("atom", "again")]
    library = subscription(*urls)
    atom, rss, json, again = ({entry.id for entry in library.get_entries(feed=url)} for url in urls)
    assert atom == rss == json
    assert atom & again == set()


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_it_asks_again_and_hears_that_nothing_changed(site, suffix):
    library = subscription(site.url(suffix))
    site.statuses.clear()
    library.update_feeds(scheduled=False)
    assert site.statuses == [304]
    (feed,) = library.get_feeds()
    assert datetime.now(UTC) >= feed.last_retrieved > feed.last_updated


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_it_shows_the_feed_alone_where_archives_hold_the_rest(site, suffix):
    url = site.url(suffix, "lately")
    assert kept(subscription(url), url) == EXPECTED[:2]
