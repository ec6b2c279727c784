"""Dictionary forms: what only a dictionary knows, and what it must not be asked."""

import pytest

from feeds.query.match import holds
from feeds.query.syntax import parse_query
from feeds.text.forms import INSTALLED, Analyser
from tests.decision_table import entry


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(dictionaries=INSTALLED)


def meets(analyser, wanted, word, language):
    return not analyser.wanted(wanted, language).isdisjoint(analyser.vocabulary(language, shouted=False)[word])


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("uk", "людина", "люди"),
        ("uk", "день", "дня"),
        ("uk", "п’ять", "п'яти"),
        ("uk", "війна", "воєн"),
        ("ru", "человек", "людям"),
        ("ru", "война", "войн"),
        ("ru", "безопасностью", "безопасности"),
        ("ru", "шёл", "идти"),
        ("ru", "соглашенье", "соглашения"),
    ],
)
def test_irregular_forms_meet(language, one, other, analyser):
    assert meets(analyser, one, other, language)
    assert meets(analyser, other, one, language)


def test_every_reading_of_a_word_counts():
    assert set(INSTALLED.lemmas("війни", "uk")) == {"війна", "війнути"}


def test_a_letter_that_the_text_does_not_have_is_not_put_into_it():
    assert INSTALLED.lemmas("гарантій", "uk") == ("гарантія",)
    assert INSTALLED.lemmas("ґанку", "uk") == ("ґанок",)


def test_words_that_no_dictionary_has_are_told_by_their_endings(analyser):
    assert meets(analyser, "Примарненко", "Примарненка", "uk")
    assert INSTALLED.lemmas("щ", "uk") == ("щ",)


def test_a_mixed_text_is_read_word_by_word(analyser):
    keys = analyser.vocabulary("uk", shouted=False)
    assert keys["harbours"] == ("=harbours", "en~harbour", "*har")
    assert keys["людям"] == ("=людям", "uk~людина", "*люд")
    assert keys["объявила"] == ("=объявила", "ru~объявить", "*объ")


def test_an_acronym_is_not_looked_up(analyser):
    assert analyser.vocabulary("uk", shouted=False)["НАТО"] == ("=нато", "^нато", "*нат")
    assert analyser.wanted("НАТО", "uk") == frozenset({"^нато"})


def test_two_analysers_share_what_was_loaded():
    assert Analyser()._dictionaries is INSTALLED
    assert Analyser(dictionaries=None)._dictionaries is None


GUARANTEES = {
    "uk": "гарантія гарантії гарантію гарантією гарантій гарантіям гарантіями гарантіях ГАРАНТІЇ",
    "ru": "гарантия гарантии гарантию гарантией гарантий гарантиям гарантиями гарантиях ГАРАНТИИ",
}
OF_SECURITY = {"uk": "безпеки Безпеки", "ru": "безопасности Безопасности"}


@pytest.mark.parametrize("dictionaries", [INSTALLED, None], ids=["dictionaries", "endings"])
@pytest.mark.parametrize(("line", "language"), [("«гарантії безпеки»", "uk"), ("«гарантии безопасности»", "ru")])
def test_a_phrase_meets_every_case_and_number_of_it(line, language, dictionaries):
    analyser = Analyser(dictionaries=dictionaries)
    query = parse_query(line)
    phrases = [f"{one} {other}" for one in GUARANTEES[language].split() for other in OF_SECURITY[language].split()]
    texts = (entry(phrase, language) for phrase in phrases)
    missed = [text.title for text in texts if not holds(query, text, source=None, analyser=analyser)]
    assert (missed, len(phrases)) == ([], 18)
