from __future__ import annotations

import pytest

from feeds.read.urls import absolute, canonical

BASE = "https://news.example/feeds/rss.xml"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://news.example/sea/1?id=7",
        "http://news.example/sea/1?id=7",
        "HTTPS://NEWS.Example:443/sea/1?id=7",
        "http://news.example:80/sea/1/?id=7",
        "https://news.example./sea/1?id=7#comments",
        "https://news.example/land/../sea/./1?id=7&",
        "https://news.example/s%65a/1?id=%37",
        "https://news.example/sea/1?utm_source=rss&id=7&fbclid=x",
        "https://news.example/sea/1?id=7&amp;utm_medium=rss&at_campaign=y&gclid",
        "https://news.example/sea/1?pk_campaign=feed&pk_kwd=sea&id=7#xtor=RSS-1",
        "https://news.example/sea/1?id=7#!",
        "https://news.example/sea/1?id=7#!/",
        "  https://news.example/sea/1?id=7\n",
    ],
)
def test_spellings_of_one_address_have_one_canonical_form(spelling: str):
    assert canonical(spelling) == "https://news.example/sea/1?id=7"


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/eng/sea/1?id=7",
        "https://news.example:8080/sea/1?id=7",
        "https://news.example/sea/1",
        "https://news.example/sea/1?id=7&page=2",
        "https://news.example/sea/1?page=2&id=7",
        "https://news.example/Sea/1?id=7",
        "https://news.example/sea%2F1?id=7",
        "https://news.example/sea//1?id=7",
        "https://news.example/sea/1?id=7&pk_id=2",
        "https://news.example/sea/1?id=7&at_id=2",
        "https://news.example/sea/1?id=7&cmp=2",
        "https://news.example/sea/1?id=7&spm=2",
        "https://news.example/sea/1?id=7#!/story/2",
    ],
)
def test_addresses_that_may_differ_stay_apart(other: str):
    assert canonical(other) != canonical("https://news.example/sea/1?id=7")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://порт.укр/новини/їжак",
            "https://xn--n1abei.xn--j1amh/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/%D1%97%D0%B6%D0%B0%D0%BA",
        ),
        ("https://news.example", "https://news.example/"),
        ("https://news.example/?", "https://news.example/"),
        ("https://news.example/?utm_source=x", "https://news.example/"),
        ("http://[::1]:80/x", "https://[::1]/x"),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://news.example/a%2fb", "https://news.example/a%2Fb"),
        ("http://news.example/#!/st%6fry/1?a=ї", "https://news.example/#!/story/1?a=%D1%97"),
    ],
)
def test_a_canonical_form_is_plain_ascii(url: str, expected: str):
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/sea/1",
        "ftp://news.example/",
        "javascript:alert(1)",
        "mailto:a@news.example",
        "https://",
        "https:///path",
        "https://a..b/",
        "https://news.example:99999/",
        "https://news.example:port/",
        "https://[::1/",
        "https://news.example\\@evil.example/",
        "https://ne ws.example/",
        "https://" + "a" * 64 + "é.example/",
    ],
)
def test_what_is_no_web_address_has_neither_form(url: str):
    assert canonical(url) == ""
    assert absolute(url, "") == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("two", "https://news.example/feeds/two"),
        ("/two?a=1&b=2#c", "https://news.example/two?a=1&b=2#c"),
        ("//other.example/x", "https://other.example/x"),
        ("HTTP://Other.Example:80/X", "http://other.example:80/X"),
        ("https://other.example/a b/«ї»?q=ї", "https://other.example/a%20b/%C2%AB%D1%97%C2%BB?q=%D1%97"),
        ("https://other.example/a\n  ", "https://other.example/a"),
        ("https://other.ex\tample/a", "https://other.example/a"),
        ("https://user:pw@other.example:8080/x@y", "https://other.example:8080/x@y"),
        ("//user@other.example/x", "https://other.example/x"),
        ("javascript:alert(1)", ""),
        ("https://other.example/" + "a" * 9_000, ""),
    ],
)
def test_a_link_becomes_an_absolute_address_of_the_web(url: str, expected: str):
    assert absolute(url, BASE) == expected


def test_the_password_of_a_base_goes_into_no_address():
    assert absolute("two", "https://user:pw@news.example/feeds/rss") == "https://news.example/feeds/two"


@pytest.mark.parametrize("base", ["https://tides.example/feed", "http://other.example:8080/a/b?c#d"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://tides.example/a/../b//c", "https://tides.example/a/../b//c"),
        ("https://tides.example/high?", "https://tides.example/high"),
        ("https://tides.example/high?at=noon", "https://tides.example/high?at=noon"),
        ("https://tides.example./high", "https://tides.example/high"),
        ("https://Tides.example/high", "https://tides.example/high"),
    ],
)
def test_an_absolute_address_is_spelt_the_same_whatever_its_base(written: str, meant: str, base: str) -> None:
    assert absolute(written, base) == meant
