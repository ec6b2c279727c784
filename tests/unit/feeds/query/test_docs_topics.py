"""docs/topics.md says what is true."""

import re
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.config.examples import broken
from feeds.errors import QueryError
from feeds.query.expr import TEXT_FIELDS, VALUE_FIELDS
from feeds.query.match import find, holds
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from tests.decision_table import decisions

PAGE = (Path(__file__).parents[4] / "docs" / "topics.md").read_text("utf-8")


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


DECISIONS = [decision for block in blocks("query") for decision in decisions(block.splitlines())]
REFUSED = [re.split(r" {2,}", line, maxsplit=1) for block in blocks("refused") for line in block.splitlines()]


@pytest.mark.parametrize("decision", DECISIONS, ids=str)
def test_an_example_of_the_page_decides_as_it_says(decision):
    query, analyser = parse_query(decision.query), Analyser()
    assert holds(query, decision.entry, source=None, analyser=analyser) is decision.takes
    assert find(query, decision.entry, source=None, analyser=analyser) == decision.spans


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_a_refused_line_of_the_page_gets_the_message_it_shows(line, message):
    with pytest.raises(QueryError) as caught:
        parse_query(line)
    assert str(caught.value) == message


@pytest.mark.parametrize(("number", "examples"), [(0, 5), (1, 2)])
def test_the_topics_of_the_page_keep_their_own_examples(number, examples, tmp_path):
    (tmp_path / "config.toml").write_text(blocks("toml")[number], "utf-8")
    config = load(tmp_path / "config.toml", environ={})
    assert len(config.examples) == examples
    assert broken(config, Analyser()) == ()


def test_every_field_is_on_the_page():
    for field in TEXT_FIELDS + VALUE_FIELDS:
        assert f"`{field}:`" in PAGE


def test_the_page_has_examples():
    assert len(DECISIONS) >= 35
    assert len(REFUSED) >= 10
