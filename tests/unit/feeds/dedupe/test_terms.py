"""What a sketch keeps of a text."""

import pytest

from feeds.dedupe.terms import LEAD, MOST, NAME, NUMBER, OFTEN, TITLE, Terms, unpack

TERMS = Terms()


def found(title="", text="", language="en"):
    """Flags by key."""
    return {term >> 8: term & 0xFF for term in unpack(TERMS.of(title, text, language))}


def meet(one, other, language="en"):
    """Whether two texts have the same terms."""
    return found(text=one, language=language).keys() == found(text=other, language=language).keys()


def test_a_text_without_words_has_no_terms():
    assert TERMS.of("", " … ", "en") == b""


def test_the_same_text_gives_the_same_bytes_whatever_was_read_before():
    text = "Ferry runs aground off Lindholm", "The coastguard took 312 passengers ashore."
    assert Terms().of(*text, "en") == TERMS.of(*text, "en")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("ferries", "ferry", "en"),
        ("NATO's", "Nato", "en"),
        ("безпека", "безпеки", "uk"),
        ("гарантиями", "гарантии", "ru"),
        ("gwarancje bezpieczeństwa", "gwarancje bezpieczeństwa", "pl"),
        ("Häfen", "Häfen", "de"),
    ],
)
def test_forms_of_one_word_are_one_term(one, other, language):
    assert meet(one, other, language)


def test_an_acronym_is_not_the_word_that_is_spelt_like_it():
    assert found(text="US").keys().isdisjoint(found(text="use"))
    assert not found(text="us").keys() & found(text="US").keys()


@pytest.mark.parametrize(
    ("text", "language"), [("the of and", "en"), ("і на з", "uk"), ("и на с", "ru"), ("w na się", "pl")]
)
def test_the_commonest_words_are_left_out(text, language):
    assert found(text=text, language=language) == {}


def test_a_term_says_where_it_stands_and_how_often():
    terms = found("Ferry aground", "A ferry of Lindholm sank. The ferry had 312 aboard.")
    (ferry,) = found(text="ferry")
    (lindholm,) = found(text="Lindholm")
    (number,) = found(text="312")
    assert (terms[ferry] & OFTEN, terms[ferry] & (TITLE | LEAD)) == (4, TITLE | LEAD)
    assert terms[lindholm] == 1 | LEAD | NAME
    assert terms[number] == 1 | LEAD | NUMBER


def test_capitals_of_a_headline_in_capitals_make_no_names():
    terms = found("FERRY RUNS AGROUND OFF LINDHOLM")
    assert all(not info & NAME for info in terms.values())


def test_scripts_without_spaces_give_pairs_of_characters():
    assert len(found(text="東京電力", language="ja")) == 3
    assert found(text="東京電力", language="ja").keys() & found(text="東京都", language="ja").keys()


def test_of_a_long_text_the_weightiest_terms_are_kept():
    title = "Ferry aground off Lindholm"
    terms = found(title, " ".join(f"word{n}x" for n in range(1_000)))
    assert len(terms) == MOST
    assert found(title).keys() <= terms.keys()
    assert len(TERMS.of(title, " ".join(f"word{n}x" for n in range(1_000)), "en")) == 4 * MOST


def test_no_more_languages_are_remembered_than_can_be_at_work():
    terms = Terms()
    first = terms.of("Ferry aground", "", "en")
    for number in range(200):
        terms.of("Ferry aground", "", f"x{number}")
    assert terms.of("Ferry aground", "", "en") == first
