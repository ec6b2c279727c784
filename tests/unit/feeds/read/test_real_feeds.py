"""Real documents, nobody's samples: nothing but a ParseError comes out of reading them, and dates are understood."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import PublishedFrom, ReadFeed, Source
from feeds.read import read

pytestmark = [pytest.mark.corpora, pytest.mark.heavy]

NOW = datetime(2023, 6, 9, tzinfo=UTC)
SOURCE = Source(id="real", url="https://real.example/rss", timezone="Europe/Kyiv")


def documents(archive: Path) -> Iterator[bytes]:
    with tarfile.open(archive) as members:
        for member in members:
            content = members.extractfile(member) if member.isfile() else None
            if content is not None:
                yield content.read()


def read_or_refuse(body: bytes) -> ReadFeed | ParseError:
    try:
        return read(body, source=SOURCE, url=SOURCE.url, content_type="", now=NOW)
    except ParseError as error:
        return error


@pytest.mark.parametrize("paper", ["bbc", "nzherald", "straittimes"])
def test_captured_feeds_are_read_with_their_dates(corpora: Path, paper: str):
    outcomes = [read_or_refuse(body) for body in documents(corpora / "captured-feeds" / f"{paper}.tar.xz")]
    feeds = [outcome for outcome in outcomes if isinstance(outcome, ReadFeed)]

    assert len(feeds) >= 0.99 * len(outcomes)
    entries = [entry for feed in feeds for entry in feed.entries]
    assert len(entries) > 5_000
    assert {entry.published_from for entry in entries} == {PublishedFrom.FEED}
    assert all(entry.url for entry in entries)


@pytest.mark.parametrize("suite", ["feedparser", "gofeed"])
def test_the_suites_of_other_readers_end_in_entries_or_in_a_refusal(corpora: Path, suite: str):
    outcomes = [read_or_refuse(body) for body in documents(corpora / "feed-suites" / f"{suite}.tar.xz")]

    assert sum(isinstance(outcome, ReadFeed) for outcome in outcomes) > 400


def test_declared_bombs_are_defused(corpora: Path):
    for body in documents(corpora / "security" / "defusedxml-tests.tar.xz"):
        outcome = read_or_refuse(body)
        assert isinstance(outcome, ParseError) or not outcome.entries
