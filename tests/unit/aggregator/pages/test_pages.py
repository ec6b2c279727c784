"""Pages: what people see, and what their browser is allowed to do with it."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from aggregator.publishing.pages import CSP, page
from aggregator.publishing.pages.phrases import PHRASES, Phrases
from aggregator.publishing.pages.sparkline import bars
from aggregator.publishing.pages.views import SiteView
from aggregator.publishing.pages.written import as_json
from feeds.model import Credit, CreditRole, Span
from tests.fakes.page_views import TROUBLES, Reading, a_story, a_topic, every_page, the_sources
from tests.fakes.topic_feeds import a_feed, an_entry, published

FEEDS = [
    ("application/atom+xml", "River treaty & border (Atom)", "https://feeds.example/feeds/river-treaty.atom"),
    ("application/rss+xml", "River treaty & border (RSS)", "https://feeds.example/feeds/river-treaty.rss"),
    ("application/feed+json", "River treaty & border (JSON Feed)", "https://feeds.example/feeds/river-treaty.json"),
]
VIEWS = every_page()
PAGES = {name: page(view) for name, view in VIEWS.items()}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_and_says_its_language(name):
    read = Reading(PAGES[name])
    assert PAGES[name].startswith(b"<!doctype html>\n")
    assert read.all("html") == [{"lang": "en"}]
    assert len(read.all("h1")) == 1
    assert "My <feeds>" in read.words


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_of_pages_holds_for_each(name):
    read = Reading(PAGES[name])
    assert [tag for tag, _ in read.tags if tag in {"script", "iframe", "form", "img", "base", "object"}] == []
    assert [a for _, attributes in read.tags for a in attributes if a == "style" or a.startswith("on")] == []
    (style,) = re.findall(rb"<style>(.*?)</style>", PAGES[name], re.DOTALL)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in CSP
    assert "unsafe" not in CSP


@pytest.mark.parametrize("name", PAGES)
def test_no_id_is_there_twice_and_every_label_is_there(name):
    read = Reading(PAGES[name])
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {attributes["aria-labelledby"] for _, attributes in read.tags if "aria-labelledby" in attributes} <= set(ids)


@pytest.mark.parametrize("name", ["index", "topic"])
def test_readers_and_people_find_all_three_formats(name):
    read = Reading(PAGES[name])
    assert [(a["type"], a["title"], a["href"]) for a in read.all("link")] == FEEDS
    health = [TROUBLES.feed] if name == "index" else []
    linked = [a["href"] for a in read.all("a") if a.get("type") in {kind for kind, *_ in FEEDS}]
    assert linked == [*(u for *_, u in FEEDS), *health]
    assert f"feed:{FEEDS[0][2]}" in [a["href"] for a in read.all("a")]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("index", "/news/index.json"),
        ("topic", "/news/topics/river-treaty.json"),
        ("story", "/news/stories/5t0ry.json"),
        ("sources", "/news/sources.json"),
    ],
)
def test_every_page_links_its_values_and_they_are_json(name, path):
    assert path in [a["href"] for a in Reading(PAGES[name]).all("a") if a.get("type") == "application/json"]
    assert json.loads(as_json(VIEWS[name]))["site"] == {"title": "My <feeds>", "language": "en", "root": "/news"}


def test_the_index_lists_topics_with_their_counts_and_their_last_days():
    read = Reading(PAGES["index"])
    assert (
        "River treaty & border 3 entries in the feed · updated 14 Mar 2026, 12:00 UTC"
        " 3 entries in the 30 days to 14 Mar 2026 Atom RSS JSON Feed Open in a feed reader"
    ) in read.words
    assert "/news/topics/river-treaty" in [a["href"] for a in read.all("a")]
    assert [drawn["aria-hidden"] for drawn in read.all("svg")] == ["true"]
    assert [a["d"] for a in read.all("path")] == ["M108 24v-12h3v12zM116 24v-24h3v24z"]


def test_a_day_with_one_entry_shows_beside_one_with_hundreds():
    assert bars((1, 0, 500)) == "M0 24v-2h3v2zM8 24v-24h3v24z"
    assert bars((0, 0)) == ""


def test_one_entry_is_counted_as_one():
    assert "1 entry in the feed · updated" in Reading(page(a_topic(a_feed(published(an_entry()))))).words


def test_a_topic_shows_what_each_entry_is_where_from_when_and_why():
    read = Reading(PAGES["topic"])
    assert (
        "Smith & Sons: is 3 < 4? <b> is no tag here River Post · 14 Mar 2026, 10:30 UTC"
        " · also in Дзвін & Ко , Степной вестник Questions & answers about 3 < 4."
        ' Why it is here: river NEAR/3 "treaty" Угоду'
    ) in read.words
    assert [a.get("lang") for a in read.all("h3")] == ["en", "uk", "ru"]
    assert {"datetime": "2026-03-14T10:30:00+00:00"} in read.all("time")


def test_what_was_found_is_marked():
    assert "<mark>Smith</mark> &amp; Sons" in PAGES["topic"].decode()
    assert "Questions &amp; <mark>answers</mark> about" in PAGES["topic"].decode()


def test_entries_of_a_story_stand_together_with_a_link_to_all_of_it():
    read = Reading(PAGES["topic"])
    assert [a.get("class") for a in read.all("div") if a.get("class") == "story"] == ["story"] * 2
    assert "2 tellings, 1 copy, 3 outlets, 1 edit: the whole story" in read.words
    assert "/news/stories/5t0ry" in [a["href"] for a in read.all("a")]


def test_an_entry_names_whom_it_credits():
    span = Span(field="summary", start=0, end=5)
    named = [("Dzvin", CreditRole.VIA), ("Step", CreditRole.ORIGIN)]
    credits_ = tuple(Credit(outlet=name, role=role, text=name, span=span) for name, role in named)
    read = Reading(page(a_topic(a_feed(published(an_entry(credits=credits_))))))
    assert "River Post , via Dzvin, first reported by Step · 14 Mar" in read.words


def test_links_go_to_the_article_and_an_entry_without_address_has_none():
    links = [a["href"] for a in Reading(PAGES["topic"]).all("a")]
    assert "https://river.example/1?id=7&ref=home" in links
    assert [link for link in links if not link.startswith(("https://", "/news/", "#main", "feed:https://"))] == []


def test_a_story_shows_tellings_copies_and_edits_as_time_went_by():
    words = Reading(PAGES["story"]).words
    assert (
        "2 tellings, 1 copy, 3 outlets · updated 14 Mar 2026, 11:00 UTC In the topics: River treaty & border" in words
    )
    assert (
        "14 Mar 2026, 08:30 UTC Senate signs the treaty River Post , first reported by Dzvin"
        " The senate signed the treaty on the river on Friday."
        " The same text in other outlets Senate signs the treaty Степной вестник · 14 Mar 2026, 10:30 UTC"
        " Material edit · 14 Mar 2026, 11:00 UTC"
        " Headline: Senate removed: debates added: signs the treaty"
        " The senate removed: will sign added: signed the treaty on the river on Friday."
        " 14 Mar 2026, 09:30 UTC Сенат підписав угоду"
    ) in words
    assert "In another language: Senate signs the treaty" in words
    assert "<del><span class=" in PAGES["story"].decode()


def test_sources_say_in_words_how_they_are_and_show_no_secret():
    words = Reading(PAGES["sources"]).words
    assert "2 of 5 sources are in order B Post failing no answer in 30 s Feed: b.example/feed?…" in words
    assert "Failing since 14 Mar 2026, 11:00 UTC · Last good answer 14 Mar 2026, 10:00 UTC" in words
    assert "C Post in order, moved moved for good to https://new.example/feed?… and is asked there now" in words
    assert "A Post in order Feed: a.example/feed?… · Newest entry seen 14 Mar 2026, 11:00 UTC" in words
    assert "D Post not asked yet" in words
    assert "E Post switched off" in words
    assert "secret" not in words + as_json(the_sources()).decode()
    assert "token" not in words + as_json(the_sources()).decode()


def test_an_empty_topic_says_that_entries_will_come():
    read = Reading(PAGES["no entries"])
    assert "0 entries in the feed Subscribe" in read.words
    assert "Nothing has matched yet." in read.words
    assert read.all("svg") == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_in_ukrainian_have_no_english_words_of_their_own(name):
    drawn = page(every_page(SiteView(title="Стрічки", language="uk", root=""))[name])
    words = Reading(drawn).words.replace("JSON Feed", "")
    assert {
        phrase for phrase in phrases_of("en") - phrases_of("uk") if re.search(rf"\b{re.escape(phrase)}\b", words)
    } == set()
    assert 'lang="uk"' in drawn.decode()


def phrases_of(language: str) -> set[str]:
    """Of two words or more, and with a capital: a publisher's own text may hold the small ones."""
    own = PHRASES[language]
    said = [getattr(own, name) for name in Phrases.__slots__]
    said += [*own.kinds.values(), *own.health.values()]
    return {value for value in said if isinstance(value, str) and (" " in value or value[:1].isupper())}


def test_the_same_values_give_the_same_pages():
    assert {name: page(view) for name, view in every_page().items()} == PAGES
    assert a_story() == VIEWS["story"]


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
