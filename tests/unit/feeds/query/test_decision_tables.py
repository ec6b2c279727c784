"""Decisions as data: what each query takes and leaves, and the evidence it shows."""

from pathlib import Path

import pytest

from feeds.query.match import find, holds
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from tests.decision_table import Decision, decisions

FOLDER = Path(__file__).parents[3] / "data" / "decisions"
TABLES = [file.read_text("utf-8") for file in sorted(FOLDER.glob("*.txt"))]
DECISIONS = [decision for table in TABLES for decision in decisions(table.splitlines())]


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser()


@pytest.mark.parametrize("decision", DECISIONS, ids=str)
def test_a_query_decides_as_the_table_says(decision: Decision, analyser: Analyser):
    query = parse_query(decision.query)
    assert holds(query, decision.entry, source=None, analyser=analyser) is decision.takes
    assert find(query, decision.entry, source=None, analyser=analyser) == decision.spans


def test_the_tables_speak_three_languages_and_say_no_as_well_as_yes():
    assert len(DECISIONS) >= 250
    for language in ("en", "uk", "ru"):
        said = [one.takes for one in DECISIONS if one.entry.language == language]
        assert min(said.count(True), said.count(False)) >= 15
