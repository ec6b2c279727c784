from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.demo.recording import moment, record
from feeds.model import PublishedFrom
from feeds.read import read

NOW = datetime(2026, 3, 2, 9, 30, 40, tzinfo=UTC)
SUMMER = datetime(2026, 7, 14, 21, 5, 1, tzinfo=UTC)
SPRING_NIGHT = datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
AUTUMN_NIGHT = datetime(2026, 10, 25, 5, 0, tzinfo=UTC)


def entries(now, *, later=False):
    """Every entry of the sample, read as the real path reads it."""
    found = []
    for recorded in record(now):
        document = recorded.later if later else recorded.first
        if document:
            feed = read(
                document.body,
                source=replace(recorded.source, url="http://127.0.0.2/"),
                url="http://127.0.0.2/",
                content_type=document.media_type,
                now=now,
            )
            assert feed.skipped == ()
            found += feed.entries
    return found


def test_the_same_moment_gives_the_same_bytes():
    assert record(NOW) == record(NOW)


def test_one_source_is_dead_and_all_others_have_two_answers():
    dead = [recorded.source.id for recorded in record(NOW) if recorded.first is None]
    assert dead == ["silent-wire"]
    changed = [
        recorded.source.id for recorded in record(NOW) if recorded.first and recorded.first.body != recorded.later.body
    ]
    assert changed == ["courier-world", "beacon-en"]


def test_nothing_is_left_to_fill_in():
    assert all(b"{{" not in recorded.first.body + recorded.later.body for recorded in record(NOW) if recorded.first)


def test_the_encodings_and_formats_are_those_that_readers_stumble_on():
    bodies = {recorded.source.id: recorded.first.body for recorded in record(NOW) if recorded.first}
    assert "Київський маяк".encode("cp1251") in bodies["beacon-uk"]
    assert "café".encode("latin-1") in bodies["courier-europe"]
    assert b'<rss version="0.91">' in bodies["courier-europe"]
    assert b"<rdf:RDF" in bodies["beacon-ru"]
    assert b"http://www.w3.org/2005/Atom" in bodies["view-uk"]


def test_dates_come_in_the_forms_of_real_feeds():
    bodies = {recorded.source.id: recorded.first.body for recorded in record(NOW) if recorded.first}
    assert b"<pubDate>Mon, 02 Mar 2026 02:40:00 +0000</pubDate>" in bodies["courier-world"]
    assert b"<pubDate>Mon, 02 Mar 2026 02:40:00 GMT</pubDate>" in bodies["courier-europe"]
    assert b"<pubDate>Monday, 2 March 2026, 06:55</pubDate>" in bodies["beacon-en"]
    assert b"<pubDate>Mon, 02 Mar 2026 00:00:00 EET</pubDate>" in bodies["beacon-en"]
    assert "<pubDate>2 березня 2026, 06:30</pubDate>".encode("cp1251") in bodies["beacon-uk"]
    assert b"<dc:date>2026-03-02T07:15:00+02:00</dc:date>" in bodies["beacon-ru"]
    assert b"<published>2026-03-02T03:30:00Z</published>" in bodies["view-uk"]


@pytest.mark.parametrize("now", [NOW, SUMMER, SPRING_NIGHT, AUTUMN_NIGHT])
def test_every_date_reads_as_the_moment_that_was_meant(now):
    """Two of the story, one with a zone and one without, over the changes of the clock."""
    published = {entry.url: entry.published for entry in entries(now)}
    assert published["https://kyiv-beacon.example/eng/news/40518/"] == moment(now, 275)
    assert published["https://kyiv-beacon.example/news/40517/"] == moment(now, 300)
    assert published["https://kyiv-beacon.example/rus/news/40519/"] == moment(now, 255)
    assert published["https://kyiv-beacon.example/eng/news/40502/"] == moment(now, 690)
    assert published["https://albion-courier.example/europe/baltic-rail-loans"] == moment(now, 555)
    assert max(published.values()) <= now


def test_only_the_calls_for_support_have_no_date():
    undated = {entry.title for entry in entries(NOW) if entry.published_from is not PublishedFrom.FEED}
    assert undated == {"Support Us", "Підтримайте нас"}


def test_later_one_headline_differs_and_one_entry_is_new():
    first = {(entry.source, entry.id): entry.title for entry in entries(NOW)}
    later = {(entry.source, entry.id): entry.title for entry in entries(NOW, later=True)}
    assert sorted(later[one] for one in later if later[one] != first.get(one)) == [
        "Former NATO head: individual allies could send soldiers to Ukraine after Vilnius",
        "Nato has no plan to send soldiers, officials repeat before Vilnius",
    ]
    assert first.keys() <= later.keys()


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "Europe/London"])
def test_the_hour_that_comes_twice_is_meant_the_first_time(zone):
    for minutes in range(24 * 60):
        assert moment(AUTUMN_NIGHT + timedelta(hours=12), minutes).astimezone(ZoneInfo(zone)).fold == 0
