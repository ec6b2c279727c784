"""Copies among a hundred thousand entries: time, memory, and whether the order of arrival shows."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time

from feeds.dedupe.copy_index import CopyIndex
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.placing import place
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.model import Entry, Placement

KEPT = 100_000
MEASURED = 3_000
START = datetime(2023, 6, 1, tzinfo=UTC)
STEP = timedelta(seconds=5)
"""Between two entries, so that a hundred thousand are a week's."""


class Facts:
    """What is remembered, in dicts."""

    def __init__(self) -> None:
        self.by_id: dict[str, Entry] = {}
        self.by_url = defaultdict[str, dict[str, Entry]](dict)
        self.placed: dict[str, Placement] = {}

    def take(self, entry: Entry) -> None:
        """Remember an entry."""
        self.by_id[entry.id] = entry
        self.by_url[entry.canonical_url][entry.id] = entry

    def entries(self, *, ids: Collection[str], urls: Collection[str]) -> Iterable[Entry]:
        """Those with one of these ids or URLs."""
        found = {one: self.by_id[one] for one in ids if one in self.by_id}
        for url in urls:
            found.update(self.by_url.get(url, {}))
        return found.values()

    def placements(self, ids: Collection[str]) -> Mapping[str, Placement]:
        """Those that there are."""
        return {one: self.placed[one] for one in ids if one in self.placed}


def speed(june: Sequence[Entry], texts: Sequence[Mapping[str, str]]) -> None:
    """Time of an entry with `KEPT` in the index, and the index's size, for feed entries and for long bodies."""
    wanted = KEPT + 3 * MEASURED
    listed = sorted(june, key=lambda entry: (entry.first_seen, entry.id))
    again = (
        replace(one, id=f"again {one.id}", canonical_url=f"{one.canonical_url}?again", source="x", sketch=_other(one))
        for one in listed
    )
    feeds = [*listed, *again][:wanted]
    _measure("feed entries", (_moved(one, place) for place, one in enumerate(feeds)))
    _measure("bodies of 350 words", _bodies(texts, wanted))


def _other(entry: Entry) -> str:
    """A sketch as long as the entry's, of words that nobody else has."""
    count = len(entry.sketch) // 5
    return write_parts({TEXT: text_part(entry.title, " ".join(f"{entry.id[:9]}{place}" for place in range(count)))})


def _moved(entry: Entry, place: int) -> Entry:
    return replace(entry, first_seen=START + place * STEP, published=START + place * STEP)


def _bodies(texts: Sequence[Mapping[str, str]], count: int) -> Iterable[Entry]:
    """Three words from here, three from there, and one sentence that somebody else may have too."""
    pool = [word for row in texts for text in (row["a"], row["b"]) for word in text.split()]
    draw = Random(7)
    for number in range(count):
        words = [word for _ in range(113) for at in (draw.randrange(len(pool) - 12),) for word in pool[at : at + 3]]
        at = draw.randrange(len(pool) - 12)
        text = " ".join([*pool[at : at + 12], *words])
        host, moment = f"source-{number % 500}", START + number * STEP
        yield Entry(
            id=f"{number:032x}",
            source=host,
            guid="",
            url="",
            canonical_url=f"https://{host}.example/{number}",
            title=" ".join(words[:8]),
            language="en",
            published=moment,
            updated=moment,
            first_seen=moment,
            revised=moment,
            fingerprint=fingerprint("", text),
            sketch=write_parts({TEXT: text_part("", text)}),
        )


def _measure(name: str, entries: Iterable[Entry]) -> None:
    index, facts, times, held = CopyIndex(), Facts(), list[float](), list[Entry]()
    for number, entry in enumerate(entries):
        if number < KEPT:
            facts.take(entry)
            index.add(entry)
        else:
            held.append(entry)
    for start in range(0, len(held), MEASURED):
        began = process_time()
        for entry in held[start : start + MEASURED]:
            facts.take(entry)
            facts.placed.update(place([entry], index=index, facts=facts, ranks={}))
        times.append((process_time() - began) / MEASURED)
    print(f"copies, {name}, {KEPT:,} kept: {min(times) * 1e6:.0f} µs an entry ({1 / min(times):,.0f} entries/s)")
    print(f"sketch, {name}: {sum(len(one.sketch) for one in held) / len(held):.0f} characters on average")
    print(f"index, {name}, {KEPT:,} kept: {_size(list(facts.by_id.values())[: KEPT // 4]) / 1e6:.0f} MB")


def _size(quarter: Sequence[Entry]) -> float:
    """Bytes of an index with four times as many entries as these, from those of an empty one and of one with these."""
    gc.collect()
    tracemalloc.start()
    index = CopyIndex()
    empty = tracemalloc.get_traced_memory()[0]
    for entry in quarter:
        index.add(entry)
    filled = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return empty + 4 * (filled - empty)


def orders(june: Sequence[Entry], count: int) -> None:
    """Whether a day of the replay gives the same copies and the same shown ones in `count` random orders of arrival."""
    busiest, _ = Counter(entry.first_seen.date() for entry in june).most_common(1)[0]
    day = [entry for entry in june if entry.first_seen.date() == busiest]
    draw, seen = Random(5), set[tuple[tuple[str, str], ...]]()
    for _ in range(count):
        index, facts = CopyIndex(), Facts()
        draw.shuffle(day)
        for entry in day:
            facts.take(entry)
            facts.placed.update(place([entry], index=index, facts=facts, ranks={}))
        seen.add(tuple(sorted((one.entry, one.copy_of) for one in facts.placed.values() if one.copy_of)))
    print(f"copies on {busiest}, {len(day):,} entries: {len(next(iter(seen)))}")
    print(f"different answers in {count} orders of arrival: {len(seen)}")
