"""A server's shelf follows what is published, and keeps it whatever becomes of where it comes from."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from aggregator.cluster import following as module
from aggregator.cluster.following import Following
from aggregator.cluster.shelving import Shelving
from aggregator.observing.events import Event
from aggregator.observing.reader_events import DocumentsFollowed, DocumentsLost
from aggregator.publishing.shelf import Stock
from feeds.render import ATOM, document
from storage.opening import documents_beside, followed_at
from storage.postgres import session
from storage.postgres_store import open_postgres
from tests.fakes import postgres
from tests.fakes.shelves import MemoryShelf
from tests.fakes.topic_feeds import NOON

SOON = timedelta(milliseconds=10)
NEVER = timedelta(minutes=10)
PAGE = "/"


def stock_of(number: int) -> Stock:
    return Stock(documents={PAGE: document(b"<feed>%d</feed>" % number, ATOM, NOON)})


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@contextmanager
def following(connect, **options) -> Iterator[tuple[Following, list[Event]]]:
    events: list[Event] = []
    found = Following(connect, observe=events.append, **{"look": NEVER, "pauses": (SOON,), **options})
    found.start()
    try:
        yield found, events
    finally:
        began = time.monotonic()
        found.stop()
        assert time.monotonic() - began < 30
    until(lambda: not found._thread.is_alive())


def shows(found: Following, number: int) -> bool:
    return found.stock == stock_of(number)


def test_a_swap_is_followed_on_its_word_and_whoever_follows_is_told():
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=timedelta)
    shelve(stock_of(1))
    with following(shelf.connect) as (found, events):
        until(lambda: shows(found, 1))
        until(lambda: found.trouble == "")  # by then all are told of the first one who are to be
        told = threading.Event()
        unfollow = found.follow(told.set)
        shelve(stock_of(2))
        assert told.wait(30)
        assert shows(found, 2)
        unfollow()
        assert found.trouble == ""
    assert events == [DocumentsFollowed(documents=1)]


def test_without_word_it_is_looked_all_the_same():
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=timedelta)
    shelve(stock_of(1))

    class Deaf:
        def __init__(self) -> None:
            self._followed = shelf.connect()
            self.newer, self.listen = self._followed.newer, lambda: None
            self.cut, self.close = self._followed.cut, lambda: None

        def heard(self, seconds: float) -> bool:
            time.sleep(seconds)
            return False

    with following(Deaf, look=SOON) as (found, _):
        until(lambda: shows(found, 1))
        shelve(stock_of(2))
        until(lambda: shows(found, 2))


def test_what_is_there_stays_while_nothing_can_be_had_and_that_is_told_once():
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=timedelta)
    shelve(stock_of(1))
    with following(shelf.connect) as (found, events):
        until(lambda: shows(found, 1))
        shelf.refuse("the database is away")
        until(lambda: found.trouble == "the database is away")
        time.sleep(0.1)
        assert shows(found, 1)
        shelf.refuse("")
        shelve(stock_of(2))
        until(lambda: shows(found, 2))
        until(lambda: found.trouble == "")
    assert events == [
        DocumentsFollowed(documents=1),
        DocumentsLost(reason="the database is away", documents=1),
        DocumentsFollowed(documents=1),
    ]


def test_nothing_published_is_waited_for_on_the_same_connection():
    shelf = MemoryShelf()
    with following(shelf.connect) as (found, events):
        until(lambda: bool(events))
        Shelving(shelf, max_age=timedelta)(stock_of(1))
        until(lambda: shows(found, 1))
        until(lambda: found.trouble == "")
    nothing = DocumentsLost(reason="nothing is published in the database yet", documents=0)
    assert events == [nothing, DocumentsFollowed(documents=1)]
    assert shelf.connections == 1


def test_another_database_that_is_empty_takes_nothing_from_readers():
    shelf = MemoryShelf()
    Shelving(shelf, max_age=timedelta)(stock_of(1))
    with following(shelf.connect, look=SOON) as (found, _):
        until(lambda: shows(found, 1))
        shelf.forget()
        until(lambda: found.trouble == "nothing is published in the database yet")
        assert shows(found, 1)
        Shelving(shelf, max_age=timedelta)(stock_of(2))
        until(lambda: shows(found, 2))


def test_what_another_version_published_is_left_until_it_can_be_read():
    shelf = MemoryShelf()
    shelve = Shelving(shelf, max_age=timedelta)
    shelve(stock_of(1))
    with following(shelf.connect) as (found, _):
        until(lambda: shows(found, 1))
        shelf.swap({(0, PAGE): stock_of(2).documents[PAGE]}, (), rest=b'{"a later version": 1}')
        until(lambda: "another version of topicwire" in found.trouble)
        assert shows(found, 1)
        Shelving(shelf, max_age=timedelta)(stock_of(3))
        until(lambda: shows(found, 3))


def test_what_nobody_foresaw_is_told_and_tried_again():
    shelf, failures = MemoryShelf(), [ZeroDivisionError("by nought")]
    Shelving(shelf, max_age=timedelta)(stock_of(1))

    def connect():
        if failures:
            raise failures.pop()
        return shelf.connect()

    with following(connect) as (found, events):
        until(lambda: shows(found, 1))
        until(lambda: len(events) == 2)
    assert events[0] == DocumentsLost(reason="ZeroDivisionError: by nought", documents=0)


def test_a_connection_is_tried_for_less_and_less_often(monkeypatch):
    pauses = [timedelta(seconds=one) for one in (1, 2, 5)]
    found = Following(MemoryShelf().connect, observe=lambda _: None, pauses=pauses)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 5:
            found._stopped.set()

    shelf = MemoryShelf()
    shelf.refuse("away")
    found._opened = shelf.connect
    monkeypatch.setattr(found._stopped, "wait", wait)
    found._run()
    assert waited == [1, 2, 5, 5, 5]


@pytest.mark.heavy
def test_a_database_that_hangs_is_found_out_and_followed_when_it_goes_on(monkeypatch):
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    monkeypatch.setattr(session, "CONNECTING", 5)
    monkeypatch.setattr(session, "SILENCE", 3.0)
    with postgres.running() as server, open_postgres(server.url(), writable=True) as store:
        shelve = Shelving(documents_beside(store, server.url()), max_age=timedelta)
        shelve(stock_of(1))
        with following(lambda: followed_at(server.url()), look=timedelta(seconds=0.2)) as (found, events):
            until(lambda: shows(found, 1))
            until(lambda: found.trouble == "")
            server.freeze()
            try:
                until(lambda: found.trouble != "")
                assert shows(found, 1)
            finally:
                server.thaw()
            shelve(stock_of(2))
            until(lambda: shows(found, 2))
            until(lambda: found.trouble == "")
    assert [type(event) for event in events] == [DocumentsFollowed, DocumentsLost, DocumentsFollowed]


def test_the_bounds_are_what_the_guide_says():
    assert (module.LOOK, module.PAUSES[-1]) == (timedelta(seconds=3), timedelta(seconds=10))
