"""What reading costs when a document brings little or nothing new, beside a full parse by feedparser.

    python benchmarks/reading.py [--entries 50]

Three makes of feed: headlines (title, address, guid and date, and nothing to read), summaries (a paragraph of plain
text, as news agencies send) and articles (1.5 kB of HTML with links and a picture, as WordPress sends). In the second
document one entry is new and the oldest is gone. feedparser reads it with its default options; we read it to clean
entries. CPU time of this process, best of 3 rounds side by side.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import feedparser

from feeds.conditional import Response, interpret
from feeds.dedupe.terms import Terms
from feeds.model import Source, SourceState, Unchanged
from feeds.read import read

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TERMS = Terms()
"""As a reading child keeps it."""
SOURCE = Source(id="bench", url="https://news.example/rss", timezone="Europe/Kyiv")
SENTENCE = "Delegates spoke of guarantees, of money and of time, and agreed to meet again. "


def document(first: int, count: int, make: str) -> bytes:
    """A feed of `count` entries, the newest in front."""
    items = "".join(_item(number, make) for number in range(first + count - 1, first - 1, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>News</title><link>https://news.example/</link><language>en</language>"
        f"<lastBuildDate>{format_datetime(NOW + timedelta(hours=first))}</lastBuildDate>{items}</channel></rss>"
    ).encode()


def _item(number: int, make: str) -> str:
    link = f"https://news.example/{number}"
    paragraph = f'<p>Story {number}. {SENTENCE * 3}<a href="/tag/{number}?utm_source=rss">More on this</a>.</p>'
    body = f'<p><img src="/{number}.jpg" alt=""/></p>{paragraph * 4}'
    content = f"<content:encoded><![CDATA[{body}]]></content:encoded>" if make == "articles" else ""
    summary = f"<description>Story {number}. {SENTENCE * 3}</description>" if make != "headlines" else ""
    about = "<dc:creator>Olena Sea</dc:creator><category>World</category>" if make != "headlines" else ""
    return (
        f"<item><title>Story {number}: delegates agree to meet again</title><link>{link}?utm_source=rss</link>"
        f'<guid isPermaLink="false">{link}</guid>{about}'
        f"<pubDate>{format_datetime(NOW - timedelta(days=9) + timedelta(minutes=7 * number))}</pubDate>"
        f"{summary}{content}</item>\n"
    )


def cpu(job: Callable[[], object], times: int) -> float:
    """Milliseconds for one run of `job`."""
    began = time.process_time()
    for _ in range(times):
        job()
    return (time.process_time() - began) * 1_000 / times


def measure(count: int, make: str) -> dict[str, float]:
    before, after = document(0, count, make), document(1, count, make)
    known = read(before, source=SOURCE, url=SOURCE.url, content_type="", now=NOW, terms=TERMS)
    first = interpret(SOURCE, None, Response(url=SOURCE.url, status=200, body=after), now=NOW)
    state = SourceState(source=SOURCE.id, url=SOURCE.url, body_hash=first.body_hash)
    response = Response(url=SOURCE.url, status=200, body=after)

    def one_new() -> None:
        feed = read(
            after, source=SOURCE, url=SOURCE.url, content_type="", now=NOW, terms=TERMS, seen=frozenset(known.seen)
        )
        assert (len(feed.entries), len(feed.unread)) == (1, count - 1)

    def equal_body() -> None:
        assert isinstance(interpret(SOURCE, state, response, now=NOW), Unchanged)

    jobs = {
        "feedparser, all": (lambda: feedparser.parse(io.BytesIO(after)), 6),
        "topicwire, all new": (
            lambda: read(after, source=SOURCE, url=SOURCE.url, content_type="", now=NOW, terms=TERMS),
            6,
        ),
        "topicwire, one new": (one_new, 60),
        "topicwire, equal body": (equal_body, 500),
    }
    rounds = [{name: cpu(job, times) for name, (job, times) in jobs.items()} for _ in range(3)]
    return {name: min(one[name] for one in rounds) for name in jobs}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--entries", type=int, default=50)
    count = arguments.parse_args().entries
    for make in ("headlines", "summaries", "articles"):
        found = measure(count, make)
        for name, milliseconds in found.items():
            print(f"{make}, {count} entries, {name}, ms CPU: {milliseconds:.3f}")
        for name in list(found)[1:]:
            print(f"{make}, {name}, times cheaper than feedparser: {found['feedparser, all'] / found[name]:.1f}")


if __name__ == "__main__":
    main()
