"""How well copies are told: false joins, recall after edits, speed and memory, on real texts.

    TOPICWIRE_CORPORA=… python -m benchmarks.copies [--half even|odd|all] [--speed] [--orders 200]

Prints `name: value` lines; shares with their 95 % interval (Wilson). The even half of every set (by a checksum of its
ids or texts) is for tuning, the odd one for the figures at the end. Texts of the replay are not used for tuning at all.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import sqrt
from pathlib import Path
from random import Random
from zlib import crc32

from benchmarks.copies_at_scale import orders, speed
from benchmarks.edits import EDITS
from benchmarks.replay.clean import clean
from benchmarks.replay.recorded import read_folder
from feeds.dedupe.fingerprint import fingerprint, words
from feeds.dedupe.likeness import Sketched, compare
from feeds.dedupe.shingles import TEXT, read_text_sketch, text_part
from feeds.dedupe.sketch import write_parts
from feeds.model import Entry, Join
from feeds.sanitize import plain_text

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
MOMENT = datetime(2023, 6, 8, tzinfo=UTC)
APART = timedelta(days=3)


def main() -> None:
    """Print the figures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("even", "odd", "all"), default="even")
    parser.add_argument("--speed", action="store_true", help="measure speed and memory with 100,000 kept as well")
    parser.add_argument("--orders", type=int, default=0, help="random orders of arrival of one day of the replay")
    chosen = parser.parse_args()
    if not CORPORA.is_dir():
        print("skipped: no folder of real material; set TOPICWIRE_CORPORA")
        return
    june = [entry for source in read_folder(CORPORA / "replay-2023-06").sources for entry in clean(source)]
    _false_joins(chosen.half, june)
    _recall(chosen.half, june)
    if chosen.orders:
        orders(june, chosen.orders)
    if chosen.speed:
        speed(june, _lines("semeval"))


def _false_joins(half: str, june: Sequence[Entry]) -> None:
    hard = [
        (_text(row["ta"], row["a"], "a"), _text(row["tb"], row["b"], "b"))
        for row in _lines("telegram")
        if row["set"].startswith("ru") and row["q"] == "BAD" and _in(half, row["a"])
    ]
    _print_share("false joins, Telegram BAD", _joined(hard), len(hard))
    claims = [(row["cl"], _text(_headline(row["text"]), row["text"], row["id"])) for row in _lines("fnc")]
    across = [
        (one, other) for (claim, one), (also, other) in combinations(claims, 2)
        if claim != also and _in(half, one.entry.id + other.entry.id)
    ]  # fmt: skip
    _print_share("false joins, FNC across claims", _joined(across), len(across))
    titles = list(_equal_titles(half, june))
    _print_share("false joins, equal titles more than 3 days apart", _joined(titles), len(titles))
    close = [(_as_if(one, "one"), _as_if(other, "other")) for one, other in titles]
    _print_share("the same, as if of two sources at one time", _joined(close), len(close))


def _equal_titles(half: str, june: Iterable[Entry]) -> Iterator[tuple[Sketched, Sketched]]:
    """Pairs of entries of the replay under one title with other words, each with the next one after three days."""
    by_title = defaultdict[str, list[Entry]](list)
    for entry in sorted(june, key=lambda entry: entry.published):
        by_title[" ".join(words(entry.title))].append(entry)
    for title, entries in by_title.items():
        for place, one in enumerate(entries if _in(half, title) else ()):
            later = (other for other in entries[place + 1 :] if other.published - one.published > APART)
            other = next((other for other in later if other.fingerprint != one.fingerprint), None)
            if other:
                yield _sketched(one), _sketched(other)


def _as_if(one: Sketched, source: str) -> Sketched:
    values = {name: getattr(one.entry, name) for name in Entry.__dataclass_fields__}
    moved = {"source": source, "canonical_url": f"https://{source}.example/", "published": MOMENT, "first_seen": MOMENT}
    return Sketched(entry=Entry(**(values | moved)), text=one.text)


def _recall(half: str, june: Iterable[Entry]) -> None:
    labelled = dict.fromkeys(row["text"] for row in _lines("fnc"))
    labelled |= dict.fromkeys(text for row in _lines("semeval") if not row["mt"] for text in (row["a"], row["b"]))
    told = dict.fromkeys(" ".join((plain_text(entry.content) or entry.summary).split()) for entry in june)
    for name, texts in (("FNC and SemEval", labelled), ("replay", told)):
        listed = [text for text in texts if 150 <= len(text.split()) <= 900 and _in(half, text)]
        print(f"texts of {name}: {len(listed)}")
        for edit, apply in EDITS.items():
            draw = Random(f"{name}/{edit}")
            pairs = [
                (_text(_headline(one), one, "a"), _text(_headline(one), apply(one, draw, listed), "b"))
                for one in listed
            ]
            long = [pair for pair in pairs if not pair[1].text.is_short]
            _print_share(f"recall, {name}, {edit}", _joined(long), len(long))
            if len(long) < len(pairs):
                print(f"left out, {name}, {edit}: {len(pairs) - len(long)} edited texts of fewer than 30 words")


def _joined(pairs: Iterable[tuple[Sketched, Sketched]]) -> int:
    return sum(isinstance(compare(one, other), Join) for one, other in pairs)


def _print_share(name: str, count: int, total: int) -> None:
    """With Wilson's interval."""
    if not total:
        print(f"{name}: no pairs")
        return
    share, z = count / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    print(f"{name}: {share:.4f} ({count} of {total}; {low:.4f} to {high:.4f})")


def _text(title: str, text: str, name: str) -> Sketched:
    entry = Entry(
        id=name,
        source=name,
        guid="",
        url="",
        canonical_url="",
        title=title,
        published=MOMENT,
        updated=MOMENT,
        first_seen=MOMENT,
        revised=MOMENT,
        fingerprint=fingerprint(title, text),
        sketch=write_parts({TEXT: text_part(title, text)}),
    )
    return _sketched(entry)


def _sketched(entry: Entry) -> Sketched:
    text = read_text_sketch(entry.sketch)
    assert text is not None
    return Sketched(entry=entry, text=text)


def _headline(text: str) -> str:
    """Of a text without a title, as reading makes one: its first words."""
    return " ".join(text.split()[:10])


def _in(half: str, name: str) -> bool:
    return half == "all" or ("even", "odd")[crc32(name.encode()) % 2] == half


def _lines(name: str) -> list[dict[str, str]]:
    with gzip.open(CORPORA / "same-story" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as text:
        rows = [json.loads(line) for line in text]
    return [row | {"id": str(row.get("id", ""))} for row in rows]


if __name__ == "__main__":
    main()
