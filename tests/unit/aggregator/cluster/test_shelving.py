"""What is on the shelf gets where servers find it: what is different, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster.following import Following
from aggregator.cluster.rest import packed_rest, unpacked_rest
from aggregator.cluster.shelving import Shelving, nowhere, shelved
from aggregator.publishing.shelf import Private, Stock
from feeds.errors import StoreError
from feeds.model import Document
from feeds.render import ATOM, document
from storage.memory import MemoryStore
from tests.fakes.published_stocks import STOCKS
from tests.fakes.shelves import MemoryShelf
from tests.fakes.topic_feeds import NOON

HOUR = timedelta(hours=1)
ONE, TWO, THREE = (document(b"<feed>%d</feed>" % n, ATOM, NOON) for n in range(3))
OLD, YOUNG = "/feeds/a/archive/1.atom", "/feeds/a/archive/2.atom"


@given(st.lists(STOCKS, min_size=1, max_size=6), st.data())
def test_after_any_changes_a_server_has_the_same_stock_but_for_archives_that_are_still_to_come(stocks, data):
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=lambda: HOUR)
    following = Following(shelf.connect, observe=lambda _: None)
    for stock in stocks:
        if data.draw(st.booleans(), label="another one takes over"):
            shelve = Shelving(shelf, max_age=lambda: HOUR)
        shelve(stock)
        if data.draw(st.booleans(), label="looks"):
            following.look(shelf.connect())
    following.look(shelf.connect())
    assert without_coming(following.stock, stocks[-1]) == stocks[-1]
    assert following.max_age == HOUR


def without_coming(found: Stock, published: Stock) -> Stock:
    """Archives of former stocks that the last one says are coming stay where they are."""
    return replace(
        found,
        documents=only(found.documents, published.documents, published.coming),
        private=tuple(
            replace(one, documents=only(one.documents, other.documents, other.coming))
            for one, other in zip(found.private, published.private, strict=True)
        ),
    )


def only(found, published, coming) -> dict[str, Document]:
    return {path: made for path, made in found.items() if path in published or path not in coming}


def test_only_what_is_different_is_written():
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=lambda: HOUR)
    before = Stock(documents={"/a": ONE, "/b": TWO})
    shelve(before)
    shelve(before)
    shelve(Stock(documents={"/a": ONE, "/b": replace(TWO)}))
    assert shelf.looks == 1
    shelve(Stock(documents={"/a": THREE}))
    assert [documents for documents, _ in shelf.versions] == [
        {(0, "/a"): ONE, (0, "/b"): TWO},
        {(0, "/a"): THREE, (0, "/b"): None},
    ]


def test_one_who_takes_over_writes_nothing_where_nothing_is_different():
    shelf, stock = MemoryShelf(), Stock(documents={"/a": ONE}, private=(Private(token="k", documents={"/b": TWO}),))
    Shelving(shelf, max_age=lambda: HOUR)(stock)
    Shelving(shelf, max_age=lambda: HOUR)(replace(stock))
    assert len(shelf.versions) == 1
    Shelving(shelf, max_age=lambda: 2 * HOUR)(stock)
    assert [documents for documents, _ in shelf.versions][1:] == [{}], "how long readers may keep it is another matter"


def test_how_long_readers_may_keep_documents_is_followed():
    shelf, ages = MemoryShelf(), [HOUR, 2 * HOUR]
    shelve = Shelving(shelf, max_age=lambda: ages[0])
    stock = Stock(documents={"/a": ONE})
    shelve(stock)
    del ages[0]
    shelve(stock)
    assert unpacked_rest(shelf.rest).max_age == 2 * HOUR


def test_what_was_refused_is_brought_by_the_next_round_though_nothing_changed():
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=lambda: HOUR)
    shelve(Stock(documents={"/a": ONE}))
    stock = Stock(documents={"/a": TWO})
    shelf.refuse("the disk is full")
    for _ in range(2):
        with pytest.raises(StoreError, match="the disk is full"):
            shelve(stock)
    shelf.refuse("")
    shelve(stock)
    assert shelf.documents == {(0, "/a"): TWO}
    assert shelf.looks == 2, "and first it is looked what is there"


def test_an_archive_that_is_still_to_come_stays_until_it_is_there():
    shelf = MemoryShelf()
    whole = Stock(
        documents={"/a": ONE, OLD: TWO, YOUNG: TWO},
        private=(Private(token="k", documents={OLD: ONE}), Private(token="l", documents={OLD: ONE})),
    )
    Shelving(shelf, max_age=lambda: HOUR)(whole)
    shelve = Shelving(shelf, max_age=lambda: HOUR)  # after a start
    shelve(
        replace(
            whole,
            documents={"/a": ONE},
            coming=frozenset({OLD}),
            private=(
                Private(token="k", documents={}, coming=frozenset({OLD})),
                Private(token="l", documents={}),
            ),
        )
    )
    assert shelf.documents == {(0, "/a"): ONE, (0, OLD): TWO, (1, OLD): ONE}
    shelve(Stock(documents={"/a": ONE, OLD: THREE}))
    assert shelf.documents == {(0, "/a"): ONE, (0, OLD): THREE}
    shelve(Stock(documents={"/a": ONE}))
    assert shelf.documents == {(0, "/a"): ONE}


@given(STOCKS)
def test_the_rest_is_the_same_bytes_for_the_same_stock(stock):
    assert packed_rest(stock, max_age=HOUR) == packed_rest(replace(stock), max_age=HOUR)


@pytest.mark.parametrize("said", [b"", b"{}", b"[]", b'{"number": 0, "later": 1}', b"\xff", b"null"])
def test_the_rest_of_another_version_is_an_error_of_ours(said):
    with pytest.raises(StoreError, match="written by another version"):
        unpacked_rest(said)


def test_files_are_for_one_machine(tmp_path):
    assert shelved(MemoryStore(), tmp_path, max_age=lambda: HOUR) is nowhere
    nowhere(Stock())
