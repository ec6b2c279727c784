"""Language editions: which articles of an outlet are one article."""

from datetime import timedelta
from itertools import permutations

import pytest

from feeds.dedupe.editions import EditionIndex
from feeds.model import Join, Relation
from tests.fakes.telling_entries import HOUR, NOON, telling

PICTURE = "https://img.post.example/summit.jpg"
SLUG = "https://post.example{}/2026/03/halvorsen-on-the-alliance"


def article(name, url, *, language, title="NATO summit 2026: Halvorsen", at=NOON, image="", **facts):
    return telling(name, title, language=language, url=url, at=at, image=image, **facts)


def editions(*entries):
    """Whose edition each is, of those that are one article with the last one."""
    index = EditionIndex()
    for entry in entries:
        index.add(entry)
    return {one: root for one, (root, _) in index.editions(entries[-1]).items()}


def test_the_same_path_but_for_the_language_is_one_article_and_the_ledger_says_why():
    index = EditionIndex()
    index.add(article("uk", SLUG.format(""), language="uk"))
    index.add(english := article("en", SLUG.format("/en"), language="en", at=NOON + HOUR))
    evidence = {"evidence": "same path but for the language", "rule": "editions/1"}
    assert index.editions(english) == {
        "en": ("uk", (Join(relation=Relation.EDITION, other="uk", **evidence),)),
        "uk": (None, (Join(relation=Relation.EDITION, other="en", **evidence),)),
    }


def test_the_article_whose_address_names_no_language_is_the_one_the_others_belong_to():
    early = article("en", SLUG.format("/en"), language="en", at=NOON)
    others = [
        article("uk", SLUG.format(""), language="uk", at=NOON + HOUR),
        article("pl", SLUG.format("/pl"), language="pl", at=NOON + HOUR),
    ]
    for order in permutations([early, *others]):
        assert editions(*order) == {"uk": None, "en": "uk", "pl": "uk"}


def test_of_addresses_that_all_name_a_language_the_earliest_is_the_first():
    later = article("a", SLUG.format("/en"), language="en", at=NOON + HOUR)
    assert editions(later, article("b", SLUG.format("/pl"), language="pl")) == {"a": "b", "b": None}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.post.example/eng/news/7405755/", "https://www.post.example/news/7405755/"),
        ("https://en.post.example/news/7405755/", "https://post.example/news/7405755/"),
        ("https://post.com.ua/en/a-7405755.html", "https://post.com.ua/b-7405755.html"),
    ],
)
def test_the_same_number_and_names_in_common_are_one_article(one, other):
    assert editions(article("en", one, language="en"), article("de", other, language="de")) == {"en": "de", "de": None}


def test_the_same_picture_and_names_in_common_are_one_article():
    one = article("en", "https://post.example/eng/news/7405755/", language="en", image=PICTURE)
    other = article("de", "https://post.example/news/7405744/", language="de", image=PICTURE)
    assert editions(one, other) == {"en": "de", "de": None}


def test_a_picture_that_several_articles_in_a_language_show_says_nothing():
    english = article("en", "https://post.example/eng/news/7405755/", language="en", image=PICTURE)
    german = [article(f"de {n}", f"https://post.example/news/740574{n}/", language="de", image=PICTURE) for n in (1, 2)]
    for order in permutations([english, *german]):
        assert editions(*order) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://post.example/eng/news/7405755/", "https://post.example/news/7405744/"),  # neighbours by number
        ("https://post.example/eng/news/7405755/", "https://courier.example/news/7405755/"),  # two outlets
        ("https://post.example/en/", "https://post.example/"),  # front pages
        ("https://post.example/en/sport", "https://post.example/sport"),  # sections
        ("https://post.example/en/20260302/", "https://post.example/20260302/"),  # a day
        ("https://a.co.uk/en/halvorsen-on-the-alliance", "https://b.co.uk/halvorsen-on-the-alliance"),
    ],
)
def test_other_addresses_are_not(one, other):
    assert editions(article("en", one, language="en"), article("de", other, language="de")) == {}


def test_the_same_number_counted_anew_in_each_language_is_not():
    one = article("en", "https://post.example/en/7405755", language="en", title="Ferry aground")
    late = NOON + 5 * HOUR
    other = article("uk", "https://post.example/7405755", language="uk", title="Вибори в Руританії", at=late)
    assert editions(one, other) == {}


@pytest.mark.parametrize("language", ["uk", ""])
def test_one_language_or_an_unknown_one_makes_no_edition(language):
    one, other = article("a", SLUG.format(""), language="uk"), article("b", SLUG.format("/en"), language=language)
    assert editions(one, other) == {}


def test_articles_more_than_a_day_apart_are_not():
    late = NOON + timedelta(hours=25)
    one, other = (
        article("a", SLUG.format(""), language="uk"),
        article("b", SLUG.format("/en"), language="en", at=late, published=late),
    )
    assert editions(one, other) == {}


def test_a_forgotten_entry_has_no_editions():
    index = EditionIndex()
    index.add(article("uk", SLUG.format(""), language="uk"))
    index.forget("uk")
    index.forget("uk")
    assert index.editions(article("en", SLUG.format("/en"), language="en")) == {}


@pytest.mark.parametrize(
    ("other", "missing"),
    [
        ({"url": ""}, "the address of one says nothing"),
        ({"url": "https://herald.example/en/a"}, "their outlets differ: post.example and herald.example"),
        ({"language": "uk"}, "they are not known to be in two languages: uk and uk"),
        ({"language": ""}, "they are not known to be in two languages: uk and unknown"),
        ({"at": NOON + 25 * HOUR}, "they are more than 24 hours apart"),
        ({"url": "https://post.example/en/2026/x"}, "two signs must agree, and there is 3 names or numbers alike"),
        (
            {"url": "https://post.example/en/2026/x", "title": "A quiet day", "image": PICTURE},
            "two signs must agree, and there is the same picture",
        ),
        (
            {"url": "https://post.example/en/2026/x", "title": "A quiet day"},
            "two signs must agree, and there is none",
        ),
    ],
)
def test_of_two_that_are_no_editions_it_is_told_what_is_missing(other, missing):
    ukrainian = article("uk", SLUG.format(""), language="uk", image=PICTURE)
    facts = {"url": SLUG.format("/en"), "language": "en"} | other
    assert EditionIndex().compared(ukrainian, article("en", **facts)) == missing
