"""All that is published besides documents, as the bytes that cross a database beside them."""

from __future__ import annotations

import json
from datetime import timedelta

from aggregator.publishing.shelf import Stock
from aggregator.serving.front.differences import swap_of
from aggregator.serving.front.wire import Swap
from aggregator.strict import pack, unpack
from feeds.errors import StoreError


def packed_rest(stock: Stock, *, max_age: timedelta) -> bytes:
    """The same bytes for the same stock; `max_age` is for documents that do not say how long they are fresh."""
    swap = swap_of(stock, number=0, max_age=max_age)
    return json.dumps(pack(swap), ensure_ascii=False, separators=(",", ":")).encode()


def unpacked_rest(said: bytes) -> Swap:
    """Raises StoreError where another version of the program wrote it."""
    try:
        return unpack(Swap, json.loads(said))
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise StoreError(f"what is published was written by another version of topicwire ({error})") from error
