"""Commands and answers on their way through a socket."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.control.commands import (
    LONGEST,
    Decide,
    Done,
    Rebuild,
    Refused,
    answer_line,
    read_answer,
    read_request,
    request_line,
)
from feeds.errors import ControlError
from feeds.model import DecisionKind

names = st.text(max_size=40)
commands = st.just(Rebuild()) | st.builds(
    Decide, kind=st.sampled_from(DecisionKind), entry=names, other=names, undo=st.booleans()
)


@given(commands)
def test_a_command_comes_out_as_it_went_in_on_one_line(command):
    line = request_line(command)
    assert line.index(b"\n") == len(line) - 1
    assert read_request(line) == command


@given(names)
def test_an_answer_comes_out_as_it_went_in_but_for_the_ids_that_changed(text):
    assert read_answer(answer_line(Done(text=text, changed=("a", "b")))) == Done(text=text)
    assert json.loads(answer_line(Done(text=text, changed=("a", "b"))))["changed"] == 2
    assert read_answer(answer_line(Refused(reason=text))) == Refused(reason=text)


@pytest.mark.parametrize("letter", ["a", "Ї", "🚢", "\ud800", "\0"])
def test_a_long_answer_is_cut_so_that_it_fits_on_its_line(letter):
    for answer in (Done(text=letter * LONGEST), Refused(reason=letter * LONGEST)):
        assert len(answer_line(answer)) <= LONGEST
        assert read_answer(answer_line(answer)) != answer


def test_a_long_command_is_refused():
    with pytest.raises(ControlError, match="at most"):
        request_line(Decide(kind=DecisionKind.HIDE, entry="x" * LONGEST))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"hide everything\n",
        b"[" * 100_000,
        b"\xff\n",
        b"null",
        b"[]",
        b'{"command": "erase"}',
        b'{"command": "decide"}',
        b'{"command": "decide", "kind": "erase", "entry": "a", "other": "", "undo": false}',
        b'{"command": "decide", "kind": "hide", "entry": 1, "other": "", "undo": false}',
        b'{"command": "decide", "kind": "hide", "entry": "a", "other": "", "undo": 0}',
    ],
)
def test_what_is_no_command_is_said_to_be_of_another_version(line):
    with pytest.raises(ControlError, match="another version"):
        read_request(line)
    with pytest.raises(ControlError, match="another version"):
        read_answer(line)
