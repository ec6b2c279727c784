"""`explain`, and that every code is explained by examples that are as wrong and as right as they say."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from aggregator.__main__ import main
from aggregator.cli.explaining import explanations, page
from aggregator.codes import OF_ERRORS, Code
from aggregator.config import Config
from aggregator.config.examples import broken
from aggregator.config.load import parse
from feeds.errors import ConfigError, Problem, TopicwireError
from feeds.text.forms import Analyser

ROOT = Path(__file__).parents[3]
ALL = explanations()


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        config: Config = parse(text.encode(), file=Path("config.toml"), environ={})
    except ConfigError as error:
        return error.problems
    return broken(config, Analyser())


def test_every_code_is_explained_in_order():
    assert list(ALL) == sorted(Code)
    assert [one.code for one in ALL.values() if not (one.title and one.text)] == []


@pytest.mark.parametrize("code", [one.code for one in ALL.values() if one.wrong])
def test_the_wrong_example_is_wrong_in_that_way_alone(code):
    assert {problem.code for problem in problems_of(ALL[code].wrong)} == {code}


@pytest.mark.parametrize("code", [one.code for one in ALL.values() if one.right])
def test_the_right_example_is_right(code):
    assert problems_of(ALL[code].right) == ()


def test_what_cannot_be_shown_by_an_example_alone():
    unshown = {code for code, one in ALL.items() if not one.wrong and code < "TW5"}
    assert unshown == {Code.NO_UTF8, Code.LATER, Code.EXTRA}
    assert {one.code for one in ALL.values() if bool(one.wrong) != bool(one.right)} == {Code.SECRET}


def test_bytes_that_are_no_utf8_have_their_code():
    with pytest.raises(ConfigError) as caught:
        parse(b'[site]\ntitle = "\xff"\n', file=Path("config.toml"), environ={})
    assert [one.code for one in caught.value.problems] == [Code.NO_UTF8]


def test_an_extra_that_is_not_installed_has_its_code(monkeypatch):
    monkeypatch.setattr("aggregator.config.sources.find_spec", lambda name: None)
    assert importlib.util.find_spec("json")
    text = '[[source]]\nurl = "https://harbour.example/rss"\nfull_text = true\n'
    assert [one.code for one in problems_of(text)] == [Code.EXTRA]


def test_every_error_that_reaches_the_command_line_has_a_code_or_says_it_all():
    kinds = [kind for kind in TopicwireError.__subclasses__() if kind.__module__ == "feeds.errors"]
    without = {kind.__name__ for kind in kinds if not any(issubclass(kind, coded) for coded, _ in OF_ERRORS)}
    assert without == {"ParseError", "QueryError", "ConfigError", "TransportError"}


def test_docs_errors_is_what_explain_tells():
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == page(), "run .ci/written"


def test_a_code_is_told_with_what_is_wrong_and_what_is_right(capsys):
    assert main(["explain", "tw307"]) == 0
    assert capsys.readouterr().out == (
        "TW307: an interval outside its bounds\n\n"
        "No source is asked more often than `fetch.fastest` or less often than `fetch.slowest`\n"
        "says, whatever else is written. An interval outside of them would never be kept. fastest\n"
        '= "5m" is what publishers put up with; lower it only for feeds of your own.\n\n'
        'Wrong:\n\n    [[source]]\n    url = "https://harbour.example/rss"\n    every = "1m"\n\n'
        'Right:\n\n    [[source]]\n    url = "https://harbour.example/rss"\n    every = "5m"\n'
    )


def test_without_a_code_all_are_listed(capsys):
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "TW101  a key that does not belong here"
    assert [line[:5] for line in lines] == sorted(Code)


def test_a_code_may_be_copied_with_its_brackets_and_answers_programs(capsys):
    assert main(["explain", "[TW206]", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["code"], told["title"]) == ("TW206", "no id")


def test_a_code_that_is_none_is_misuse(capsys):
    assert main(["explain", "TW999"]) == 2
    assert "there is no code TW999; `topicwire explain` lists them" in capsys.readouterr().err
