"""Pages: what people see, and what their browser is allowed to do with it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from aggregator.pages import CSP, SiteView, index_page, index_view, missing_page, topic_page, topic_view
from aggregator.pages.phrases import PHRASES, Phrases
from feeds.render import prepare
from tests.fakes.topic_feeds import a_feed, an_entry, published, the_golden_feed

SITE = SiteView(title="My <feeds>", language="en", root="/news")
FEEDS = [
    ("application/atom+xml", "River treaty & border (Atom)", "https://feeds.example/feeds/river-treaty.atom"),
    ("application/rss+xml", "River treaty & border (RSS)", "https://feeds.example/feeds/river-treaty.rss"),
    ("application/feed+json", "River treaty & border (JSON Feed)", "https://feeds.example/feeds/river-treaty.json"),
]


class Reading(HTMLParser):
    """Start tags in order, each with its attributes and the text after it; every opened element is closed."""

    VOID = frozenset({"meta", "link"})

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.text += f" {data}"

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def the_topic_page(feed, why=None) -> bytes:
    return topic_page(topic_view(prepare(feed), why=why or {}, site=SITE))


PAGES = {
    "index": index_page(index_view([prepare(the_golden_feed())], site=SITE)),
    "no topics": index_page(index_view([], site=SITE)),
    "topic": the_topic_page(the_golden_feed()),
    "no entries": the_topic_page(a_feed()),
    "missing": missing_page(SITE),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_and_says_its_language(name):
    page = Reading(PAGES[name])
    assert PAGES[name].startswith(b"<!doctype html>\n")
    assert page.all("html") == [{"lang": "en"}]
    assert "My <feeds>" in page.words


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_of_pages_holds_for_each(name):
    page = Reading(PAGES[name])
    assert [tag for tag, _ in page.tags if tag in {"script", "iframe", "form", "img", "base", "object"}] == []
    assert [a for _, attributes in page.tags for a in attributes if a == "style" or a.startswith("on")] == []
    (style,) = re.findall(rb"<style>(.*?)</style>", PAGES[name], re.DOTALL)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in CSP
    assert "unsafe" not in CSP


@pytest.mark.parametrize("name", ["index", "topic"])
def test_readers_and_people_find_all_three_formats(name):
    page = Reading(PAGES[name])
    assert [(a["type"], a["title"], a["href"]) for a in page.all("link")] == FEEDS
    assert [a["href"] for a in page.all("a") if "type" in a] == [url for *_, url in FEEDS]


def test_the_index_lists_topics_with_their_counts():
    page = Reading(PAGES["index"])
    assert "River treaty & border 3 entries · updated 14 Mar 2026, 12:00 UTC Atom RSS JSON Feed" in page.words
    assert "/news/topics/river-treaty" in [a["href"] for a in page.all("a")]


def test_one_entry_is_counted_as_one():
    assert "1 entry · updated" in Reading(the_topic_page(a_feed(published(an_entry())))).words


def test_a_topic_shows_what_each_entry_is_where_from_when_and_why():
    page = Reading(the_topic_page(the_golden_feed(), why={"river:1": 'river NEAR/3 "treaty"'}))
    assert (
        "Smith & Sons: is 3 < 4? <b> is no tag here River Post · 14 Mar 2026, 10:30 UTC"
        " · also in Дзвін & Ко , Степной вестник Questions & answers about 3 < 4."
        ' Why it is here: river NEAR/3 "treaty" Угоду'
    ) in page.words
    assert [a.get("lang") for a in page.all("h3")] == ["en", "uk", "ru"]
    assert {"datetime": "2026-03-14T10:30:00+00:00"} in page.all("time")


def test_links_go_to_the_article_and_an_entry_without_address_has_none():
    page = Reading(PAGES["topic"])
    links = [a["href"] for a in page.all("a")]
    assert "https://river.example/1?id=7&ref=home" in links
    assert [link for link in links if not link.startswith(("https://", "/news/", "#main"))] == []


def test_an_empty_topic_says_that_entries_will_come():
    page = Reading(PAGES["no entries"])
    assert "0 entries Subscribe" in page.words
    assert "Nothing has matched yet." in page.words


def test_pages_in_ukrainian_have_no_english_words_of_their_own():
    site = SiteView(title="Стрічки", language="uk", root="")
    feed = a_feed(published(an_entry(title="Міст відкрито", summary="Сьогодні.")), title="Мости")
    for page in (
        topic_page(topic_view(prepare(feed), why={}, site=site)),
        index_page(index_view([prepare(feed)], site=site)),
        topic_page(topic_view(prepare(a_feed()), why={}, site=site)),
        missing_page(site),
    ):
        words = Reading(page).words
        own = {phrase for phrase in vars_of(PHRASES["en"]) if phrase in words}
        assert own == set()
        assert 'lang="uk"' in page.decode()


def vars_of(phrases: Phrases) -> set[str]:
    """The phrases that are longer than a word; `RSS` and the like are the same everywhere."""
    return {value for name in Phrases.__slots__ if isinstance(value := getattr(phrases, name), str)}


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 0, "0 entries"),
        ("en", 1, "1 entry"),
        ("en", 2, "2 entries"),
        ("en", 21, "21 entries"),
        ("uk", 1, "1 запис"),
        ("uk", 3, "3 записи"),
        ("uk", 5, "5 записів"),
        ("uk", 11, "11 записів"),
        ("uk", 12, "12 записів"),
        ("uk", 21, "21 запис"),
        ("uk", 22, "22 записи"),
        ("uk", 112, "112 записів"),
    ],
)
def test_numbers_take_the_form_that_the_language_wants(language, number, said):
    assert PHRASES[language].count(number) == said
