"""A thousand topics: what each costs, beside a regular expression a topic.

    python benchmarks/many_topics.py

Texts are made up, their words frequent and rare as in life. A topic has three to six lines in one language, phrases of
two words and NEARs by turns. The loop asks the same texts for the same: one compiled expression for each topic, an
alternation of its lines, with any ending for each word. CPU time, best of three, by an analyser that has met the words
in other texts, as that of a daemon has. What a changed topic costs tells `benchmarks/changed_topic.py`.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from aggregator.publishing.deciding import Decisions
from benchmarks.synthetic import made_up_text, made_up_words
from feeds.model import Entry
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Change, Store

START = datetime(2026, 1, 1, tzinfo=UTC)
ARTICLES = 400
BY_REGEX = 20
"""Of the articles: a loop over a thousand expressions is slow."""
FEED_WORDS = 50
ARTICLE_WORDS = 400


def an_entry(number: int, words: int, known: tuple[str, ...]) -> Entry:
    draw = Random(number)
    title, body = (made_up_text(draw, known, size) for size in (8, words))
    moment = START + timedelta(minutes=number)
    return Entry(
        id=f"{number:032x}", source=f"source-{number % 100}", guid=str(number), url=f"https://outlet.example/{number}",
        canonical_url=f"outlet.example/{number}", title=title, content=f"<p>{body}</p>",
        language="en", published=moment, updated=moment, first_seen=moment, revised=moment,
    )  # fmt: skip


def a_topic(number: int, known: tuple[str, ...]) -> tuple[Topic, re.Pattern[str]]:
    """A topic, and a regular expression that asks for the same."""
    draw = Random(f"topic {number}")
    lines: list[str] = []
    patterns: list[str] = []
    for at in range(draw.randint(3, 6)):
        # From the 30th word on, for topics are not about "the"; evenly by the logarithm of the rank.
        a, b = (known[int(30 * math.exp(draw.random() * math.log(len(known) / 31)))] for _ in range(2))
        if at % 2 == 0:
            lines.append(f'"{a} {b}"')
            patterns.append(rf"{a}\w*\W+{b}")
        else:
            near = r"\w*\W+(?:\w+\W+){0,3}"
            lines.append(f"{a} NEAR/3 {b}")
            patterns += (f"{a}{near}{b}", f"{b}{near}{a}")
    pattern = re.compile(rf"\b(?:{'|'.join(patterns)})\w*\b", re.IGNORECASE)
    return Topic(id=f"t{number}", title="T", match={"en": tuple(map(parse_query, lines))}), pattern


def cpu(work: Callable[[], object]) -> float:
    """Seconds, the best of three."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def deciding(topics: Sequence[Topic], entries: Sequence[Entry], met: Sequence[Entry]) -> Callable[[], int]:
    decisions = Decisions(topics, sources={}, analyser=Analyser(texts=2), observe=print)
    for entry in met:
        decisions.on(entry)

    def work() -> int:
        decisions.drop()
        return sum(len(decisions.on(entry)) for entry in entries)

    return work


def by_regex(patterns: Sequence[re.Pattern[str]], entries: Sequence[Entry]) -> Callable[[], int]:
    return lambda: sum(pattern.search(entry.content) is not None for entry in entries for pattern in patterns)


def fill(store: Store, count: int, known: tuple[str, ...]) -> None:
    for first in range(0, count, 1000):
        numbers = range(first, min(count, first + 1000))
        store.commit(Change(entries=tuple(an_entry(number, FEED_WORDS, known) for number in numbers)))


def main() -> None:
    known = made_up_words(Random(0), 20_000)
    pairs = [a_topic(number, known) for number in range(1000)]
    topics, patterns = [topic for topic, _ in pairs], [pattern for _, pattern in pairs]
    articles = [an_entry(number, ARTICLE_WORDS, known) for number in range(3 * ARTICLES)]
    met, articles = articles[ARTICLES:], articles[:ARTICLES]
    few, many = (cpu(deciding(topics[:count], articles, met)) for count in (10, 1000))
    loop = cpu(by_regex(patterns, articles[:BY_REGEX])) / BY_REGEX
    print(f"articles of {ARTICLE_WORDS} words, 10 topics: {ARTICLES / few:.0f} a second")
    print(f"articles of {ARTICLE_WORDS} words, 1000 topics: {ARTICLES / many:.0f} a second")
    print(f"1000 topics take so many times what 10 do: {many / few:.2f}")
    print(f"a regular expression a topic, 1000 topics: {1 / loop:.1f} a second")
    print(f"so many times faster than those: {loop / (many / ARTICLES):.0f}")
    feed = [an_entry(number, FEED_WORDS, known) for number in range(10 * ARTICLES)]
    each = cpu(deciding(topics[:100], feed, met)) / len(feed)
    print(f"feed entries of {FEED_WORDS} words, 100 topics: {1 / each:.0f} a second")


if __name__ == "__main__":
    main()
