"""Word forms: which words of a text a word of a query meets."""

import pytest

from feeds.text.forms import INSTALLED, Analyser, acronym_in, primary, tongues


@pytest.fixture(scope="module", params=[INSTALLED, None], ids=["dictionaries", "endings"])
def analyser(request) -> Analyser:
    return Analyser(dictionaries=request.param)


def meets(analyser, wanted, word, language, *, shouted=False):
    return not analyser.wanted(wanted, language).isdisjoint(analyser.vocabulary(language, shouted=shouted)[word])


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "guarantee guarantees guaranteed guaranteeing guarantee’s"),
        ("en", "policy policies"),
        ("en", "mention mentions mentioned mentioning"),
        ("en", "security securities"),
        ("uk", "гарантія гарантії гарантію гарантією гарантій гарантіям гарантіями гарантіях"),
        ("uk", "безпека безпеки безпеці безпеку безпекою безпек"),
        ("uk", "порт порту портові портом порти портів портам портами портах"),
        ("uk", "забезпечення забезпеченню забезпеченням забезпечень забезпеченнями"),
        ("uk", "дорога дороги дорозі дорогу дорогою"),
        ("uk", "рік року роком роки років роками"),
        ("uk", "українець українця українцю українцем українці українців українцям"),
        ("uk", "Львів Львова Львову Львовом Львові"),
        ("uk", "область області областю областей областям"),
        ("uk", "безпековий безпекового безпековому безпековим безпекова безпекової безпекову безпековою безпекові"),
        ("uk", "останній останнього останньому останнім остання останньої останню останньою останні останніх"),
        ("uk", "гарантувати гарантую гарантує гарантують гарантував гарантувала гарантували гарантуватиме"),
        ("uk", "тримати тримає тримають тримав тримала тримали триматиме тримається"),
        ("uk", "говорити говорить говорять говорив говорила говорили говоритиме"),
        ("uk", "повернути повернув повернула повернули повернуть поверне повернеться"),
        ("ru", "гарантия гарантии гарантию гарантией гарантий гарантиям гарантиями гарантиях"),
        ("ru", "безопасность безопасности безопасностью"),
        ("ru", "порт порта порту портом порте порты портов портам портами портах"),
        ("de", "Hafen Hafens"),
        ("pl", "gwarancja gwarancje gwarancji"),
        ("fr", "garantie garanties"),
        ("es", "garantía garantías garantia"),
    ],
)
def test_forms_of_one_word_meet_each_other(language, forms, analyser):
    first, *others = forms.split()
    assert [other for other in others if not meets(analyser, first, other, language)] == []
    assert [other for other in others if not meets(analyser, other, first, language)] == []


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "marvel", "marvellous"),
        ("en", "security", "secure"),
        ("en", "guarantor", "guarantee"),
        ("en", "port", "portal"),
        ("uk", "безпека", "небезпека"),
        ("uk", "гарант", "гарантія"),
        ("uk", "порт", "портрет"),
        ("uk", "груша", "ґрунт"),
        ("uk", "мир", "міра"),
        ("uk", "НАТО", "ната"),
        ("uk", "мотив", "мотати"),
        ("uk", "канали", "каналити"),
        ("uk", "гарантія", "гарантує"),
        ("ru", "безопасность", "опасность"),
        ("", "port", "порт"),
    ],
)
def test_other_words_do_not(language, one, other, analyser):
    assert not meets(analyser, one, other, language)
    assert not meets(analyser, other, one, language)


@pytest.mark.parametrize(
    ("word", "acronym"),
    [
        ("НАТО", "нато"),
        ("US", "us"),
        ("U.S.", "us"),
        ("NATO’s", "nato"),
        ("MPs", "mp"),
        ("МИДом", "мид"),
        ("COVID19", "covid19"),
        ("ATACMS", "atacms"),
        ("Nato", ""),
        ("us", ""),
        ("A", ""),
        ("G7", ""),
        ("UKRAINE", ""),
        ("McDonald", ""),
        ("19", ""),
    ],
)
def test_an_acronym_is_two_to_six_capitals(word, acronym):
    assert acronym_in(word) == acronym


def test_an_acronym_meets_capitals_and_from_four_letters_on_a_name(analyser):
    assert meets(analyser, "NATO", "Nato", "en")
    assert not meets(analyser, "NATO", "nato", "en")
    assert not meets(analyser, "IT", "It", "en")
    assert meets(analyser, "nato", "NATO", "en")


def test_an_acronym_is_met_behind_an_article_that_is_written_together_with_it(analyser):
    for word in ("L'OTAN", "l’OTAN", "d'OTAN", "OTAN"):
        assert meets(analyser, "OTAN", word, "fr")
        assert meets(analyser, word, "OTAN", "fr")
    assert not meets(analyser, "OTAN", "L'OTAN", "en")


def test_of_a_type_there_may_be_several(analyser):
    assert meets(analyser, "F16", "F16s", "en")
    assert meets(analyser, "T72s", "T72", "uk")
    assert not meets(analyser, "F16", "F15s", "en")
    assert not meets(analyser, "1990", "1990s", "en")


def test_in_a_shouted_text_capitals_mean_nothing(analyser):
    assert not meets(analyser, "port", "PORTS", "en")
    assert meets(analyser, "port", "PORTS", "en", shouted=True)
    assert meets(analyser, "US", "US", "en", shouted=True)


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("port", "en", ("en",)),
        ("port", "uk", ("en",)),
        ("port", "", ("en",)),
        ("port", "de", ("de",)),
        ("порт", "uk", ("uk",)),
        ("порт", "ru", ("ru",)),
        ("порт", "en", ("uk", "ru")),
        ("порт", "", ("uk", "ru")),
        ("порт", "bg", ("bg",)),
        ("місто", "ru", ("uk",)),
        ("рыба", "uk", ("ru",)),
        ("λιμάνι", "el", ("el",)),
        ("λιμάνι", "en", ()),
        ("16", "en", ()),
    ],
)
def test_the_script_decides_the_language_word_by_word(word, language, expected):
    assert tongues(word, language) == expected


def test_a_tag_is_cut_to_its_primary_subtag():
    assert [primary(tag) for tag in ("en-GB", "uk_UA", "RU", "")] == ["en", "uk", "ru", ""]


def test_what_is_kept_is_bounded():
    analyser = Analyser(words=3, texts=2)
    vocabulary = analyser.vocabulary("en", shouted=False)
    for word in ("a", "b", "c", "d", "e"):
        assert vocabulary[word] == (f"={word}", f"en~{word}")
    assert len(vocabulary) <= 3
    made = []
    for key in (1, 2, 1, 3, 1):
        analyser.once(key, lambda key=key: made.append(key))
    assert made == [1, 2, 3, 1]
