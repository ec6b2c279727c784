"""How errors look on a terminal."""

from __future__ import annotations

import pytest

from aggregator.cli.problems import told, told_problems
from feeds.errors import (
    ConfigError,
    ControlError,
    ListenError,
    MissingExtra,
    ParseError,
    Problem,
    QueryError,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreLocked,
)
from feeds.model import FailureKind


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (StoreLocked("it is in use"), "topicwire: it is in use [TW502]"),
        (StoreDamaged("it is damaged"), "topicwire: it is damaged [TW503]"),
        (StoreFailed("it is full"), "topicwire: it is full [TW504]"),
        (StoreError("it is not there"), "topicwire: it is not there [TW505]"),
        (ListenError("it is taken"), "topicwire: it is taken [TW506]"),
        (ControlError("no answer"), "topicwire: no answer [TW507]"),
        (PermissionError(13, "Permission denied", "/etc/wire"), "topicwire: /etc/wire: Permission denied [TW508]"),
        (MissingExtra("a"), "topicwire: the extra \"a\" is not installed: pip install 'topicwire[a]' [TW218]"),
        (QueryError("it ends", query="(", offset=1), "topicwire: it ends [TW401]"),
        (QueryError("it takes all", query="*", offset=0, holds="always"), "topicwire: it takes all [TW402]"),
        (QueryError("it takes none", query="a -a", offset=0, holds="never"), "topicwire: it takes none [TW403]"),
        (ParseError("it is no feed", kind=FailureKind.NOT_A_FEED), "topicwire: it is no feed"),
    ],
)
def test_an_error_is_one_line_with_the_code_of_its_kind(error, text):
    assert told(error) == text


def shown(excerpt: str, column: int, width: int = 1) -> list[str]:
    problem = Problem(line=1, column=column, message="no", excerpt=excerpt, width=width, code="TW101")
    return told(ConfigError("c.toml", (problem,))).split("\n")[1:-1]


def test_the_carets_stand_under_what_is_meant_also_behind_wide_and_combining_letters():
    assert shown("\tkey = 港 x", 8, 1) == ["    \tkey = 港 x", "    \t      ^^"]
    assert shown("a = 港 x", 7) == ["    a = 港 x", "           ^"]
    assert shown("a = й x".replace("й", "и\u0306"), 8) == ["    a = и\u0306 x", "          ^"]


def test_what_would_move_the_cursor_is_not_shown():
    assert shown("a = \x1b[2J", 5) == ["    a = \ufffd[2J", "        ^"]


def test_of_a_long_line_the_part_around_the_place_is_shown():
    line, carets = shown("x" * 500 + "HERE" + "y" * 500, 501, 4)
    assert (len(line), line[4], line[-1]) == (164, "…", "…")
    assert line[carets.index("^") :][: carets.count("^")] == "HERE"
    beginning, carets = shown("HERE" + "y" * 500, 1, 4)
    assert (beginning[4:8], carets.strip(), beginning[-1]) == ("HERE", "^^^^", "…")


def test_a_place_without_a_line_has_no_carets():
    assert shown("", 1) == []


def test_one_kind_of_mistake_is_pointed_to_by_its_code_and_several_in_general():
    one = Problem(line=1, column=1, message="no", excerpt="a", code="TW101")
    other = Problem(line=2, column=1, message="no", excerpt="b", code="TW102")
    assert told_problems("c.toml", (one, one)).split("\n")[-1] == "`topicwire explain TW101` tells more"
    assert told_problems("c.toml", (one, other)).split("\n")[-1] == "`topicwire explain CODE` tells more"
    uncoded = Problem(line=1, column=1, message="somebody was faster")
    assert told_problems("c.toml", (uncoded,)) == "c.toml:1:1: somebody was faster"
