"""Small deliveries are unpacked several at once, a large one by itself; none is left out, and their order stays."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster.unpacking import TOGETHER, together
from storage.work import Delivery
from tests.fakes.stored_values import NOON

SIZES = st.lists(st.one_of(st.just(0), st.integers(1, 900), st.integers(TOGETHER // 3, TOGETHER * 2)), max_size=20)


def deliveries(sizes: list[int]) -> list[Delivery]:
    return [
        Delivery(number=number, source=f"s{number}", worker="a", at=NOON, document=bytes(size))
        for number, size in enumerate(sizes)
    ]


def grouped(*sizes: int) -> list[list[int]]:
    return [[len(one.document) for one in group] for group in together(deliveries([*sizes]))]


def test_as_many_are_unpacked_at_once_as_are_small_together():
    assert grouped() == []
    assert grouped(300, 400, 500) == [[300, 400, 500]]
    assert grouped(300, TOGETHER, 400, 500) == [[300], [TOGETHER], [400, 500]]
    assert grouped(TOGETHER - 1, 1, 1) == [[TOGETHER - 1, 1], [1]]
    assert grouped(TOGETHER + 1, TOGETHER + 1) == [[TOGETHER + 1], [TOGETHER + 1]]


@given(SIZES)
def test_all_come_in_their_order_and_only_one_by_itself_is_large(sizes):
    given = deliveries(sizes)
    groups = [*together(given)]
    assert [one for group in groups for one in group] == given
    for group in groups:
        assert group
        assert len(group) == 1 or sum(len(one.document) for one in group) <= TOGETHER
    for group, after in itertools.pairwise(groups):
        assert sum(len(one.document) for one in (*group, after[0])) > TOGETHER, "the first one had room for the next"
