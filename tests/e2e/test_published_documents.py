"""Real material, published: every document is valid, whatever its publishers wrote."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import Entry, Source
from feeds.read import read
from feeds.render import ATOM, RSS, atom, json_feed, prepare, rss
from tests.fakes.topic_feeds import DZVIN, a_feed, published
from tests.validity.validating import avoidable, faults

WRITTEN = Path(__file__).parents[1] / "data" / "feeds"
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
MOST = 300


def entries(body: bytes, url: str) -> tuple[Entry, ...]:
    try:
        return read(body, source=Source(id="one", url=url), url=url, content_type="", now=NOW).entries
    except ParseError:
        return ()


def judged(listed: tuple[Entry, ...]) -> tuple[object, ...]:
    """What is to be said of the documents; and how many entries they lack."""
    prepared = prepare(a_feed(*(published(entry, also=(DZVIN,)) for entry in listed[:50])))
    base = prepared.feed.feed_url
    return (
        avoidable(atom(prepared), content_type=ATOM, url=f"{base}.atom", now=NOW),
        avoidable(rss(prepared, ttl_minutes=5), content_type=RSS, url=f"{base}.rss", now=NOW),
        faults(json_feed(prepared)),
        prepared.refused,
    )


@pytest.mark.parametrize("path", sorted(WRITTEN.glob("*.xml")), ids=lambda path: path.stem)
def test_what_the_feeds_of_our_tests_hold_is_published_validly(path):
    assert judged(entries(path.read_bytes(), "https://river.example/feed")) == (set(), set(), [], ())


def captured(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Some hundred documents, from all over the archives."""
    for archive in sorted(folder.rglob("*.tar*")):
        with tarfile.open(archive) as members:
            files = (one for one in members if one.isfile())
            for member in islice(files, 0, None, 97):
                content = members.extractfile(member)
                assert content
                yield f"{archive.name}/{member.name}", content.read()


@pytest.mark.corpora
@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_what_publishers_wrote_is_published_validly(corpora: Path):
    found = {}
    for name, body in islice(captured(corpora / "captured-feeds"), MOST):
        listed = entries(body, "https://river.example/feed")
        if listed and (said := judged(listed)) != (set(), set(), [], ()):
            found[name] = said
    assert found == {}


@pytest.mark.corpora
@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_the_recorded_month_is_published_validly(corpora: Path):
    names = {"link": "url", "title": "title", "description": "content_html", "date_published": "date_published"}
    found = {}
    for recording in sorted((corpora / "replay-2023-06").glob("*.jsonl.gz")):
        lines = gzip.decompress(recording.read_bytes()).decode().splitlines()[:50]
        items = [
            {
                **{names[key]: value for key, value in json.loads(one).items() if key in names and value},
                "id": str(place),
            }
            for place, one in enumerate(lines)
        ]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": recording.stem, "items": items})
        if (said := judged(entries(body.encode(), "https://river.example/feed"))) != (set(), set(), [], ()):
            found[recording.name] = said
    assert found == {}
