"""How long entries wait and how often sources are asked: the rhythm of each source, beside one interval for all.

    python benchmarks/rhythm.py [--every 30] [--window 30]

Plays the entries of a month of 105 real feeds (replay-2023-06) by their own times: each source is asked when
`feeds.polling.advance` says so, and once more at equal distances of `--every` minutes. `wait` is from an entry's
publication to the fetch that brings it; `proportional` spends as many requests as the rhythm does, at distances in
proportion to each source's mean gap. `missed` entries had left a document of `--window` entries before anybody looked.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from feeds.model import Fetched, ReadFeed, Source, SourceState, Unchanged
from feeds.polling import Bounds, advance

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parent.parent.parent / "shared" / "corpora"))
START, END = datetime(2023, 6, 1, tzinfo=UTC), datetime(2023, 7, 1, tzinfo=UTC)
BOUNDS = Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24))


def feeds() -> Iterator[list[datetime]]:
    """The times of each feed's entries in June, ascending; entries without a usable time are left out."""
    for file in sorted((CORPORA / "replay-2023-06").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            written = [json.loads(line).get("date_published") for line in lines]
        times = [datetime.fromisoformat(text) for text in written if text]
        aware = sorted(moment.astimezone(UTC) for moment in times if moment.tzinfo)
        june = [moment for moment in aware if START <= moment < END]
        if june:
            yield june


def in_rhythm(times: list[datetime], every: timedelta, window: int, draw: Random) -> list[datetime]:
    """When `advance` has a source asked that publishes at `times`."""
    source = Source(id="s", url="u", every=every)
    state: SourceState | None = None
    now, seen, asked = START, 0, []
    while now < END:
        asked.append(now)
        there = bisect_right(times, now)
        new = min(there - seen, window)
        shown = min(there, window)
        feed = ReadFeed(title="", home="", language="", entries=(), unread=("",) * shown)
        outcome = Fetched(url="u", body=b"") if new else Unchanged()
        state = advance(
            source,
            state,
            outcome,
            now=now,
            new=new,
            known=shown - new,
            feed=feed if new else None,
            bounds=BOUNDS,
            jitter=draw.uniform(-1, 1),
        )
        seen, now = there, state.next_fetch or END
    return asked


def at_equal_distances(distance: timedelta) -> list[datetime]:
    span = min(max(distance, BOUNDS.fastest), BOUNDS.slowest)
    return [START + n * span for n in range(int((END - START) / span))]


def tell(name: str, months: list[tuple[list[datetime], list[datetime]]], window: int) -> None:
    waits, missed = [], 0
    for times, asked in months:
        before = 0
        for moment in asked:
            there = bisect_right(times, moment)
            missed += max(0, there - before - window) if before else 0
            waits += [(moment - one).total_seconds() / 60 for one in times[max(before, there - window) : there]]
            before = there
    waits.sort()
    print(f"{name} requests a day: {sum(len(asked) for _, asked in months) / 30:.0f}")
    print(f"{name} wait, mean minutes: {sum(waits) / len(waits):.1f}")
    print(f"{name} wait, 95 % at most minutes: {waits[int(len(waits) * 0.95)]:.0f}")
    print(f"{name} missed: {missed}")


def proportional(all_times: list[list[datetime]], requests: int) -> list[list[datetime]]:
    """As many requests in all, each source at a distance in proportion to its mean gap."""
    low, high = 1e-4, 1e4
    while high / low > 1.001:
        share = (low * high) ** 0.5
        asked = [at_equal_distances((END - START) / len(times) * share) for times in all_times]
        low, high = (share, high) if sum(map(len, asked)) > requests else (low, share)
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=float, default=30)
    parser.add_argument("--window", type=int, default=30)
    options = parser.parse_args()
    every, draw = timedelta(minutes=options.every), Random(7)
    all_times = list(feeds())
    print(f"feeds: {len(all_times)}")
    print(f"entries: {sum(map(len, all_times))}")
    rhythm = [in_rhythm(times, every, options.window, draw) for times in all_times]
    requests = sum(map(len, rhythm))
    same = at_equal_distances((END - START) * len(all_times) / requests)
    tell("rhythm", list(zip(all_times, rhythm, strict=True)), options.window)
    tell("equal, every", [(times, at_equal_distances(every)) for times in all_times], options.window)
    tell("equal, as many requests", [(times, same) for times in all_times], options.window)
    tell("proportional", list(zip(all_times, proportional(all_times, requests), strict=True)), options.window)


if __name__ == "__main__":
    main()
