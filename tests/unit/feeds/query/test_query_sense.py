"""Lines that can hold for nothing, and what a line counts at most."""

import pytest

from feeds.errors import QueryError
from feeds.query import sense
from feeds.query.expr import And, Not, Or, Word
from feeds.query.syntax import parse_query
from feeds.query.written import written


@pytest.mark.parametrize(
    ("line", "one", "other"),
    [
        ("a -a", "a", "a"),
        ("a (b OR -a) -b", "b", "b"),
        ("title:a -a", "a", "a"),
        ("a^2 -a", "a", "a"),
        ('"a b" c -(d OR "a b")', '"a b"', '"a b"'),
        ("NOT (a OR b) b", "b", "b"),
        ("(a -a) OR (b -b)", "a", "a"),
        ("@ports -@ports", "@ports", "@ports"),
        ("lang:uk lang:ru", "lang:uk", "lang:ru"),
        ("lang:uk a lang:(en OR pl)", "lang:uk", "lang:en"),
        ("host:a.example host:ba.example", "host:a.example", "host:ba.example"),
    ],
)
def test_a_line_that_can_hold_for_nothing_is_refused_with_what_clashes(line, one, other):
    reason = (
        f"{one} must be there and must not; take one of the two out"
        if one == other
        else f"{one} and {other} never hold together; write OR between them, or take one out"
    )
    with pytest.raises(QueryError) as caught:
        parse_query(line)
    assert str(caught.value) == f"this would take nothing: {reason}"


@pytest.mark.parametrize(
    "line",
    [
        "a OR (b -b)",  # what the second half adds is nothing, but the first holds
        "a -title:a",
        "lang:uk lang:uk-UA",
        "host:a.example host:www.a.example host:en.a.example",
        'source:gazette source:"The Gazette"',
        "=a -A",
        "credit:one credit:two",
    ],
)
def test_a_line_that_may_hold_is_read(line):
    assert parse_query(line).text == line


def test_alternatives_that_exclude_one_another_are_found_inside_not_too():
    a, b = Word("a"), Word("b")
    assert sense.clash(Not(Or((a, Not(a))))) == (a, a)
    assert sense.clash(Not(And((a, b)))) is None


@pytest.mark.parametrize(
    ("line", "most"), [("a", 1), ("a b^3", 4), ("a OR b^0.5", 1.5), ("(a b)^2 -c", 4), ("title:(a OR b^2)", 3)]
)
def test_what_a_line_counts_at_most(line, most):
    assert sense.most(parse_query(line).expr) == most


def test_a_query_is_written_with_the_brackets_that_it_needs():
    for line in ("(a OR b) c", "a OR b c", "NOT (a b) c", "(a OR b) NEAR/2 c", "a NEAR/2 b NEAR/3 c", "title:(a b)",
                 "(a b)^2 c", "(a NEAR/2 b)^2", "title:a^2", "title:(a^2)", "NOT NOT a", '="a b"~2 =c', "lang:uk /a b/",
                 'source:"A & B" "or"', "@ports word*"):  # fmt: skip
        assert written(parse_query(line).expr) == line
