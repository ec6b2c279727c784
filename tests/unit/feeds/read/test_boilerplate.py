"""Lines that say nothing of the story, whoever prints them."""

import pytest

from feeds.model import ParsedEntry, ParsedFeed, Source
from feeds.read.boilerplate import is_boilerplate, without_boilerplate_lines, without_boilerplate_text
from feeds.read.normalize import normalize
from tests.fakes.seen_entries import MONDAY


@pytest.mark.parametrize(
    "line",
    [
        "Support Us",
        "Journalists fight on their own frontline. Support Ukrainska Pravda or become our patron!",
        "Journalists fight on their own frontline.",
        "Support Ukrainska Pravda or become our patron!",
        "Continue reading...",
        "Continue reading at Harbour Post",
        "Read more →",
        "Read also: Ferry stays in harbour",
        "The post Ferry stays in harbour appeared first on Harbour Post.",
        "Sign up for our newsletter",
        "Читайте також: Пором лишається в порту",
        "Підтримайте нас і нашу роботу",
        "Читати далі",
        "Запис «Пором» з'явився спочатку на Вісник порту.",
        "Читайте также: Паром остаётся в порту",
        "Сообщение «Паром» появились сначала на Вестник порта.",
        "Czytaj więcej",
        "Czytaj też: Prom zostaje w porcie",
        "Artykuł Prom zostaje w porcie pochodzi z serwisu Kurier Portowy.",
    ],
)
def test_appeals_teasers_and_links_elsewhere_are_boilerplate(line):
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "Source: The Guardian, as reported by European Pravda",
        "Джерело: Вісник порту, читайте також його стрічку",
        "The mayor asked everybody to read more books before the winter came and the lights went out again.",
        "Ministers continued reading the treaty until midnight.",
        "He became a patron of the theatre in 1990, and its director thanked him for it.",
        "The post office appeared first.",
        "Supporters of the treaty met on the bridge.",
    ],
)
def test_news_and_credit_lines_are_not(line):
    assert not is_boilerplate(line)


def test_a_link_to_the_rest_leaves_the_end_of_a_paragraph():
    html = '<p>The ferry stays. <a href="https://harbour.example/1">Continue reading…</a></p>'
    assert without_boilerplate_lines(html) == "<p>The ferry stays. </p>"


def test_where_there_is_nothing_else_it_stays():
    assert without_boilerplate_lines("<p>Read more</p>") == "<p>Read more</p>"
    assert without_boilerplate_text("Support Us") == "Support Us"


def test_an_entry_is_read_without_boilerplate_and_with_its_credit_line():
    html = (
        "<p>Support Us</p><p>Troops may be sent.</p><p>Source: The Guardian, as reported by European Pravda</p>"
        "<p>Journalists fight on their own frontline. Support Ukrainska Pravda or become our patron!</p>"
    )
    feed = ParsedFeed(format="rss20", entries=(ParsedEntry(guid="1", title="Troops", summary=html),))
    (entry,) = normalize(
        feed, source=Source(id="up", url="https://up.example/"), url="https://up.example/", now=MONDAY
    ).entries
    assert entry.summary == "Troops may be sent. Source: The Guardian, as reported by European Pravda"
    assert entry.content == "<p>Troops may be sent.</p><p>Source: The Guardian, as reported by European Pravda</p>"
