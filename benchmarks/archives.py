"""What the history of a topic with 5,000 entries costs: in time of a round of publishing, and in memory.

Texts are of 360 words each. `first_ms` is a round after a start, in which the feed itself is rendered and a few of its
archives; `round_ms` is the longest of those that render the others; `entry_ms` is the round that one new entry takes,
the archive at the young end included; `without_archives_ms` is the same for a topic of which all is in its feed. CPU
time in one process. `held_mb` is what all archive documents hold, `plain_mb` what they would if they were not packed,
and `peak_mb` by how much all of that raised the peak of the process.
"""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from feeds.model import Entry, Site, Source
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.topic_feeds import NOON, an_entry

ENTRIES = 5000
NEW = 9
SYLLABLES = "ba re ko li sun ter mo va din gar el tho ри ва мо сту го"
WORDS = ["".join(parts) for parts in product(SYLLABLES.split(), repeat=3)]


def an_article(number: int) -> Entry:
    seen = NOON - timedelta(minutes=number)
    draw = Random(number)
    paragraphs = (" ".join(draw.choices(WORDS, k=60)) for _ in range(6))
    text = "".join(f"<p>The <b>treaty</b>: {paragraph} &amp; more.</p>" for paragraph in paragraphs)
    times = {"first_seen": seen, "revised": seen, "published": seen, "updated": seen}
    return an_entry(number, title=f"Treaty, part {number}", content=text, summary=f"Article {number}.", **times)


def a_publisher(store: MemoryStore) -> Publisher:
    publisher = Publisher(
        store=store,
        topics=(Topic(id="treaty", title="Treaty", match={"any": (parse_query("treaty"),)}),),
        sources=(Source(id="river", url="https://river.example/feed"),),
        settings=Imprint(base_url="https://feeds.example", title="My feeds"),
        analyser=Analyser(),
        site=Site(id=UUID(int=7), since=datetime(2026, 1, 1, tzinfo=UTC)),
        clock=lambda: NOON,
        observe=lambda _: None,
    )
    publisher.load()
    return publisher


def timed(publisher: Publisher) -> tuple[float, bool]:
    """Milliseconds of CPU that a round takes, and whether there is more to do."""
    start = time.process_time()
    more = publisher.publish()
    return (time.process_time() - start) * 1000, more


def of_one_entry(publisher: Publisher, store: MemoryStore, number: int) -> float:
    store.commit(Change(entries=(an_article(number),)))
    publisher.take([f"river:{number}"])
    return timed(publisher)[0]


def main() -> None:
    small = MemoryStore()
    small.commit(Change(entries=tuple(map(an_article, range(1, 50)))))
    few = a_publisher(small)
    few.publish()
    without = min(of_one_entry(few, small, -number) for number in range(1, NEW))
    store = MemoryStore()
    store.commit(Change(entries=tuple(map(an_article, range(1, ENTRIES + 1)))))
    publisher = a_publisher(store)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, more = timed(publisher)
    rounds = []
    while more:
        spent, more = timed(publisher)
        rounds.append(spent)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    again = a_publisher(store)
    restarted, _ = timed(again)
    entry = min(of_one_entry(publisher, store, -number) for number in range(1, NEW))
    documents = [made for path, made in publisher.shelf.documents.items() if "/archive/" in path]
    print(f"archives: {len(documents) // 3}")
    print(f"first_ms: {first:.0f}")
    print(f"restarted_first_ms: {restarted:.0f}")
    print(f"rounds: {len(rounds)}")
    print(f"round_ms: {max(rounds):.0f}")
    print(f"all_rounds_ms: {sum(rounds):.0f}")
    print(f"entry_ms: {entry:.1f}")
    print(f"without_archives_ms: {without:.1f}")
    print(f"held_mb: {sum(len(made.body) + len(made.gzip) for made in documents) / 1e6:.1f}")
    print(f"plain_mb: {sum(len(made.plain) for made in documents) / 1e6:.1f}")
    print(f"peak_mb: {peak:.0f}")


if __name__ == "__main__":
    main()
