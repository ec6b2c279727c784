"""What is remembered of subscriptions when several things happen to one at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.hub import Book
from aggregator.hub.book import key_of
from feeds.model import Subscription
from tests.fakes.stores import new_store
from tests.fakes.subscribers import FERRIES, NOON

pytestmark = pytest.mark.anyio
READER = Subscription(topic=FERRIES, callback="https://reader.example/push", until=NOON, told='"1"')
LATER = NOON + timedelta(days=9)


async def test_who_is_told_while_a_renewal_waits_for_the_store_is_remembered_as_told():
    """Else the same document would be pushed once more."""
    alone, store = asyncio.Lock(), new_store()
    book = Book(store, alone)
    await book.put(READER)
    async with alone:
        renewing = asyncio.create_task(book.put(replace(READER, until=LATER)))
        await asyncio.sleep(0)
        book.tell(key_of(READER), '"2"')
    await renewing
    renewed = replace(READER, until=LATER, told='"2"')
    assert (book.all(), store.subscriptions()) == ((renewed,), (renewed,))
