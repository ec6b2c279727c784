"""Readers that poll while documents are replaced."""

from __future__ import annotations

import gzip
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from aggregator.publishing.shelf import Shelf
from aggregator.serving.server import application
from feeds.render import ATOM, document
from tests.fakes.fronted import fronted
from tests.fakes.serving import served
from tests.fakes.topic_feeds import NOON

ROUNDS, ENOUGH = 1000, 50


def body(number: int) -> bytes:
    return b"<feed n='%d'>%s</feed>" % (number, b"<e>%d</e>" % number * (200 + number % 300))


def poll(port: int, over: threading.Event, flaws: list[str], seen: set[int]) -> None:
    """One reader: conditional and compressed by turns, and never going back."""
    wire, tag, last, turn = http.client.HTTPConnection("127.0.0.1", port, timeout=60), "", -1, 0
    while not over.is_set():
        turn += 1
        headers = {"Accept-Encoding": "gzip"} if turn % 2 else {}
        wire.request("GET", "/feeds/a.atom", headers={**headers, **({"If-None-Match": tag} if tag else {})})
        answer = wire.getresponse()
        raw = answer.read()
        if answer.status == 304:
            continue
        packed = answer.headers["Content-Encoding"] == "gzip"
        text = gzip.decompress(raw) if packed else raw
        number = int(text[len("<feed n='") : text.index(b"'>")])
        made = document(body(number), ATOM, NOON)
        if text != made.body or answer.headers["ETag"] != (made.gzip_etag if packed else made.etag) or number < last:
            flaws.append(f"{number} after {last}")
        tag, last = answer.headers["ETag"], number
        seen.add(number)
    wire.close()


@contextmanager
def here(shelf: Shelf) -> Iterator[int]:
    with served(application(shelf, max_age=timedelta)) as port:
        yield port


@contextmanager
def apart(shelf: Shelf) -> Iterator[int]:
    with fronted(shelf) as front:
        yield front.port


@pytest.mark.heavy
@pytest.mark.parametrize("serving", [here, apart])
def test_ten_polling_readers_never_see_a_torn_or_mixed_document(serving):
    shelf, over = Shelf(), threading.Event()
    flaws: list[str] = []
    seen: set[int] = set()
    shelf.swap({"/feeds/a.atom": document(body(0), ATOM, NOON)})
    with serving(shelf) as port:
        readers = [threading.Thread(target=poll, args=(port, over, flaws, seen)) for _ in range(10)]
        for reader in readers:
            reader.start()
        for number in range(1, 20 * ROUNDS):
            shelf.swap({"/feeds/a.atom": document(body(number), ATOM, NOON)})
            over.wait(0.005)
            if number >= ROUNDS and len(seen) > ENOUGH:
                break
        over.set()
        for reader in readers:
            reader.join(60)
            assert not reader.is_alive()
    assert flaws == []
    assert len(seen) > ENOUGH
