"""Topics: who is in."""

import pytest

from feeds.errors import QueryError
from feeds.model import Match, Source
from feeds.text.forms import Analyser
from feeds.topics import Where, check, decide, misjudged
from tests.decision_table import entry
from tests.fakes.candidates import topic


def line_of(of, **fields):
    found = decide(topic(**fields), of, source=fields.get("source"), analyser=Analyser())
    return found.line if found else None


def test_a_match_names_its_line():
    found = decide(topic(["bridge", '"old harbour"']), entry("The old harbours"), source=None, analyser=Analyser())
    assert found == Match(line='"old harbour"')


@pytest.mark.parametrize(
    ("language", "title", "line"),
    [
        ("en", "The harbours", "harbour"),
        ("en-GB", "The harbours", "harbour"),
        ("uk", "У портах", "порт"),
        ("en", "В port", None),
        ("uk", "The harbours", None),
        ("", "The harbours", None),
        ("de", "Seaside", "seaside"),
        ("", "Seaside", "seaside"),
        ("en", "Seaside harbours", "harbour"),
    ],
)
def test_an_entry_meets_the_lines_of_its_language_and_of_any(language, title, line):
    assert line_of(entry(title, language), match={"en": ["harbour"], "uk": ["порт"], "any": ["seaside"]}) == line


def test_lines_of_not_keep_out_by_the_same_rule():
    rules = {"match": ["harbour"], "exclude": {"en": ["fish"], "any": ["strike"]}}
    assert line_of(entry("The harbour"), **rules) == "harbour"
    assert line_of(entry("The harbour fish"), **rules) is None
    assert line_of(entry("The harbour fish", "de"), **rules) == "harbour"
    assert line_of(entry("The harbour strike", "de"), **rules) is None


@pytest.mark.parametrize(
    ("where", "yes"),
    [
        (Where(), True),
        (Where(languages=("EN",)), True),
        (Where(languages=("uk", "ru")), False),
        (Where(sources=("gazette",)), True),
        (Where(sources=("chronicle",)), False),
        (Where(tags=("coast", "war")), True),
        (Where(tags=("war",)), False),
        (Where(min_words=3), True),
        (Where(min_words=4), False),
        (Where(languages=("en",), tags=("war",)), False),
    ],
)
def test_every_condition_of_where_must_hold(where, yes):
    source = Source(id="gazette", url="https://gazette.example/rss", tags=("coast",))
    of = entry("The harbour", "en-GB", summary="It is closed")
    assert (decide(topic(where=where), of, source=source, analyser=Analyser()) is not None) is yes


def test_an_entry_whose_source_left_the_config_has_no_tags():
    assert decide(topic(where=Where(tags=("coast",))), entry("harbour"), source=None, analyser=Analyser()) is None


def test_everything_is_allowed_only_under_a_where_that_narrows():
    with pytest.raises(QueryError, match=r"allowed only where \[topic.where\] narrows"):
        check(topic(["*"]))
    check(topic(["*"], where=Where(sources=("gazette",))))
    check(topic(["harbour"]))
    assert line_of(entry("Whatever"), match=["*"], where=Where(sources=("gazette",))) == "*"


@pytest.mark.parametrize(
    ("title", "language", "wanted", "reason"),
    [
        ("The harbours", "en", True, ""),
        ("A bridge", "en", False, ""),
        ("Harbour fish", "en", False, ""),
        (
            "The bridge",
            "en",
            True,
            'no line for "en" or any takes this, but the example says yes: harbour is not there',
        ),
        ("Порт", "", True, "there is no line of any, and the example, which says yes, names no language: name it"),
        ("Old harbour", "en", False, "the line harbour takes this for “harbour”, but the example says no"),
        (
            "Harbour fish",
            "en",
            True,
            "the line fish of `not` keeps this out for “fish”, though harbour takes it, but the example says yes",
        ),
    ],
)
def test_an_example_that_a_topic_gets_wrong_is_told_with_the_reason(title, language, wanted, reason):
    of = topic({"en": ["harbour"]}, exclude={"en": ["fish"]}, where=Where(sources=("chronicle",)))
    assert misjudged(of, title, language=language, wanted=wanted, analyser=Analyser()) == reason
