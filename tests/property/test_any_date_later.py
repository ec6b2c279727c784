"""A document that nobody touched is the same document at any later time, whatever it gives as its date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import example, given
from hypothesis import strategies as st

from feeds.dedupe.identity import Judged, judge
from feeds.model import ParsedEntry, ParsedFeed, Same, Source
from feeds.read.normalize import normalize

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = Source(id="daily", url="https://daily.example/rss")
SPANS = st.timedeltas(timedelta(days=-3), timedelta(days=3))


@given(SPANS, st.timedeltas(timedelta(seconds=1), timedelta(days=3)), st.booleans())
@example(timedelta(seconds=40), timedelta(minutes=30), False)
@example(timedelta(days=1, seconds=1), timedelta(minutes=30), False)
def test_an_entry_that_is_read_again_later_is_the_same(ahead, later, zoned):
    written = format_datetime((NOON + ahead).replace(microsecond=0))
    text = written if zoned else written.removesuffix(" +0000")
    feed = ParsedFeed(format="rss20", entries=(ParsedEntry(guid="1", title="High water", published=text),))
    first, second = (normalize(feed, source=SOURCE, url=SOURCE.url, now=now).entries for now in (NOON, NOON + later))

    (known,) = (one.entry for one in judge(first, known=()))
    assert known.published <= NOON
    assert judge(second, known=(known,)) == (Judged(entry=known, verdict=Same()),)
