import pytest

from feeds.dedupe.fingerprint import words
from feeds.dedupe.numbers import number, runs


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        ("3 3rd three Third три третього трьох третий трёх trzy trzeci", "3"),
        ("June червня июня czerwca", "m6"),
        ("Friday п'ятницю пятницу piątek", "d5"),
        ("469", "469"),
        ("2nd second друга вторую", "2"),
    ],
)
def test_a_number_is_the_same_in_figures_and_in_four_languages(spellings, expected):
    assert {number(word) for word in words(spellings)} == {expected}


def test_words_that_are_mostly_no_numbers_are_none():
    assert [number(word) for word in words("One may march in TVN24 street")] == [""] * 6


def test_neighbouring_numbers_are_one_run_between_the_words_around_them():
    assert list(runs(words("On 8 June 2023 the council met for the third time"))) == [
        ("on / the council", ("8", "m6", "2023")),
        ("the for / time", ("3",)),
    ]


def test_a_number_beside_another_run_stands_for_itself_in_its_context():
    assert list(runs(words("from 3 to 5"))) == [("from / to #", ("3",)), ("to # / ", ("5",))]
