"""Real documents: reading what is new gives exactly what reading everything gives, or reads everything."""

from __future__ import annotations

import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import ReadFeed, Source
from feeds.read import read
from feeds.read.charset import decode
from feeds.read.repair import repair
from feeds.read.splice import Spliced, splice
from tests.fakes.partial_readings import assert_same_answer

pytestmark = [pytest.mark.corpora, pytest.mark.heavy, pytest.mark.timeout(600)]

NOW = datetime(2023, 6, 9, tzinfo=UTC)
SOURCE = Source(id="real", url="https://real.example/rss", timezone="Europe/Kyiv")
NEIGHBOURS = {
    "item": "<item><title>A neighbour</title><guid>neighbour</guid><link>https://real.example/neighbour</link></item>",
    "entry": "<entry><title>A neighbour</title><id>neighbour</id></entry>",
}


def documents(archive: Path) -> Iterator[bytes]:
    """In the order of their names, which for captured feeds is that of time."""
    with tarfile.open(archive) as members:
        for member in sorted((one for one in members if one.isfile()), key=lambda one: one.name):
            content = members.extractfile(member)
            assert content
            yield content.read()


def reading(body: bytes, seen: tuple[str, ...] = ()) -> ReadFeed | None:
    try:
        return read(body, source=SOURCE, url=SOURCE.url, content_type="", now=NOW, seen=frozenset(seen))
    except ParseError:
        return None


def compared(before: bytes, after: bytes) -> str:
    first, whole = reading(before), reading(after)
    part = reading(after, first.seen if first else ())
    if part is None or whole is None:
        assert part == whole
        return "refused"
    return "in part" if assert_same_answer(part, whole) else "as a whole"


@pytest.mark.parametrize(("paper", "least"), [("bbc", 350), ("nzherald", 180), ("straittimes", 115)])
def test_every_version_of_a_captured_feed_after_the_one_before(corpora: Path, paper: str, least: int):
    ways = Counter(
        compared(before, after) for before, after in pairwise(documents(corpora / "captured-feeds" / f"{paper}.tar.xz"))
    )

    assert ways["in part"] >= least, ways


@pytest.mark.parametrize(("suite", "least"), [("feedparser", 900), ("gofeed", 250)])
def test_each_entry_of_the_suites_is_the_same_alone_and_among_others(corpora: Path, suite: str, least: int):
    ways: Counter[str] = Counter()
    for body in documents(corpora / "feed-suites" / f"{suite}.tar.xz"):
        pieces = split(body)
        if pieces is None:
            continue
        neighbour = next(text for name, text in NEIGHBOURS.items() if f"<{name}" in pieces.entries[0])
        everything = document(pieces, neighbour, *pieces.entries)
        ways[compared(document(pieces, neighbour), everything)] += 1
        if len(pieces.entries) > 1:
            ways[compared(document(pieces, neighbour, *pieces.entries[1:]), everything)] += 1

    assert ways["in part"] >= least, ways


def split(body: bytes) -> Spliced | None:
    try:
        pieces = splice(repair(decode(body, "")))
    except ParseError:
        return None
    shown = pieces.entries and any(f"<{name}" in pieces.entries[0] for name in NEIGHBOURS)
    return pieces if shown else None


def document(pieces: Spliced, *entries: str) -> bytes:
    return replace(pieces, entries=entries).text().encode("utf-8", "replace")
