"""A recording plays as its sources did: what is shown when, who is told that nothing changed."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import load
from benchmarks.replay import Counts, Recorded, RecordedEntry, RecordedSource, Replay, read_folder, serve, window
from benchmarks.replay.config import config_text
from benchmarks.replay.documents import atom, rss
from benchmarks.replay.server import address
from benchmarks.synthetic import synthesize, write_folder

NOON = datetime(2023, 6, 8, 12, tzinfo=UTC)


def entry(hours: float, title: str = "A title") -> RecordedEntry:
    """Published so many hours before noon."""
    return RecordedEntry(title=title, link=f"https://a.example/{hours}", published=NOON - timedelta(hours=hours))


def source(*hours: float) -> RecordedSource:
    entries = tuple(entry(hour) for hour in sorted(hours, reverse=True))
    return RecordedSource(id="a", url="https://a.example/feed", language="en", entries=entries)


def ages(shown: tuple[RecordedEntry, ...]) -> list[float]:
    return [(NOON - one.published) / timedelta(hours=1) for one in shown]


# --- the window -----------------------------------------------------------------------------------------------------


def test_the_last_48_hours_are_shown_however_many_they_are():
    many = source(*(hour / 4 for hour in range(-40, 400)))
    assert ages(window(many, NOON).entries(many)) == [quarter / 4 for quarter in range(192)]


def test_a_quiet_source_shows_its_newest_twenty():
    quiet = source(*range(10, 2410, 100), -5)
    assert ages(window(quiet, NOON).entries(quiet)) == [10 + 100 * order for order in range(20)]


def test_a_source_without_entries_yet_shows_none():
    assert window(source(-1), NOON) == window(source(), NOON)


MOMENTS = st.lists(st.integers(-200, 200), unique=True, max_size=60)


@given(MOMENTS, st.integers(-100, 100))
def test_a_document_changes_exactly_when_it_says_so(hours: list[int], later: int):
    played = source(*hours)
    here = window(played, NOON + timedelta(hours=later))
    if here.changed is None:
        assert here.end == 0
    else:
        assert here.changed <= NOON + timedelta(hours=later)
        assert window(played, here.changed).entries(played) == here.entries(played)


# --- reading a folder -----------------------------------------------------------------------------------------------


def test_entries_without_a_usable_date_and_repeated_links_are_left_out_and_counted(tmp_path: Path):
    lines = [
        {"title": "second", "link": "https://a.example/2", "date_published": "2023-06-08 14:00:00+02:00"},
        {"title": "first", "link": "https://a.example/1", "date_published": "2023-06-08T11:00:00Z", "language": "en"},
        {"title": "again", "link": "https://a.example/1", "date_published": "2023-06-08T13:00:00Z"},
        {"title": "no date", "link": "https://a.example/3"},
        {"title": "no offset", "link": "https://a.example/4", "date_published": "2023-06-08 12:00:00"},
        {"title": "wrong year", "link": "https://a.example/5", "date_published": "2032-06-08T12:00:00Z"},
    ]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    (tmp_path / "index.json").write_text(json.dumps([{"source": "https://a.example/feed", "file": "a.jsonl.gz"}]))
    assert read_folder(tmp_path) == Recorded(
        sources=(
            RecordedSource(
                id="a",
                url="https://a.example/feed",
                language="en",
                entries=(
                    RecordedEntry(
                        title="first",
                        link="https://a.example/1",
                        published=NOON - timedelta(hours=1),
                        language="en",
                    ),
                    RecordedEntry(title="second", link="https://a.example/2", published=NOON),
                ),
            ),
        ),
        undated=3,
        repeated=1,
    )


def test_synthetic_sources_are_the_same_for_the_same_seed_and_survive_their_folder(tmp_path: Path):
    made = synthesize(sources=3, entries=25, seed=7)
    assert made == synthesize(sources=3, entries=25, seed=7)
    assert made != synthesize(sources=3, entries=25, seed=8)
    write_folder(made, tmp_path)
    assert read_folder(tmp_path) == Recorded(sources=made, undated=0, repeated=0)


def test_a_share_of_the_synthetic_titles_meets_the_topic():
    titles = [one.title for source in synthesize(sources=10, entries=100, marked=0.1) for one in source.entries]
    assert 50 < sum("security guarantees" in title for title in titles) < 200


# --- documents ------------------------------------------------------------------------------------------------------

AWKWARD = RecordedEntry(
    title='Salt & "pepper" < 5 \x00\ufffe€ ]]>',
    link="https://a.example/?a=1&b=2",
    published=NOON,
    description="<p>Fish &amp; chips</p>",
    tags=("a & b",),
    thumbnail="https://a.example/x.png?a=1&b=2",
)


@pytest.mark.parametrize("write", [rss, atom])
def test_a_document_reads_back_as_what_was_recorded(write):
    body = write(source(), [AWKWARD], NOON)
    ET.fromstring(body)
    read = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    [one] = read.entries
    assert read.bozo is False
    assert (one.id, one.link, one.title) == (AWKWARD.link, AWKWARD.link, 'Salt & "pepper" < 5 € ]]>')
    assert (one.summary, one.published_parsed[:6]) == (AWKWARD.description, (2023, 6, 8, 12, 0, 0))
    assert ([tag.term for tag in one.tags], one.media_thumbnail[0]["url"]) == (["a & b"], AWKWARD.thumbnail)


# --- over HTTP ------------------------------------------------------------------------------------------------------


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"{parts.path}?{parts.query}".rstrip("?"), headers=named)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def playing(test, *sources: RecordedSource, at: datetime = NOON) -> None:
    """Run `test(replay)` in a thread beside a replay of `sources`."""

    async def beside() -> None:
        async with serve(sources, at=at) as replay:
            await asyncio.to_thread(test, replay)

    asyncio.run(beside())


def test_each_source_has_an_address_of_its_own_and_the_formats_take_turns():
    def check(replay: Replay) -> None:
        urls = [urlsplit(one.url) for one in replay.sources]
        assert [(url.hostname, url.path) for url in urls] == [
            ("127.20.0.1", "/rss.xml"),
            ("127.20.0.2", "/atom.xml"),
            ("127.20.0.3", "/rss.xml"),
        ]
        assert [ask(one.url)[0] for one in replay.sources] == [200, 200, 200]
        assert [ask(one.url)[1]["Content-Type"].split(";")[0] for one in replay.sources[:2]] == [
            "application/rss+xml",
            "application/atom+xml",
        ]

    playing(check, *synthesize(sources=3, entries=5), at=datetime(2023, 7, 1, tzinfo=UTC))


def test_addresses_never_meet():
    assert len({address(number) for number in range(100_000)}) == 100_000
    assert (address(250), address(62_500)) == ("127.20.1.1", "127.21.0.1")


def test_a_known_etag_is_answered_with_304_until_the_clock_brings_something_new():
    def check(replay: Replay) -> None:
        [one] = replay.sources
        status, headers, body = ask(one.url)
        etag = headers["ETag"]
        assert (status, headers["Last-Modified"], b"A title" in body) == (200, "Thu, 08 Jun 2023 11:00:00 GMT", True)
        assert ask(one.url, If_None_Match=f'"x", W/{etag}')[0::2] == (304, b"")
        replay.move(NOON + timedelta(minutes=30))
        assert ask(one.url, If_None_Match=etag)[0] == 304
        replay.move(NOON + timedelta(hours=1))
        assert ask(one.url, If_None_Match=etag, If_Modified_Since=headers["Last-Modified"])[0] == 200
        assert replay.counts == {"a": Counts(requests=4, ok=2, not_modified=2, sent=replay.total().sent)}

    playing(check, source(1, -1))


def test_last_modified_alone_is_honoured():
    def check(replay: Replay) -> None:
        [one] = replay.sources
        assert ask(one.url, If_Modified_Since="Thu, 08 Jun 2023 11:00:00 GMT")[0] == 304
        assert ask(one.url, If_Modified_Since="Thu, 08 Jun 2023 10:59:59 GMT")[0] == 200
        assert ask(one.url, If_Modified_Since="yesterday")[0] == 200

    playing(check, source(1))


def test_gzip_is_another_representation_with_a_tag_of_its_own():
    def check(replay: Replay) -> None:
        [one] = replay.sources
        _, plain, body = ask(one.url)
        _, packed, packed_body = ask(one.url, Accept_Encoding="gzip")
        assert (packed["Content-Encoding"], gzip.decompress(packed_body)) == ("gzip", body)
        assert packed["ETag"] != plain["ETag"]
        assert ask(one.url, Accept_Encoding="gzip", If_None_Match=plain["ETag"])[0] == 200

    playing(check, source(1))


def test_head_tells_the_length_and_sends_nothing():
    def check(replay: Replay) -> None:
        [one] = replay.sources
        length = str(len(ask(one.url)[2]))
        status, headers, body = ask(one.url, "HEAD")
        assert (status, headers["Content-Length"], body) == (200, length, b"")

    playing(check, source(1))


def test_what_is_not_there_or_not_allowed_says_so():
    def check(replay: Replay) -> None:
        [one] = replay.sources
        assert ask(one.url.replace("rss.xml", "other"))[0] == 404
        assert ask(one.url, "DELETE")[0] == 405

    playing(check, source(1))


def test_the_clock_can_be_moved_over_http():
    def check(replay: Replay) -> None:
        control = replay.sources[0].url.replace("rss.xml", "_replay")
        assert ask(f"{control}?at=2023-06-09T12:00:00+00:00", "POST")[0] == 200
        assert replay.now == NOON + timedelta(days=1)
        assert [ask(f"{control}?at={wrong}", "POST")[0] for wrong in ("2023-06-09T12:00:00", "soon")] == [400, 400]
        assert json.loads(ask(control)[2])["now"] == "2023-06-09T12:00:00+00:00"

    playing(check, source(1))


def test_the_config_for_a_replay_follows_all_its_sources(tmp_path: Path):
    def check(replay: Replay) -> None:
        (tmp_path / "config.toml").write_text(config_text(replay.sources), "utf-8")
        read = load(tmp_path / "config.toml", environ={})
        assert [(one.id, one.url, one.allow_private) for one in read.sources] == [
            ("source-0", replay.sources[0].url, True),
            ("source-1", replay.sources[1].url, True),
        ]

    playing(check, *synthesize(sources=2, entries=1))
