"""A source at nine o'clock on a Monday, and what a fetch makes of its state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feeds.model import Failed, FailureKind, Fetched, Hint, ReadFeed, Source, SourceState, Validators
from feeds.polling import Bounds, advance

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BOUNDS = Bounds(fastest=5 * MINUTE, slowest=24 * HOUR)
SOURCE = Source(id="daily", url="https://daily.example/rss", every=30 * MINUTE)
STATE = SourceState(
    source="daily",
    url=SOURCE.url,
    validators=Validators(etag='"1"'),
    body_hash="hash 1",
    title="The Daily",
    home="https://daily.example/",
    last_fetch=NOW - 20 * MINUTE,
    first_ok=NOW - 90 * DAY,
    last_ok=NOW - 20 * MINUTE,
    last_new=NOW - 20 * MINUTE,
    next_fetch=NOW - MINUTE,
    last_status=200,
)
FEED = ReadFeed(title="The New Daily", home="https://daily.example/new", language="en", entries=())
FETCHED = Fetched(
    url=SOURCE.url, body=b"<rss/>", body_hash="hash 2", validators=Validators(etag='"2"', last_modified="today")
)
GONE = Failed(kind=FailureKind.GONE, reason="gone", status=410)


def refused(status: int | None, *, retry_after: timedelta | None = None) -> Failed:
    return Failed(kind=FailureKind.HTTP, reason=f"no ({status})", status=status, retry_after=retry_after)


def hinting(hint: Hint) -> ReadFeed:
    return ReadFeed(title="", home="", language="", entries=(), hint=hint)


def after(
    outcome, state=STATE, *, source=SOURCE, new=0, known=None, feed=None, jitter=0.0, bounds=BOUNDS, now=NOW
) -> SourceState:
    return advance(source, state, outcome, now=now, new=new, known=known, feed=feed, bounds=bounds, jitter=jitter)


def wait(outcome, state=STATE, *, now=NOW, **circumstances) -> timedelta:
    return after(outcome, state, now=now, **circumstances).next_fetch - now
