"""How a value crosses to another process: whole, field by field, or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.strict import pack, unpack
from feeds.model import ReadFeed
from tests.budget import examples
from tests.fakes.drawn_values import entries
from tests.fakes.stored_values import NOON

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    name: str = "x"
    count: int = 1
    sure: bool = True
    moment: datetime = NOON
    span: timedelta | None = timedelta(days=-1, microseconds=1)
    colour: Colour = Colour.RED
    names: tuple[str, ...] = ("a", "b")
    pairs: tuple[tuple[str, int], ...] = (("a", 1),)
    known: frozenset[str] = frozenset({"b", "a"})


GOOD = pack(Sample())


@given(entries)
@examples(50)
def test_an_entry_arrives_as_it_was_or_not_at_all(entry):
    try:
        packed = json.dumps(pack(entry)).encode()
        arrived = unpack(type(entry), json.loads(packed))
    except ValueError:
        assert "\\ud8" in json.dumps(pack(entry))  # half a character, which nothing could write down
    else:
        assert arrived == entry


def test_every_kind_of_field_arrives_as_it_was():
    assert unpack(Sample, json.loads(json.dumps(GOOD))) == Sample()


@pytest.mark.parametrize(
    ("field", "plain"),
    [
        ("name", 1),
        ("name", None),
        ("name", "half \ud800"),
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("sure", 1),
        ("sure", None),
        ("moment", "2026-05-04T12:00:00"),
        ("moment", "2026-05-04T12:00:00+03:00"),
        ("moment", "noon"),
        ("moment", 0),
        ("span", 1.5),
        ("span", 10**30),
        ("colour", "blue"),
        ("colour", ["red"]),
        ("names", "ab"),
        ("names", {"a": "b"}),
        ("names", ["a", 1]),
        ("pairs", [["a"]]),
        ("pairs", [["a", 1, 2]]),
        ("pairs", [["a", "1"]]),
        ("known", "ab"),
        ("known", [["a"]]),
    ],
)
def test_a_field_of_another_type_is_refused(field, plain):
    with pytest.raises(ValueError):
        unpack(Sample, GOOD | {field: plain})


@pytest.mark.parametrize(
    "plain", [None, [], "x", {}, GOOD | {"more": 1}, {k: v for k, v in GOOD.items() if k != "sure"}]
)
def test_fields_that_are_missing_or_too_many_are_refused(plain):
    with pytest.raises(ValueError):
        unpack(Sample, plain)


@given(PLAIN)
@settings(deadline=None)
def test_anything_else_is_refused_with_nothing_but_a_value_error(plain):
    with pytest.raises(ValueError):
        unpack(Entries, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    feed: ReadFeed


def test_a_field_that_cannot_cross_is_found_out_at_once():
    @dataclass(frozen=True)
    class Strange:
        share: complex

    with pytest.raises(TypeError, match="complex"):
        pack(Strange(share=1j))


def test_a_time_in_another_zone_is_the_same_time():
    assert unpack(Sample, pack(Sample(moment=NOON.astimezone(UTC)))).moment == NOON
