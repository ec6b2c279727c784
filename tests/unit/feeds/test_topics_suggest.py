"""Suggestions: what sets apart what a topic caught, what stands near a missed part of a line, and kin of its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.query.syntax import parse_query
from feeds.text.forms import INSTALLED, Analyser
from feeds.topics import Topic
from feeds.topics.kin import Kin
from feeds.topics.suggest import likelihood_ratio, suggest
from tests.decision_table import entry

TOPIC = Topic(
    id="guarantees",
    title="Guarantees",
    match={"en": (parse_query('"security guarantee"'),), "uk": (parse_query('"гарантії безпеки"'),)},
)
CAUGHT = [
    "Envoys of the island discuss security guarantees",
    "The island wants a security guarantee",
    "Island asks allies for security guarantees",
    "No security guarantees for the island yet",
]
MISSED = [
    "Envoys offer the island security pledges",
    "The council weighs security pledges",
    "New security pledges from the allies",
    "A security pledge for the coast",
]
OTHERS = [
    f"The harbour of town number {number} gets a new {thing}" for number in range(20) for thing in ("pier", "crane")
]


def suggestions(titles, language="en", **changes):
    entries = [entry(title, language, id=f"e{number}") for number, title in enumerate(titles)]
    return suggest(TOPIC, lambda: entries, sources={}, analyser=Analyser(), **changes)


def test_what_was_caught_missed_and_seen_is_counted():
    found = suggestions([*CAUGHT, *MISSED, *OTHERS])
    assert (found.topic, found.seen, found.caught, found.missed) == ("guarantees", 48, 4, 4)


def test_words_that_caught_entries_have_more_often_come_with_their_counts():
    terms = {term.text: (term.inside, term.outside) for term in suggestions([*CAUGHT, *MISSED, *OTHERS]).terms}
    assert terms["island"] == (4, 1)
    assert "harbour" not in terms


def test_what_stands_near_a_part_of_a_line_in_missed_entries_is_a_synonym_to_consider():
    near = suggestions([*CAUGHT, *MISSED, *OTHERS]).near
    assert next((term.text, term.inside, term.outside) for term in near) in {
        ("security pledges", 4, 0),
        ("pledges", 4, 0),
    }
    assert [term.score for term in near] == sorted((term.score for term in near), reverse=True)


def test_at_most_so_many_are_told_of_a_kind_and_language():
    assert len(suggestions([*CAUGHT, *MISSED, *OTHERS], most=1).terms) == 1


def test_a_topic_that_caught_nothing_has_nothing_to_tell_but_its_kin():
    found = suggestions(OTHERS)
    assert (found.caught, found.terms, found.near) == (0, (), ())
    assert Kin(word="guarantee", language="en", forms=(), others=()) in found.kin


@pytest.mark.parametrize("dictionaries", [INSTALLED, None], ids=["dictionaries", "endings"])
def test_forms_of_a_word_are_told_apart_from_kin_that_no_line_meets(dictionaries):
    titles = ["Гарантії безпеки", "Без гарантій безпеки", "Гарантій немає", "Острів гарантує мир", "Гарант договору"]
    entries = [entry(title, "uk", id=title) for title in titles]
    found = suggest(TOPIC, lambda: entries, sources={}, analyser=Analyser(dictionaries=dictionaries))
    assert found.kin == (
        Kin(word="безпеки", language="uk", forms=(("безпеки", 2),), others=()),
        Kin(
            word="гарантії",
            language="uk",
            forms=(("гарантій", 2), ("гарантії", 1)),
            others=(("гарант", 1), ("гарантує", 1)),
        ),
    )


@given(st.integers(1, 50), st.integers(1, 500), st.integers(0, 50), st.integers(0, 500))
def test_a_ratio_is_never_negative_and_nothing_where_others_have_it_as_often(inside, more, outside, others):
    insiders, outsiders = inside + more, outside + others
    ratio = likelihood_ratio(inside, insiders, outside, outsiders)
    assert ratio >= 0
    if inside * outsiders <= outside * insiders:
        assert ratio == 0


def test_twice_the_evidence_says_twice_as_much():
    assert likelihood_ratio(10, 20, 5, 100) == pytest.approx(likelihood_ratio(5, 10, 2.5, 50) * 2)
    assert likelihood_ratio(5, 10, 5, 10) == 0
    assert likelihood_ratio(0, 0, 5, 10) == 0
