"""Credits of any text: places that are right, outlets that are known, and no more time than its length asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import CreditRole
from feeds.read.attribution import credits_of, shipped
from feeds.sanitize import escape_text, plain_text
from tests.budget import examples

NAMES = [
    "Reuters",
    "The Guardian",
    "РИА Новости",
    "Українській правді",
    "Gazety Wyborczej",
    "AP",
    "Harbour Post",
    "The Sun",
]
CUES = [
    "Source: ", "citing ", "according to ", " reported", "told ", "KYIV (", ") – ", "со ссылкой на ", "сообщает ", "«",
    "»", "з посиланням на ", "Джерело: ", "powołując się na ", "Źródło: ", ", ", " and ", "\n", ". ", "İ", "ß",
    "\u0301", "via ",
]  # fmt: skip
WORDS = st.one_of(st.sampled_from(NAMES), st.sampled_from(CUES), st.text(max_size=6))
TEXTS = st.lists(WORDS, max_size=30).map("".join)
FIELDS = ("title", "summary", "body")


@given(title=TEXTS, summary=TEXTS, content=TEXTS, own=st.sampled_from([frozenset(), frozenset({"Reuters"})]))
@examples(300)
def test_a_credit_says_where_a_known_outlet_stands(title, summary, content, own):
    found = credits_of(title=title, summary=summary, content=content, registry=shipped(), own=own)

    texts = {"title": title, "summary": summary, "body": plain_text(content)}
    assert [texts[one.span.field][one.span.start : one.span.end] for one in found] == [one.text for one in found]
    assert all(shipped().of_name(one.outlet) == one.outlet for one in found)
    assert len({one.outlet for one in found}) == len(found)
    assert {one.outlet for one in found}.isdisjoint(own)
    assert sorted(found, key=lambda one: one.role is CreditRole.ORIGIN) == list(found)


@given(st.text())
@examples(300)
def test_any_text_can_be_asked(text):
    credits_of(title=text, summary=text, content=text, registry=shipped())


@pytest.mark.parametrize(
    "piece",
    [
        "Reuters ", "citing ", "according to the ", "сообщает ", "Source: ", "The ", "New York ", "(", "w rozmowie z ",
        "via the ", "reported by the news agency ", "told The Times ", ".com", "a.com.", "«", "сообщил а ", "- ", "\n",
        "Photo (", "Reuters, ",
    ],
)  # fmt: skip
def test_a_long_text_that_was_written_to_be_slow_comes_to_an_end(piece):
    """What took time with the square of the length would not, within the time that any test has."""
    text = piece * (100_000 // len(piece))
    credits_of(title="", summary="", content=f"<p>{escape_text(text)}</p>", registry=shipped())
