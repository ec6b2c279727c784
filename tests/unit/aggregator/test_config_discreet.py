"""What an excerpt of a config shows where a secret stands in it: its place, and nothing of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.config.discreet import excerpt


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('token = "a"', 'token = "*"'),
        ("a = 1, token = 'a', b = \"a\"", "a = 1, token = '*', b = \"a\""),
        ('token = ""', 'token = ""'),
        (r'token = "red\"tin"', 'token = "********"'),
        ('token = "red\'tin"', 'token = "*******"'),
        ("token = 'red\"tin' # mine", "token = '*******' # mine"),
        ('token = """red"tin"""', 'token = """*******"""'),
        ("token = '''red'tin'''", "token = '''*******'''"),
        ('token = "red tin', 'token = "*******'),
        ('token = """red', 'token = """***'),
        ("token = 12345", "token = *****"),
        ('token = red"tin', 'token = ***"***'),
        ('topic = [ { token = ["red", "tin"], id = "x" } ]', 'topic = [ { token = ["***", "***"], ** = "*" } ]'),
        ('headers = { X-Api-Key = "red", Accept = "b" }', 'headers = { X-Api-Key = "***", Accept = "b" }'),
        ('headers = { Authorization = "env:KEY", Accept = "b" }',) * 2,
        ('tokens = ["env:ONE", "env:TWO"]',) * 2,
        ('url = "http://me:red@a.example/?token=tin&b=1"', 'url = "http://******@a.example/?token=***&b=1"'),
        ('title = "a"',) * 2,
    ],
)
def test_of_a_secret_every_character_is_a_star(line, shown):
    assert excerpt(line) == shown


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
@example("a")
@example('"')
@example("env:")
def test_nothing_of_a_secret_is_shown_and_nothing_moves(secret):
    """Drawn before a letter that occurs nowhere else, so that it cannot pass for the name of a variable."""
    text = json.dumps(f"§{secret}§", ensure_ascii=False)
    before, after = "topic = [ { match = 1, token = ", ", id = 3 } ]"
    assert excerpt(f"{before}{text}{after}") == f'{before}"{"*" * (len(text) - 2)}"{after}'


@given(st.text())
def test_an_excerpt_is_the_line_with_stars_in_it(line):
    shown = excerpt(line)
    assert [here for here, there in zip(shown, line, strict=True) if here not in {there, "*"}] == []
