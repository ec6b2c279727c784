"""A document's hint is read with it, whether its entries were seen before or not."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Hint, Source
from feeds.read import read


@pytest.mark.parametrize("place", ["<ttl>45</ttl>{}", "{}<ttl>45</ttl>"])
def test_a_hint_is_read_with_its_document_and_not_out_of_its_entries(place):
    entry = "<item><title>Low water</title><link>https://t.example/1</link><ttl>9</ttl></item>"
    body = f'<rss version="2.0"><channel><title>Tides</title>{place.format(entry)}</channel></rss>'.encode()
    now = datetime(2026, 3, 1, tzinfo=UTC)
    source = Source(id="tides", url="https://t.example/")
    first = read(body, source=source, url=source.url, content_type="", now=now)
    again = read(body, source=source, url=source.url, content_type="", now=now, seen=first.seen)
    assert first.hint == again.hint == Hint(every=timedelta(minutes=45))
