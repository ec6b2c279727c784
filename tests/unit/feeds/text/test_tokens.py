"""Words: where they are found and how they are folded."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import tokens
from feeds.text.tokens import fold, lower, spans, words


@pytest.mark.parametrize(
    ("text", "found", "compounds"),
    [
        ("", [], []),
        ("— … !", [], []),
        ("Ports, and 3 deals.", ["Ports", "and", "3", "deals"], []),
        ("the long-term e-mail", ["the", "long", "term", "e", "mail"], [(1, 2), (3, 4)]),
        ("state‑of‑the‑art", ["state", "of", "the", "art"], [(0, 3)]),
        ("Київ–Одеса", ["Київ", "Одеса"], []),
        ("прем’єр-міністр", ["прем’єр", "міністр"], [(0, 1)]),
        ("п'ять пʼять п’ять", ["п'ять", "пʼять", "п’ять"], []),
        ("'quoted' ports'", ["quoted", "ports"], []),
        ("го\u0301ри га\u00adвань", ["го\u0301ри", "га\u00adвань"], []),
        ("The U.S. and U.S.A. vs. a.m.", ["The", "U.S.", "and", "U.S.A.", "vs", "a.m."], []),
        ("В.І.Стус", ["В.І.", "Стус"], []),
        ("snake_case F-16", ["snake", "case", "F", "16"], [(2, 3)]),
        ("人工 AI", ["人", "工", "AI"], []),
        ("हिन्दी", ["हिन्दी"], []),
    ],
)
def test_words_of_a_text(text, found, compounds):
    assert words(text) == (found, compounds)
    assert [text[start:end] for start, end in spans(text)] == found


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("PORT", "port"),
        ("Ｐｏｒｔ", "port"),
        ("ﬁsh", "fish"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("İzmir", "izmir"),
        ("Łódź", "łodz"),
        ("U.S.", "us"),
        ("П’ЯТЬ", "п'ять"),
        ("пʼять", "п'ять"),
        ("Ёлка", "елка"),
        ("е\u0308лка", "елка"),
        ("край", "край"),
        ("краи\u0306", "край"),
        ("Їжак", "їжак"),
        ("і\u0308жак", "їжак"),
        ("ў", "ў"),
        ("Ґанок", "ґанок"),
        ("за\u0301мок", "замок"),
        ("га\u00adвань", "гавань"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ガ", "ガ"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_a_word_is_folded(word, folded):
    assert fold(word) == folded


def test_stemmers_get_the_accents():
    assert lower("CAFÉ’S") == "café's"


_ODD = "aZéйЇё\u0301_.'’9-\u2011 \u00ad\u200d日ʼ,äß\n"


@given(st.text(_ODD) | st.text())
def test_plain_words_are_found_as_by_the_patterns_of_all_words(text):
    for quick, whole in ((tokens._compounds, tokens._COMPOUND), (tokens._words, tokens._WORD)):
        assert quick.findall(text) == re.findall(whole, text)


@given(st.text(_ODD) | st.text())
def test_words_are_folded_alike_one_by_one_and_together(text):
    found = words(text)[0]
    assert fold(" ".join(found)) == " ".join(map(fold, found))
