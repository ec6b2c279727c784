"""Lines of a page that are no part of its article: what goes, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.read.article.asides import without_asides
from feeds.sanitize import clean_html, plain_text

BASE = "https://news.example/1"
TEXT = "<p>The old locks were opened at dawn.</p>"


def kept(html: str, *, title: str = "") -> str:
    return without_asides(clean_html(html, base=BASE), title=title)


ASIDES = [
    "Support Us",
    "Journalists fight on their own frontline. Support Harbour Herald or become our patron!",
    "Subscribe to our newsletter",
    "Sign up for our daily newsletter and never miss a story",
    "Follow us on Telegram",
    "Please donate to keep us independent",
    "Read also: Bridge at Alder closed",
    "READ MORE: What the compact says",
    "See also",
    "Related articles",
    "Advertisement",
    "All rights reserved. Harbour Herald, 2023",
    "If you notice a mistake, select it and press Ctrl+Enter",
    "Підтримайте нас",
    "Журналісти воюють на своєму фронті. Підтримайте «Правду» або станьте нашим патроном!",
    "Підписуйтесь на наш канал у Telegram",
    "Стежте за нашими новинами у Facebook",
    "Читайте також: Міст в Олдері зачинено",
    "Якщо ви помітили помилку, виділіть її",
    "Реклама:",
    "Поддержите нашу редакцию",
    "Подписывайтесь на наш Telegram-канал",
    "Читайте также: Мост в Олдере закрыт",
    "По теме:",
    "Если вы заметили ошибку, выделите её",
    "Wesprzyj nas",
    "Wspieraj niezależne dziennikarstwo",
    "Zostań naszym patronem",
    "Zapisz się na nasz newsletter",
    "Obserwuj nas w Google",
    "Czytaj też: Most w Alder zamknięty",
    "→ Zobacz także: Budżet rady",
    "Polecamy:",
]  # fmt: skip


@pytest.mark.parametrize("line", ASIDES)
def test_an_aside_goes_and_the_article_stays(line):
    assert kept(f"{TEXT}<p><em>{line}</em></p>{TEXT}") == TEXT + TEXT


ARTICLE = [
    "Source: Support Us, a charity for boatmen",
    "Source: The Guardian, as reported by European Pravda",
    "Джерело: «Європейська правда» із посиланням на Telegram-канал уповноваженого",
    "Источник: Telegram-канал «Маяк»",
    "Źródło: newsletter rady rzecznej",
    "The museum became a patron of the boatmen's school, and others may follow.",
    "He asked the townspeople to support the journalists who had been locked out.",
    "Read in full, the compact has ninety pages; few have read it.",
    "Related to the minister by marriage, Linden said that she would not run.",
    "Рада підтримала журналістів, яких не пустили на засідання.",
    "Читайте між рядків, порадила вона слухачам.",
    "По теме шлюзов совет не сказал ничего нового.",
    "Władze wspierają rybaków z dolnego biegu.",
    "More on the river than on land, he lives by the tides.",
    "The council also shared its plan with the ministry of transport, which had asked for it twice.",
]


@pytest.mark.parametrize("line", ARTICLE)
def test_an_article_that_speaks_of_such_things_keeps_what_it_says(line):
    html = f"{TEXT}<p>{line}</p>{TEXT}"
    assert kept(html) == clean_html(html, base=BASE)


def test_a_list_of_links_below_read_also_goes_with_it():
    links = '<ul><li><a href="/a">One</a></li><li><a href="/b">Two</a></li></ul>'
    assert kept(f"{TEXT}<p>Read also:</p>{links}{TEXT}") == TEXT + TEXT


def test_a_list_of_links_that_belongs_to_the_text_stays():
    html = f'{TEXT}<ul><li><a href="/a">The draft</a></li></ul>{TEXT}'
    assert kept(html) == clean_html(html, base=BASE)


def test_links_at_either_end_are_navigation():
    assert (
        kept(f'<p><a href="/">Home</a></p>{TEXT}<p>News</p><p><a href="/1">Ducks</a> <a href="/2">Cups</a></p>') == TEXT
    )


def test_a_credit_that_is_a_link_stays_at_the_end():
    html = f'{TEXT}<p>Source: <a href="https://m.example/">The Mercury</a></p>'
    assert kept(html) == clean_html(html, base=BASE)


@pytest.mark.parametrize(
    "head",
    [
        "<p>Locks opened</p>",
        "<p>Thursday, 8 June 2023, 01:10</p>",
        "<p>8 червня 2023, 01:10 | Переглядів: 31</p>",
        "<p>By J. Doe | 8 June 2023</p>",
        "<p>1024</p>",
        "<h1>Locks opened</h1><p>Опубліковано: 08.06.2023 - 01:10</p>",
    ],
)
def test_what_a_page_repeats_of_its_head_goes(head):
    assert kept(head + TEXT, title="Locks opened") == TEXT


def test_a_date_further_down_is_text():
    html = f"{TEXT}<p>8 June 2023</p>{TEXT}"
    assert kept(html) == clean_html(html, base=BASE)


def test_lines_between_breaks_are_judged_one_by_one():
    html = "<div>The locks are open.<br><br><b>Support us!</b><br>They stay so.</div>"
    assert kept(html) == "<div>The locks are open.<br><br><br>They stay so.</div>".replace("<br><br><br>", "<br><br>")


def test_empty_blocks_between_two_lines_still_part_them():
    assert kept("The locks are open.<p></p><p></p>They stay so.") == "The locks are open.<br>They stay so."


def test_an_element_that_goes_on_in_the_next_line_goes_on():
    assert kept("<p><i>Support us!<br>The locks are open.</i></p>") == "<p><i><br>The locks are open.</i></p>"


CREDITS = ARTICLE[:5]
pieces = st.sampled_from(
    [*ASIDES, *ARTICLE, "<br>", "<p>", "</p>", "<b>", "</b>", '<a href="/x">', "</a>", "<li>", " "]
)


@given(st.lists(pieces, max_size=12).map("".join), st.sampled_from(["", ARTICLE[5]]))
def test_nothing_is_added_and_credits_are_never_lost(html, title):
    before = clean_html(html, base=BASE)
    after = clean_html(without_asides(before, title=title), base=BASE)
    lines = plain_text(before).split("\n")
    assert set(plain_text(after).split("\n")) <= {*lines, ""}
    assert [line for line in plain_text(after).split("\n") if line in CREDITS] == [
        one for one in lines if one in CREDITS
    ]


@given(st.text(max_size=300))
def test_arbitrary_mark_up_is_answered(html):
    assert isinstance(kept(html, title="x"), str)
