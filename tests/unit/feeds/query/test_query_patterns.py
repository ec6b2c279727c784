"""Patterns: what may be searched for, how capitals count, and that no text makes them slow."""

import pytest

from feeds.query import patterns
from feeds.query.match import MOST_SPANS, find
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from tests.decision_table import entry


@pytest.mark.parametrize("pattern", ["harbou?rs?", r"\bUS\b", r"\pL+ порт", "(ab|cd){3}", "x{1000}", "^(?-i)The "])
def test_a_pattern_may_be_used(pattern):
    assert patterns.flaw(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "place", "told"),
    [
        ("a" * 201, 200, "at most 200 characters"),
        ("ab\udcff", 2, "this character is half of one"),
        ("harb(our", 0, 'a "(" is never closed'),
        ("harb)our", 0, 'a ")" closes nothing'),
        ("harb[our", 4, 'a "[" is never closed: [our'),
        ("ha**", 2, "** repeats what is repeated already"),
        ("port(?=s)", 4, "(?= means nothing; looking ahead or behind is not to be had"),
        (r"(a)b\1", 4, r"\1 means nothing; back-references are not to be had"),
        ("[z-a]x", 1, "z-a is no range of characters"),
        (r"\pL порт\b", 8, r"\b knows the letters a to z only"),
        (r"порт\w", 4, r"\w knows the letters a to z only"),
        (r"порт\\w+\B", 8, r"\B knows the letters a to z only"),
        ("([аб]{900}.{900}){1}q", 0, "this pattern is too large"),
        (".", 0, "would take nearly everything"),
        (r"\s", 0, "would take nearly everything"),
        (r"x*", 0, "would take nearly everything"),
        (r"[^q]", 0, "would take nearly everything"),
        (r".{3,}", 0, "would take nearly everything: any word is enough for it"),
        (r"^\w\w+", 0, "would take nearly everything: any word is enough for it"),
        (r"[а-щ]{3}", 0, "would take nearly everything: any word is enough for it"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_told_at_its_place(pattern, place, told):
    message, offset = patterns.flaw(pattern)
    assert told in message
    assert offset == place


def test_a_backslash_that_is_meant_hides_no_class_of_letters():
    assert patterns.flaw(r"порт\\b") is None


def test_patterns_that_other_engines_never_end_with_end():
    for pattern in ("(a+)+$", "(x+x+)+y", "(a|aa)+b", "(.*)(.*)(.*)q"):
        for text in ("a" * 100_000 + "!", "x" * 100_000, "ab " * 33_000):
            assert patterns.found(pattern, text) is (pattern == "(a|aa)+b" and text.startswith("ab"))


def test_the_evidence_of_a_pattern_is_bounded():
    of = entry("sea " * 1000)
    assert len(find(parse_query("/sea/"), of, source=None, analyser=Analyser())) == MOST_SPANS
