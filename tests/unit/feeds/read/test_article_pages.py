"""Articles on web pages of different make, written after those of real sites."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.read.article import Article, extract
from feeds.read.dates import DateRead, read_date

FOLDER = Path(__file__).parents[3] / "data" / "articles"
PAGES = tomllib.loads((FOLDER / "pages.toml").read_text("utf-8"))["page"]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page["name"])


def article_on(page: dict) -> Article:
    body = (FOLDER / f"{page['name']}.html").read_bytes()
    return extract(body, f"https://news.example/{page['name']}", page["content_type"], "")


def test_there_are_25_pages_and_each_is_listed():
    assert len(PAGES) == 25
    assert sorted(file.stem for file in FOLDER.glob("*.html")) == sorted(page["name"] for page in PAGES)


@each_page
def test_a_page_yields_its_headline_and_its_language(page):
    article = article_on(page)
    assert (article.title, article.language) == (page["title"], page["language"])


@each_page
def test_a_page_yields_its_text_from_the_first_line_to_the_last(page):
    lines = article_on(page).text.split("\n")
    assert (lines[0], lines[-1]) == (page["first"], page["last"])


@each_page
def test_a_page_yields_its_credit_line_as_a_line_of_the_text(page):
    assert page["credit"] in article_on(page).text.split("\n")


@each_page
def test_a_page_yields_its_date_to_the_minute(page):
    read = read_date(article_on(page).published, timezone="UTC", now=NOW)
    assert read == DateRead(moment=page["published"], zone_assumed=page["assumed"])


@each_page
def test_navigation_appeals_and_other_articles_stay_out(page):
    article = article_on(page)
    assert [word for word in page["lacks"] if word in article.text or word in article.content] == []
