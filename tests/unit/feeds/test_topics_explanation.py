"""Why a topic takes an entry or not, and which part of a line an example fell short of."""

from dataclasses import replace

import pytest

from feeds.model import Source, Span
from feeds.query.explain import Clause
from feeds.query.expr import Query, Ref, Where
from feeds.text.forms import Analyser
from feeds.topics import Condition, TriedLine, explain, misjudged
from tests.decision_table import entry
from tests.fakes.candidates import topic

GAZETTE = Source(id="gazette", url="https://gazette.example/rss", tags=("coast", "war"))


def why(of, title, language="en", **fields):
    return explain(of, entry(title, language, **fields), source=GAZETTE, analyser=Analyser())


def test_a_yes_shows_the_conditions_the_lines_and_what_they_met():
    of = topic(
        {"uk": ['"гарантії безпеки" OR пакт'], "en": ["pact"]},
        exclude={"any": ["кредит"]},
        where=Where(tags=("war",), min_words=2),
    )
    found = why(of, "Вимога гарантій безпеки", "uk", summary="Три слова тут")
    here = (Span(field="title", start=7, end=23),)
    phrase = Clause(text='"гарантії безпеки"', holds=True, score=1, spans=here, forms=("гарантій безпеки",))
    pact = Clause(text="пакт", holds=False, score=0)
    either = Clause(
        text='"гарантії безпеки" OR пакт', holds=True, score=1, spans=here, forms=("гарантій безпеки",),
        parts=(phrase, pact),
    )  # fmt: skip
    assert found.takes
    assert found.reason == 'the line "гарантії безпеки" OR пакт holds'
    assert found.where == (
        Condition(key="tags", wanted="war", has="coast, war", holds=True),
        Condition(key="min_words", wanted="2", has="3", holds=True),
    )
    assert found.match == (TriedLine(table="uk", text='"гарантії безпеки" OR пакт', clause=either),)
    assert found.exclude == (TriedLine(table="any", text="кредит", clause=Clause(text="кредит", holds=False, score=0)),)


def test_another_topic_is_unfolded():
    other = topic({"any": ["pact"]}, exclude={"any": ["bank"]}, where=Where(tags=("war",)))
    ref = Ref("harbours", rules=other)
    of = replace(topic(["x"]), match={"any": (Query("@harbours", ref),)})
    found = why(of, "A pact of the bank")
    bank = (Span(field="title", start=14, end=18),)
    assert found.match[0].clause.parts == (
        Clause(text="where.tags", holds=True, score=0),
        Clause(text="pact", holds=True, score=1, spans=(Span(field="title", start=2, end=6),), forms=("pact",)),
        Clause(
            text="NOT bank", holds=False, score=0,
            parts=(Clause(text="bank", holds=True, score=1, spans=bank, forms=("bank",)),),
        ),
    )  # fmt: skip
    assert not found.takes


@pytest.mark.parametrize(
    ("fields", "title", "language", "reason"),
    [
        ({"where": Where(sources=("chronicle",))}, "Harbour", "en",
         "where.sources asks for chronicle, and the entry has gazette"),
        ({"where": Where(languages=("uk",))}, "Harbour", "", "where.languages asks for uk, and the entry has none"),
        ({"match": {"uk": ["порт"]}}, "Harbour", "en", 'there is no line for "en", and none of any'),
        ({}, "Bridge", "en", 'no line for "en" or any holds'),
        ({}, "Bridge", "", "no line for an unknown language or any holds"),
        ({"exclude": {"en": ["fish"]}}, "Harbour fish", "en", "the line fish of `not` holds"),
        ({"match": ["harbour^2", "quay"], "min_score": 3}, "Harbour", "en",
         "the lines that hold count 2, and min_score asks for 3"),
    ],
)  # fmt: skip
def test_a_no_has_a_reason(fields, title, language, reason):
    found = why(topic(**fields), title, language)
    assert (found.takes, found.reason) == (False, reason)


@pytest.mark.parametrize(
    ("line", "title", "language", "nearest"),
    [
        ('"гарантії безпеки"', "Гарантій досі немає", "uk", ("Гарантій",)),
        ('"гарантії безпеки"', "Безпекові гарантії", "uk", ("гарантії", "Безпекові")),
        ("guarantee", "The guarantor and the guards", "en", ("guarantor", "guards")),
        ("security NEAR/1 pact", "Security of the old pact", "en", ("Security", "pact")),
        ("title:bridge", "Ferries", "en", ()),
        ("sea", "Seaside", "en", ()),
    ],
)
def test_what_was_not_found_shows_what_comes_near(line, title, language, nearest):
    (tried,) = why(topic([line]), title, language).match
    assert (tried.clause.holds, tried.clause.nearest) == (False, nearest)


@pytest.mark.parametrize(
    ("lines", "title", "reason"),
    [
        (['"гарантії безпеки"'], "Гарантій досі немає", '"гарантії безпеки" is not there (nearest: Гарантій)'),
        (["міст острів", '"старий порт" паром'], "Паром чекає", '"старий порт" is not there'),
        (["міст -(порт OR паром)"], "Міст і порти", "NOT (порт OR паром) fails, for there is порти"),
        (["title:(міст острів)"], "Мости", "острів is not there"),
        (["порт (міст OR паром^2)"], "Порт", "міст is not there"),
    ],
)
def test_a_broken_example_names_the_part_that_fell_short(lines, title, reason):
    told = misjudged(topic({"uk": lines}), title, language="uk", wanted=True, analyser=Analyser())
    assert told == f'no line for "uk" or any takes this, but the example says yes: {reason}'


def test_an_example_is_held_to_min_score_too():
    of = topic(["harbour^2", "quay"], min_score=3)
    told = misjudged(of, "The harbour", language="en", wanted=True, analyser=Analyser())
    assert told == "the lines that hold count 2, and min_score asks for 3, but the example says yes"
    assert misjudged(of, "Quay and harbour", language="en", wanted=True, analyser=Analyser()) == ""
