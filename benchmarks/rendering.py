"""What a changed topic costs: 50 entries in all formats, checked and compressed, over feedgen building Atom alone.

Both sides write the same entries with a full text of a few paragraphs each; CPU time, best of 5 in one process. `cold`
is the first rendering of a topic; `changed` the next one, with one entry of the 50 another: what is clean already is
not cleaned again. The cleaning of mark-up, the credits, the check and the compression are on our side alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from feedgen.feed import FeedGenerator

from feeds.model import TopicFeed
from feeds.render import ATOM, JSON, RSS, atom, document, flaw, json_feed, prepare, rss
from feeds.render.plain import mark_up
from tests.fakes.topic_feeds import DZVIN, NOON, a_feed, an_entry, published

ENTRIES = 50
ROUNDS = 5
PARAGRAPH = (
    "<p>The council of the upper valley agreed on <b>article {n}</b> of the treaty, and sent it to"
    ' <a href="https://river.example/treaty/{n}?a=1&amp;b=2">both capitals</a>. Угоду передано до обох столиць, де її'
    " розглянуть уряди &amp; громади.</p>"
)


def a_changed_topic() -> TopicFeed:
    entries = (
        an_entry(
            n, content="".join(PARAGRAPH.format(n=10 * n + m) for m in range(6)), summary=f"Article {n} is agreed."
        )
        for n in range(1, ENTRIES + 1)
    )
    return a_feed(*(published(entry, also=(DZVIN,)) for entry in entries))


def ours(feed: TopicFeed) -> None:
    prepared = prepare(feed)
    bodies = ((atom(prepared), ATOM), (rss(prepared, ttl_minutes=15), RSS), (json_feed(prepared), JSON))
    for body, media_type in bodies:
        assert flaw(document(body, media_type, NOON)) == ""


def theirs(feed: TopicFeed) -> None:
    out = FeedGenerator()
    out.id(feed.id)
    out.title(feed.title)
    out.updated(feed.updated)
    out.link(href=feed.home)
    for one in feed.entries:
        entry = out.add_entry(order="append")
        entry.id(one.id)
        entry.title(one.entry.title)
        entry.published(one.entry.published)
        entry.updated(one.entry.updated)
        entry.author([{"name": name} for name in one.entry.authors])
        entry.link(href=one.entry.url)
        entry.summary(one.entry.summary)
        entry.content(one.entry.content, type="html")
    out.atom_str(pretty=True)


def best(work: Callable[[TopicFeed], object], feed: TopicFeed) -> float:
    """Milliseconds of CPU."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work(feed)
        times.append(time.process_time() - start)
    return min(times) * 1000


def main() -> None:
    feed = a_changed_topic()
    other = best(theirs, feed)
    cold = best(lambda one: (mark_up.cache_clear(), ours(one)), feed)
    changed = best(lambda one: (mark_up(PARAGRAPH.format(n=time.perf_counter_ns()), base=one.home), ours(one)), feed)
    print(f"feedgen_atom_alone_ms: {other:.1f}")
    print(f"all_formats_cold_ms: {cold:.1f}")
    print(f"all_formats_changed_ms: {changed:.1f}")
    print(f"cold_over_feedgen: {cold / other:.1f}")
    print(f"changed_over_feedgen: {changed / other:.1f}")


if __name__ == "__main__":
    main()
