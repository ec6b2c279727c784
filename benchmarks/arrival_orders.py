"""Whether a day of the recorded month is placed the same, and shown the same, in many orders of arrival.

    python benchmarks/arrival_orders.py [FOLDER] [--orders 200] [--most 0]

Nothing is published meanwhile. Each order goes through a judge and a store in memory one entry at a time; what is
compared are copies, and which text of each group would be shown. One order twice must give the same stories, too.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from aggregator.ingesting.judge import Judge, commit_judged
from benchmarks.replay import read_folder
from benchmarks.replay.clean import clean
from feeds.dedupe.grouping import shown
from feeds.model import Entry, Placement
from storage.memory import MemoryStore
from storage.port import Change, Keys

ROOT = Path(__file__).parent.parent
CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", ROOT.parent / "shared" / "corpora"))


class Indexed(MemoryStore):
    """Finds entries by address without looking through all of them."""

    def __init__(self) -> None:
        super().__init__()
        self._at: defaultdict[str, set[str]] = defaultdict(set)

    def commit(self, change: Change) -> None:
        super().commit(change)
        for entry in change.entries:
            self._at[entry.canonical_url].add(entry.id)

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        ids = set(keys.ids).union(*(self._at.get(url, ()) for url in keys.urls))
        return tuple(entry for one in sorted(ids) if (entry := self.entry(one)) is not None)


def placed(day: Iterable[Entry]) -> Mapping[str, Placement]:
    store = Indexed()
    judge = Judge(store)
    for entry in day:
        commit_judged(store, judge, Change(entries=(entry,)), new=[entry])
    return store.placements(entry.id for entry in store.entries())


def copies(placements: Mapping[str, Placement]) -> frozenset[tuple[str, str]]:
    return frozenset((one.entry, one.copy_of) for one in placements.values() if one.copy_of)


def shown_ones(found: Collection[tuple[str, str]], day: Sequence[Entry]) -> frozenset[str]:
    """The text that each group would show."""
    entries = {entry.id: entry for entry in day}
    groups = defaultdict[str, list[Entry]](list)
    for entry, root in found:
        groups[root].append(entries[entry])
    return frozenset(shown(root, [entries[root], *group], {}).id for root, group in groups.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=CORPORA / "replay-2023-06")
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--most", type=int, default=0, help="entries of the day, by chance; 0: all")
    asked = parser.parse_args()
    june = [entry for source in read_folder(asked.folder).sources for entry in clean(source)]
    busiest, _ = Counter(entry.first_seen.date() for entry in june).most_common(1)[0]
    day = sorted((one for one in june if one.first_seen.date() == busiest), key=lambda one: (one.first_seen, one.id))
    draw = Random(5)
    if asked.most:
        day = draw.sample(day, asked.most)
    straight = placed(day)
    print(f"entries of {busiest}: {len(day)}")
    print(f"copies: {len(copies(straight))}")
    print(f"stories: {len({one.story for one in straight.values()})}")
    print(f"one order twice is placed the same: {placed(day) == straight}", flush=True)
    answers = {(copies(straight), shown_ones(copies(straight), day))}
    for _ in range(asked.orders):
        draw.shuffle(day)
        found = copies(placed(day))
        answers.add((found, shown_ones(found, day)))
    print(f"different answers in {asked.orders} orders of arrival: {len(answers)}")


if __name__ == "__main__":
    main()
