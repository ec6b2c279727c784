"""Where documents stand: as a dictionary would have it, in the order of the numbers, and in less memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb.table import Document

from storage.lines import length_of, place_of
from storage.packing import pack, unpack
from storage.places import Places
from storage.tinydb_store import open_store

# Numbers near each other share a chunk; those of other chunks, and negative ones, are as good.
numbers = st.integers(-3, 130) | st.sampled_from([-(10**9), 64, 10**12])
standing = st.builds(place_of, st.integers(16, 2**40), st.integers(2, 2**31 - 1))
steps = st.lists(st.tuples(numbers, st.none() | standing), max_size=60)


@given(steps)
def test_places_are_a_dictionary_in_the_order_of_its_numbers(taken):
    places, expected = Places(), {}
    for number, place in taken:
        if place is None:
            assert places.pop(number, None) == expected.pop(number, None)
        else:
            places[number] = expected[number] = place
        assert (number in places) is (number in expected)
        assert places.get(number) == expected.get(number)
    assert list(places.pairs()) == list(places.items()) == sorted(expected.items())
    assert len(places) == len(expected)
    assert places.size == sum(map(length_of, expected.values()))
    assert Places.from_columns(places.columns()) == places == Places(expected.items())


@given(steps, standing)
def test_a_copy_goes_its_own_way(taken, place):
    places = Places((number, place) for number, place in taken if place is not None)
    before = dict(places)
    copy = places.copy()
    assert copy == places
    copy[7] = place + (1 << 40)
    copy.pop(8, None)
    assert dict(places) == before


def test_what_is_not_there_is_a_key_error():
    places = Places([(1, place_of(16, 2))])
    for missing in (2, 100):
        with pytest.raises(KeyError):
            places[missing]
        with pytest.raises(KeyError):
            del places[missing]
    assert places != {1: place_of(16, 2)}, "compared with their like only"


def test_numbers_that_only_grow_cost_nothing_once_they_are_left():
    places = Places()
    for number in range(10_000):
        places[number] = place_of(16, 2)
        places.pop(number - 100, None)
    assert len(places._chunks) <= 3


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_packed_numbers_come_out_as_they_went_in(given_numbers):
    assert list(unpack(pack(given_numbers))) == given_numbers


@pytest.mark.parametrize("text", ["?", "AAA=", "QUJD"])
def test_what_is_no_packed_numbers_is_a_value_error(text):
    with pytest.raises(ValueError):
        unpack(text)


def test_a_store_whose_numbers_no_snapshot_can_hold_goes_on_without_one(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.database.table("notes").insert(Document({"far": "away"}, doc_id=10**30))
        store.keep_snapshot(worth=0)
    assert not (tmp_path / "snapshot").exists()
    with open_store(tmp_path, writable=False) as store:
        assert store.database.table("notes").all() == [{"far": "away"}]
