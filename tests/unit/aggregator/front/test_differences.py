"""A shelf in another process holds what this one holds, after every swap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.shelf import Stock
from aggregator.serving.front.differences import Replica, differences
from aggregator.serving.front.wire import Begin, Drop, Put, Swap, WireError
from feeds.render import ATOM, document
from tests.fakes.published_stocks import STOCKS
from tests.fakes.topic_feeds import NOON

HOUR = timedelta(hours=1)


def taken(replica: Replica, before: Stock, after: Stock) -> int:
    """Hand the difference over; how many documents crossed."""
    crossed = 0
    for message, bodies in differences(before, after, number=1, max_age=HOUR):
        if isinstance(message, Swap):
            replica.swap(message)
        else:
            replica.take(message, b"".join(bodies))
            crossed += isinstance(message, Put)
    return crossed


@given(st.lists(STOCKS, min_size=1, max_size=6))
def test_after_any_changes_the_other_side_has_the_same_stock(stocks):
    replica, before = Replica(), Stock()
    for stock in stocks:
        taken(replica, before, stock)
        assert replica.shelf.stock == stock
        before = stock
    assert replica.max_age == HOUR


def test_only_what_is_different_crosses():
    one, two, three = (document(b"<feed>%d</feed>" % n, ATOM, NOON) for n in range(3))
    before = Stock(documents={"/a": one, "/b": two})
    replica = Replica()
    assert taken(replica, Stock(), before) == 2
    assert taken(replica, before, Stock(documents={"/a": one, "/b": three})) == 1
    assert taken(replica, before, before) == 0


def test_nothing_is_published_before_the_swap():
    replica = Replica()
    *parts, swap = differences(Stock(), Stock(documents={"/a": document(b"1", ATOM, NOON)}), number=1, max_age=HOUR)
    for message, bodies in parts:
        replica.take(message, b"".join(bodies))
        assert replica.shelf.documents == {}
    replica.swap(swap[0])
    assert list(replica.shelf.documents) == ["/a"]


def test_a_document_keeps_all_that_its_headers_say():
    made = replace(document(b"1", ATOM, NOON), fresh_for=timedelta(minutes=7), link='<https://a.example/>; rel="hub"')
    replica = Replica()
    taken(replica, Stock(), Stock(documents={"/a": made}))
    assert replica.shelf.documents == {"/a": made}


def test_half_a_document_is_refused():
    ((put, _), _) = differences(Stock(), Stock(documents={"/a": document(b"123", ATOM, NOON)}), number=1, max_age=HOUR)
    with pytest.raises(WireError, match="half a document"):
        Replica().take(put, b"12")


def test_what_does_not_belong_there_is_refused():
    with pytest.raises(WireError, match="Begin out of turn"):
        Replica().take(Begin(), b"")


def test_dropping_what_is_not_there_changes_nothing():
    replica = Replica()
    replica.take(Drop(place=0, path="/a"), b"")
    replica.swap(Swap(number=1))
    assert replica.shelf.stock == Stock()
