"""Tellings for a topic that shows a lot, numbered by when they came."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from feeds.model import Entry
from feeds.topics import Topic
from feeds.topics.collapsing import Telling
from tests.fakes.candidates import topic
from tests.fakes.topic_feeds import NOON, an_entry


@lru_cache(maxsize=8192)
def numbered(number: int) -> Entry:
    """The entry that came as number so-and-so, an hour after the one before it."""
    return an_entry(-number, id=f"e{number}", title=f"Harbour {number}")


def tellings(*numbers: int) -> list[Telling]:
    """Of the entries with these numbers, newest first, as they stand in a feed."""
    return [Telling(original=f"e{number}", shown=numbered(number)) for number in sorted(numbers, reverse=True)]


def names(*numbers: int) -> tuple[str, ...]:
    return tuple(f"e{number}" for number in sorted(numbers, reverse=True))


def a_topic(**changes) -> Topic:
    """One that takes harbours and shows three at a time."""
    return topic(**({"limit": 3} | changes))


LATER = NOON + timedelta(days=400)
