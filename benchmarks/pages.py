"""What pages cost: a topic of 50 entries of which one is new, one that did not change, and a start; best of 3.

python -m benchmarks.pages
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import UUID

from aggregator.imprint import Imprint
from aggregator.publish import Publisher
from feeds.model import Entry, Placement, Site
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.memory import MemoryStore
from storage.port import Change

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TEXT = "the harbour council met on friday to hear what the river treaty means for boats and for those who row them"
WORDS = TEXT.split()
TOPIC = Topic(id="river", title="River treaty", match={"any": (parse_query("river NEAR/3 treaty"),)})


def entry(number: int) -> Entry:
    moment = NOON + timedelta(minutes=number)
    turned = " ".join([*WORDS[number % 7 :], *WORDS])
    return Entry(
        id=f"e{number}", source="post", guid=str(number), url=f"https://post.example/{number}", language="en",
        canonical_url=f"https://post.example/{number}", title=f"River treaty, day {number}", summary=turned[:200],
        content="".join(f"<p>{turned} {part}.</p>" for part in range(12)), published=moment, updated=moment,
        first_seen=moment, revised=moment,
    )  # fmt: skip


def publisher(store: MemoryStore) -> Publisher:
    made = Publisher(
        store=store, topics=[TOPIC], sources=[], settings=Imprint(base_url="https://a.example", title="Feeds"),
        analyser=Analyser(), site=Site(id=UUID(int=7), since=NOON), clock=lambda: NOON, observe=lambda _: None,
    )  # fmt: skip
    made.load()
    return made


def remember(store: MemoryStore, number: int) -> str:
    new = entry(number)
    store.commit(Change(entries=(new,), placements=(Placement(entry=new.id, story=f"s{number}"),)))
    return new.id


def took(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return (process_time() - start) * 1000


def main() -> None:
    store = MemoryStore()
    for number in range(50):
        remember(store, number)
    print(f"start_with_50_stories_ms: {min(took(publisher(store).publish) for _ in range(3)):.1f}")
    ours = publisher(store)
    ours.publish()
    pages = ours._pages  # noqa: SLF001 - the part that is measured
    spent, drawn = [], []
    renew = pages.renew
    pages.renew = lambda *args, **named: spent.append(took(lambda: drawn.append(renew(*args, **named)))) or drawn[-1]
    whole = []
    for number in range(50, 53):
        ours.take([remember(store, number)])
        whole.append(took(ours.publish))
    print(f"one_new_entry_feeds_and_pages_ms: {min(whole):.1f}")
    print(f"of_which_pages_ms: {min(spent):.1f}")
    print(f"nothing_new_ms: {min(took(ours.publish) for _ in range(3)):.2f}")


if __name__ == "__main__":
    main()
