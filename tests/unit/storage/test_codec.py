"""What a stored value looks like."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.errors import StoreError
from feeds.model import Entry, Placement, PublishedFrom, SourceState, Validators
from storage.codec import decode, encode, encode_time
from tests.fakes.stored_values import NOON, entry_of


def test_a_field_that_holds_its_default_is_left_out_and_comes_back():
    document = encode(entry_of("a", published_from=PublishedFrom.FIRST_SEEN, authors=("A. Skipper",)))
    assert document == {
        "id": "a",
        "source": "harbour-post",
        "guid": "guid-a",
        "url": "https://harbour.example/a",
        "canonical_url": "harbour.example/a",
        "title": "Ferry a is late",
        "authors": ["A. Skipper"],
        "published": "2026-05-04T12:00:00.000000Z",
        "published_from": "first seen",
        "updated": "2026-05-04T12:00:00.000000Z",
        "first_seen": "2026-05-04T12:00:00.000000Z",
        "revised": "2026-05-04T12:00:00.000000Z",
    }
    assert decode(Entry, document).summary == ""


def test_nested_values_are_nested_documents():
    state = SourceState(source="s", url="u", validators=Validators(etag='"1"'))
    assert encode(state) == {"source": "s", "url": "u", "validators": {"etag": '"1"'}}


def test_a_span_of_time_is_whole_microseconds():
    state = SourceState(source="s", url="u", rhythm=timedelta(minutes=1, microseconds=1))
    assert encode(state) == {"source": "s", "url": "u", "rhythm": 60_000_001}
    assert decode(SourceState, encode(state)) == state
    with pytest.raises(StoreError):
        decode(SourceState, {"source": "s", "url": "u", "rhythm": 10**30})


def test_plain_values_stay_plain_json_types():
    assert type(encode(entry_of("a", published_from=PublishedFrom.FIRST_SEEN))["published_from"]) is str


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="a time without a zone cannot be stored"):
        encode_time(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    "document",
    [{}, {"id": "a"}, encode(entry_of("a")) | {"published": "soon"}, encode(entry_of("a")) | {"published_from": "air"}],
)
def test_what_is_no_value_is_an_error_that_names_its_kind(document):
    with pytest.raises(StoreError, match="a stored Entry cannot be read"):
        decode(Entry, document)


def test_a_kind_that_is_not_stored_has_no_form():
    with pytest.raises(KeyError):
        encode(entry_of)
    assert decode(Placement, {"entry": "a"}) == Placement(entry="a")
