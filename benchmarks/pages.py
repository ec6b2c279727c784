"""What pages cost: a start, one new entry, and nothing new; CPU time, best of 3.

    python -m benchmarks.pages [--topics 1] [--stored 50]

Every entry is a story of its own; topics take turns, each with 50 entries in its feed. `--topics 1000 --stored 100000`
is a site at the upper end.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import UUID

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from feeds.model import Entry, Placement, Site
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.memory import MemoryStore
from storage.port import Change

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TEXT = "the harbour council met on friday to hear what the river treaty means for boats and for those who row them"
WORDS = TEXT.split()


def topic(number: int) -> Topic:
    return Topic(id=f"river-{number}", title="River treaty", match={"any": (parse_query(f"river NEAR/3 day{number}"),)})


def entry(number: int, topics: int) -> Entry:
    moment = NOON + timedelta(minutes=number)
    turned = " ".join([*WORDS[number % 7 :], *WORDS])
    return Entry(
        id=f"e{number}", source="post", guid=str(number), url=f"https://post.example/{number}", language="en",
        canonical_url=f"https://post.example/{number}", title=f"River treaty, day{number % topics}, {number}",
        summary=turned[:200], content="".join(f"<p>{turned} {part}.</p>" for part in range(12)), published=moment,
        updated=moment, first_seen=moment, revised=moment,
    )  # fmt: skip


def publisher(store: MemoryStore, topics: int) -> Publisher:
    made = Publisher(
        store=store, topics=[topic(number) for number in range(topics)], sources=[],
        settings=Imprint(base_url="https://a.example", title="Feeds"), analyser=Analyser(),
        site=Site(id=UUID(int=7), since=NOON), clock=lambda: NOON, observe=lambda _: None,
    )  # fmt: skip
    made.load()
    return made


def remember(store: MemoryStore, *new: Entry) -> list[str]:
    store.commit(Change(entries=new, placements=tuple(Placement(entry=one.id, story=f"s{one.id}") for one in new)))
    return [one.id for one in new]


def took(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return (process_time() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", type=int, default=1)
    parser.add_argument("--stored", type=int, default=50)
    asked = parser.parse_args()
    store = MemoryStore()
    remember(store, *(entry(number, asked.topics) for number in range(asked.stored)))
    starts = 3 if asked.stored < 1000 else 1
    print(f"start_ms: {min(took(publisher(store, asked.topics).publish) for _ in range(starts)):.0f}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = publisher(store, asked.topics)
    ours.publish()
    pages = ours._pages  # noqa: SLF001 - the part that is measured
    spent, drawn = [], []
    renew = pages.renew
    pages.renew = lambda *args, **named: spent.append(took(lambda: drawn.append(renew(*args, **named)))) or drawn[-1]
    whole = []
    for number in range(asked.stored, asked.stored + 3):
        ours.take(remember(store, entry(number, asked.topics)))
        whole.append(took(ours.publish))
    shelf = ours.shelf.documents
    stories = [document for path, document in shelf.items() if path.startswith("/stories/")]
    print(f"one_new_entry_feeds_and_pages_ms: {min(whole):.1f}")
    print(f"of_which_pages_ms: {min(spent):.1f}")
    print(f"nothing_new_ms: {min(took(ours.publish) for _ in range(3)):.2f}")
    print(f"documents: {len(shelf)}")
    print(f"of_which_of_stories: {len(stories)}")
    print(f"of_stories_mb: {sum(len(one.body) + len(one.gzip) for one in stories) / 1e6:.1f}")
    print(f"peak_before_mb: {before / 1000:.0f}")
    print(f"peak_mb: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f}")


if __name__ == "__main__":
    main()
