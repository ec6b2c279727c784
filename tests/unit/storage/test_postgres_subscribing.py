"""What subscribers ask servers for waits in the database, until the one who judges has taken it."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from feeds.errors import StoreError
from storage.opening import requests_at
from storage.postgres_store import open_postgres
from storage.subscribing import Request


def test_requests_wait_in_their_order_and_no_more_than_a_few(postgres_url):
    with (
        open_postgres(postgres_url, writable=True) as store,
        closing(requests_at(postgres_url)) as server,
        closing(requests_at(postgres_url, store)) as judge,
    ):
        assert [server.hand_in(body, most=2) for body in (b"a\x00", b"b", b"c")] == [True, True, False]
        first, second = judge.waiting(9)
        assert (first.body, second.body, first.late) == (b"a\x00", b"b", False)
        assert judge.waiting(1) == (first,)
        judge.taken([first.number])
        assert judge.waiting(9) == (second,)
        assert server.hand_in(b"d", most=2)
        with pytest.raises(StoreError):
            server.taken([second.number])
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("UPDATE topicwire.subscribing SET at = at - interval '11 minutes'")
        assert judge.waiting(1) == (Request(number=second.number, body=b"b", late=True),)


def test_a_connection_that_is_gone_is_made_anew(postgres_url):
    with open_postgres(postgres_url, writable=True), closing(requests_at(postgres_url)) as server:
        server.cut()
        assert server.hand_in(b"a", most=9)
        server.cut()
        assert server.hand_in(b"b", most=9)
