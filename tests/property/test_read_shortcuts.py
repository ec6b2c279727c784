"""The shorter ways of reading lead where the longer ones do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import sanitize
from feeds.read import dates
from feeds.read.dates import read_date
from feeds.sanitize import clean_html, plain_text
from tests.budget import examples

NOW = datetime(2030, 1, 1, tzinfo=UTC)
BASE = "https://news.example/sea/1"

MARKUP = st.lists(
    st.sampled_from(
        [
            *(
                "<a ",
                "<img ",
                "<p>",
                "</p>",
                "</a>",
                ">",
                "/>",
                "href=",
                "HREF = ",
                "src=",
                "Src='",
                "title='",
                '"',
                "'",
            ),
            *(
                "https://a.example/1",
                "HTTP://b.example",
                "//c.example",
                "/d",
                "e",
                "mailto:x@y.example",
                "&#104;ref=",
                " ",
            ),
            *('<a href="https://a.example/">', "<a href='f'>", "<img src=g>", "text", "<br>", "\n", "<pre>", "<table>"),
        ]
    ),
    max_size=14,
).map("".join)

DAYS = st.sampled_from(["00", "01", "15", "29", "30", "31"])
YEARS = st.sampled_from(["1000", "1989", "1990", "2023", "2024", "2029", "2030", "9999"])
TIMES = st.builds(
    "{}:{}:{}".format,
    st.sampled_from(["00", "05", "23", "24"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["00", "30", "59", "60", "61"]),
)
ZONES = st.sampled_from(
    [
        *("+0000", "-0000", "+1359", "-1400", "+1401", "+0275", "GMT", "EST", "Z", "z", ""),
        *("+00:00", "-13:59", "+05:99"),
    ]
)
LETTERS = st.builds(
    "{}, {} {} {} {} {}".format,
    st.sampled_from(["Mon", "Sun", "Son"]),
    DAYS,
    st.sampled_from(["Jan", "Feb", "Sep", "Mai", "jun", "Abc"]),
    YEARS,
    TIMES,
    ZONES,
)
DIGITS = st.builds("{}-{}-{}T{}{}".format, YEARS, st.sampled_from(["00", "02", "12", "13"]), DAYS, TIMES, ZONES)


@given(MARKUP)
@examples(300)
def test_a_cleaner_that_is_shared_cleans_as_one_with_a_base_does(html: str):
    with pytest.MonkeyPatch.context() as longer:
        longer.setattr(sanitize, "_may_be_relative", lambda _: True)
        expected = clean_html(html, base=BASE)
    assert clean_html(html, base=BASE) == expected


@given(st.text(st.sampled_from("ab \t\n\r\x0b\x00\u00a0\u2028\u200b>\"';é"), max_size=30))
def test_mere_text_is_what_a_parser_makes_of_it(text: str):
    assert plain_text(text) == plain_text(text + "<br>")


@given(LETTERS | DIGITS)
@examples(300)
def test_a_usual_date_is_read_as_any_other(text: str):
    with pytest.MonkeyPatch.context() as longer:
        longer.setattr(dates, "_usual", lambda _: None)
        expected = read_date(text, timezone="Europe/Kyiv", now=NOW)
    assert read_date(text, timezone="Europe/Kyiv", now=NOW) == expected
