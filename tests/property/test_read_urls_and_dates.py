"""Addresses, dates, tags and titles: rules that hold for every text."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from hypothesis import example, given
from hypothesis import strategies as st

from feeds.read.dates import EARLIEST, FUTURE_ALLOWANCE, DateRead, read_date
from feeds.read.language import language_tag
from feeds.read.titles import LONGEST_TITLE, one_line, plain_title, shortened
from feeds.read.urls import absolute, canonical
from feeds.sanitize import clean_html, plain_text
from tests.budget import examples

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)

URL_PIECES = st.sampled_from(
    [
        *("http:", "HTTPS://", "//", "/", "?", "#", "&", "=", ":", "@", ".", "..", "%", "%41", "%2f", "%zz", "[", "]"),
        *(
            "\\",
            " ",
            "\t",
            "example.com",
            "EXAMPLE.com:80",
            "порт.укр",
            "utm_source=x",
            "id=7",
            "é",
            "\u202e",
            "\ud800",
        ),
        *(
            "javascript:",
            "user:pw",
            "::1",
            "/eng/",
            "ß",
            "xn--",
            "。",
            "+",
            ";",
            "a" * 64,
            "\x00",
            "fbclid",
            "amp;",
            "#!/",
            "!",
        ),
    ]
)
URLS = st.one_of(
    st.lists(URL_PIECES, max_size=9).map("".join),
    st.lists(URL_PIECES, max_size=7).map(lambda pieces: "https://news.example/" + "".join(pieces)),
    st.text(max_size=40),
)
HTML_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<a href='x'>",
            "</a>",
            "<b>",
            "</i>",
            "<pre>\n",
            "<table>",
            "<td>",
            "<script>",
            "</script>",
            "<!--",
        ),
        *(
            "-->",
            "<svg>",
            "<math>",
            "<style>",
            "<img src=x onerror=y>",
            "<a href='java\tscript:x'>",
            "&lt;",
            "&amp;",
            "&",
            "<",
        ),
        *(
            "<noscript>",
            "<template>",
            "</template>",
            "<textarea>",
            "<li>",
            "<ul>",
            "<br>",
            "&#1;",
            "&nbsp;",
            "\x00",
            "x",
            "\n",
        ),
        *(
            "<a href='//[x'>",
            "<form>",
            "<h1>",
            "<mglyph>",
            "<select>",
            "<option>",
            "<iframe>",
            "]]>",
            "<title>",
            "\ud800",
        ),
    ]
)
HTML = st.one_of(st.lists(HTML_PIECES, max_size=14).map("".join), st.text(max_size=60))
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2023, 6, 9)).map(lambda m: m.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001


@given(URLS)
@example("https://a.example/%%341")
@example("https://a.example/?&&b=&utm_medium=1")
def test_a_canonical_address_is_its_own_canonical_form(url: str):
    once = canonical(url)
    assert canonical(once) == once
    assert once == "" or once.startswith("https://")


@given(URLS)
def test_an_absolute_address_stays_as_it_is(url: str):
    once = absolute(url, "https://news.example/feeds/rss.xml")
    assert once == "" or (once.isascii() and once.startswith(("http://", "https://")))
    assert absolute(once, "") == once


@given(URLS)
def test_making_an_address_absolute_does_not_change_which_one_it_is(url: str):
    whole = absolute(url, "https://news.example/")
    assert bool(canonical(whole)) == bool(whole)


@given(HTML, st.sampled_from(["https://news.example/a/b", ""]))
@examples(300)
def test_clean_html_is_clean(html_text: str, base: str):
    once = clean_html(html_text, base=base)
    assert clean_html(once, base=base) == once
    assert not any(bad in once.lower() for bad in ("<script", "<style", "<iframe", "onerror=", 'href="java', "\x00"))


@given(HTML)
def test_plain_text_has_no_blank_lines_and_no_stray_white_space(html_text: str):
    text = plain_text(html_text)
    assert all(line == " ".join(line.split()) and line for line in text.split("\n") if text)


@given(st.text(max_size=80))
def test_escaped_text_comes_back_as_it_was(text: str):
    expected = [one_line(line) for line in one_line(text.replace("\n", " ")).split("\n")]
    assert [one_line(line) for line in plain_text(html.escape(one_line(text))).split("\n")] == expected


@given(st.text(alphabet=st.sampled_from("<>/&;#ampltgbscript 38xAT"), max_size=60), st.booleans())
def test_a_title_is_one_clean_line(raw: str, is_html: bool):
    title = plain_title(raw, is_html=is_html)
    assert title == one_line(title)
    assert len(title) <= LONGEST_TITLE


@given(st.text(alphabet=st.characters(exclude_characters="&<"), max_size=80))
def test_a_title_without_mark_up_keeps_every_word(raw: str):
    assert plain_title(raw, is_html=True) == one_line(raw)


@given(st.text(max_size=120), st.integers(20, 60))
def test_a_shortened_text_is_a_beginning(text: str, longest: int):
    short = shortened(text, longest)
    assert len(short) <= longest
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(MOMENTS, st.integers(-14 * 4, 14 * 4))
def test_a_date_with_an_offset_is_read_in_every_standard_form(moment: datetime, quarters: int):
    from datetime import timezone  # noqa: PLC0415

    there = moment.astimezone(timezone(timedelta(minutes=15 * quarters)))
    expected = DateRead(moment=moment, zone_assumed=False)
    written = (format_datetime(there), there.isoformat(), str(there), there.strftime("%d %b %Y %H:%M:%S %z"))
    for text in written:
        assert read_date(text, timezone="Europe/Kyiv", now=NOW) == expected, text


@given(st.dates(EARLIEST.date(), NOW.date()))
@example(date(2020, 12, 31))
@example(date(2021, 1, 3))
def test_a_day_is_the_same_day_by_month_week_and_year(day: date):
    year, week, weekday = day.isocalendar()
    expected = DateRead(moment=datetime.combine(day, time(), UTC), zone_assumed=True)
    for text in (
        *(day.isoformat(), day.strftime("%Y%m%d"), day.strftime("%Y-%j")),
        *(f"{year}-W{week:02}-{weekday}", f"{year}W{week:02}{weekday}"),
    ):
        assert read_date(text, timezone="UTC", now=NOW) == expected, text


@given(st.text(alphabet=st.sampled_from("0123456789-+:TZ ,./GMTEJunюня"), max_size=40))
@examples(60)
def test_what_is_read_as_a_date_is_plausible(text: str):
    read = read_date(text, timezone="UTC", now=NOW)
    assert read is None or EARLIEST <= read.moment <= NOW + FUTURE_ALLOWANCE


@given(st.text(max_size=20))
def test_a_language_tag_is_its_own_normal_form(text: str):
    once = language_tag(text)
    assert language_tag(once) == once
