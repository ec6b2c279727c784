"""Whatever becomes of a document between two polls, reading what is new in it gives what reading all of it would."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import ReadFeed, Source
from feeds.read import read
from tests.budget import examples
from tests.fakes.partial_readings import assert_same_answer

SAMPLES = tuple(path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "feeds").glob("*.xml")))
NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
SOURCE = Source(id="any", url="https://any.example/rss")

FIELDS = st.sampled_from(["", "1", "2", "https://any.example/1", "https://any.example/2"])
NOISE = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "<!-- x -->",
        "<![CDATA[y]]>",
        "<b>",
        "</item>",
        "<item>",
        "<![CDATA[",
        "]]>",
        "&",
        "<language>uk</language>",
    ]
)
ITEM = st.builds(
    lambda guid, link, text, noise: (
        f"<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link><title>t{text}</title>{noise}</item>"
    ),
    FIELDS,
    FIELDS,
    st.integers(0, 3),
    st.one_of(st.just(""), st.just(""), NOISE),
)
OPENING = st.sampled_from(['<rss version="2.0">', '<rss version="2.0">', '<rss version="2.0" xml:lang="uk">'])
DOCUMENT = st.builds(
    lambda opening, items, between, tail: f"{opening}<channel>{between.join(items)}{tail}</channel></rss>".encode(),
    OPENING,
    st.lists(ITEM, max_size=6),
    st.one_of(st.just("\n"), NOISE),
    st.one_of(st.just(""), NOISE),
)


def reading(body: bytes, seen: tuple[str, ...] = ()) -> ReadFeed | None:
    with contextlib.suppress(ParseError):
        return read(body, source=SOURCE, url=SOURCE.url, content_type="", now=NOW, seen=frozenset(seen))
    return None


def assert_reading_in_part_changes_nothing(before: bytes, after: bytes) -> None:
    first, whole = reading(before), reading(after)
    part = reading(after, first.seen if first else ())
    assert (part is None) == (whole is None)
    if part is not None and whole is not None:
        assert_same_answer(part, whole)


@given(DOCUMENT, DOCUMENT)
@examples(150)
def test_any_two_documents(before: bytes, after: bytes):
    assert_reading_in_part_changes_nothing(before, after)


@given(st.sampled_from(SAMPLES), st.floats(0, 1), st.integers(0, 30), st.binary(max_size=8))
@examples(150)
def test_a_sample_and_what_a_slip_makes_of_it(body: bytes, where: float, removed: int, inserted: bytes):
    at = int(where * len(body))
    changed = body[:at] + inserted + body[at + removed :]

    assert_reading_in_part_changes_nothing(body, changed)
    assert_reading_in_part_changes_nothing(changed, body)


@pytest.mark.heavy
@given(DOCUMENT, DOCUMENT)
@examples(1000)
def test_thousands_of_two_documents(before: bytes, after: bytes):
    assert_reading_in_part_changes_nothing(before, after)
