"""What a topic of 50 entries costs in all formats, checked and compressed, over feedgen building Atom alone.

    python -m benchmarks.rendering [--short]

Three figures: the first rendering, with every entry new; a changed topic, in which one entry came and the oldest left;
and the same feed again. Each round, feedgen and we take the same feed in turn; CPU time, the best of 3 rounds (with a
busy machine, more tell more: `--rounds`). Texts are made-up words with the frequencies of language, so that compressing
them costs what compressing news does: 2 KB of 5 paragraphs each, `--short`: 200 characters. Cleaning mark-up, credits,
two more formats, the check and the compression are on our side alone.

`longer_than_whole_percent` is what compressing in pieces costs those who fetch the Atom document.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from random import Random

from feedgen.feed import FeedGenerator

from benchmarks.synthetic import made_up_text, made_up_words
from feeds import render
from feeds.model import PublishedEntry, TopicFeed
from feeds.render.plain import mark_up
from tests.fakes.topic_feeds import DZVIN, a_feed, an_entry, published

ENTRIES = 50
FORMS = (
    (render.atom, render.ATOM),
    (partial(render.rss, ttl_minutes=15), render.RSS),
    (render.json_feed, render.JSON),
)


@dataclass(slots=True)
class Ours:
    """A topic with what is remembered of its last rendering."""

    prepared: render.Prepared | None = None
    written: dict[str, render.Written] = field(default_factory=dict)

    def publish(self, feed: TopicFeed) -> None:
        if self.prepared and self.prepared.feed == feed:
            return  # as aggregator/publishing/press.py has it
        self.prepared = render.prepare(feed, before=self.prepared)
        for write, media_type in FORMS:
            made = render.written(self.prepared, write, media_type, before=self.written.get(media_type))
            assert isinstance(made, render.Written)
            self.written[media_type] = made


def entries(count: int, *, words: int) -> list[PublishedEntry]:
    draw = Random(1)
    vocabulary = made_up_words(draw, 20_000)

    def paragraph() -> str:
        text = made_up_text(draw, vocabulary, words)
        middle = len(text) // 2
        return f'<p>{text[:middle]} <a href="https://river.example/{draw.random()}?a=1&amp;b=2">{text[middle:]}</a></p>'

    def entry(number: int) -> PublishedEntry:
        body = "".join(paragraph() for _ in range(5 if words > 40 else 1))
        summary = made_up_text(draw, vocabulary, 25)
        title = made_up_text(draw, vocabulary, 9)
        return published(an_entry(number, title=title, content=body, summary=summary), also=(DZVIN,))

    return [entry(number) for number in range(1, count + 1)]


def feeds(rounds: int, *, words: int) -> list[TopicFeed]:
    """One after the other, each with one entry more in front and the oldest left out."""
    known = entries(ENTRIES + rounds, words=words)
    plain = a_feed()
    return [
        replace(plain, updated=plain.updated + timedelta(minutes=step), entries=tuple(known[start : start + ENTRIES]))
        for step, start in enumerate(range(rounds, -1, -1))
    ]


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


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of CPU."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--short", action="store_true")
    asked = parser.parse_args()
    first, *others = feeds(asked.rounds, words=30 if asked.short else 60)
    ours = Ours()
    ours.publish(first)
    feedgen, new, changed, same = [], [], [], []
    for feed in others:
        feedgen.append(spent(partial(theirs, feed)))
        changed.append(spent(partial(ours.publish, feed)))
        same.append(spent(partial(ours.publish, feed)))
        mark_up.cache_clear()
        new.append(spent(partial(Ours().publish, feed)))
    document = ours.written[render.ATOM].document
    whole = len(gzip.compress(document.body, 6))
    print(f"atom_document_kb: {len(document.body) / 1000:.0f}")
    print(f"feedgen_atom_alone_ms: {min(feedgen):.2f}")
    for name, times in (("all_new", new), ("one_entry_changed", changed), ("nothing_changed", same)):
        print(f"{name}_ms: {min(times):.2f}")
        print(f"{name}_over_feedgen: {min(times) / min(feedgen):.2f}")
    print(f"longer_than_whole_percent: {(len(document.gzip) / whole - 1) * 100:.0f}")


if __name__ == "__main__":
    main()
