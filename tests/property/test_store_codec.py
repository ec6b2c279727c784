"""Every stored value survives its journey through JSON."""

from __future__ import annotations

import json
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from storage.codec import decode, encode, encode_time
from tests.fakes.drawn_values import (
    any_moments,
    boilerplate,
    decisions,
    entries,
    placements,
    revisions,
    sites,
    states,
)
from tests.fakes.stored_values import NOON


@given(entries | placements | decisions | boilerplate | revisions | sites | states)
def test_a_value_is_the_same_after_its_journey_through_json(value):
    document = json.loads(json.dumps(encode(value)))
    assert decode(type(value), document) == value


@given(entries)
def test_a_document_of_a_later_version_opens_with_what_is_understood(value):
    assert decode(type(value), encode(value) | {"mood": ["cheerful"], "Title": 3}) == value


@given(any_moments, any_moments)
def test_times_sort_as_text(one, other):
    assert (encode_time(one) < encode_time(other)) == (one < other)
    assert len(encode_time(one)) == 27


@given(st.integers(-14 * 60, 14 * 60))
def test_a_time_in_another_zone_is_written_in_utc(minutes):
    assert encode_time(NOON.astimezone(timezone(timedelta(minutes=minutes)))) == "2026-05-04T12:00:00.000000Z"
