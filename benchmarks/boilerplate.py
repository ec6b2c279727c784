"""What boilerplate costs and takes away, on a recorded month of 105 feeds: lines known at once, lines learnt by host.

`python benchmarks/boilerplate.py [LINES]` also lists the LINES lines that are left out most often, for reading.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from feeds.dedupe.boilerplate import Lines, line_key, without_boilerplate
from feeds.dedupe.hosts import host_of
from feeds.model import Entry, ParsedEntry, ParsedFeed, Source
from feeds.read.boilerplate import is_boilerplate
from feeds.read.normalize import normalize
from feeds.sanitize import plain_text

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
NOW = datetime(2023, 7, 1, tzinfo=UTC)


def recorded() -> Iterator[tuple[str, dict]]:
    for file in sorted((CORPORA / "replay-2023-06").glob("*.jsonl.gz")):
        for line in gzip.decompress(file.read_bytes()).decode().rstrip("\n").split("\n"):
            yield file.name, json.loads(line)


def read(source: str, raw: dict) -> Entry | None:
    parsed = ParsedEntry(
        url=raw.get("link") or "",
        title=raw.get("title") or "",
        summary=raw.get("description") or "",
        published=raw.get("date_published") or "",
    )
    feed = ParsedFeed(format="rss20", entries=(parsed,))
    entries = normalize(feed, source=Source(id=source, url="https://x.example/"), url="https://x.example/", now=NOW)
    return entries.entries[0] if entries.entries else None


def main() -> None:
    listed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    known: Counter[str] = Counter()
    entries = []
    for source, raw in recorded():
        for line in plain_text(raw.get("description") or "").split("\n"):
            if is_boilerplate(line):
                known[line] += 1
        if entry := read(source, raw):
            entries.append(entry)
    lines, learnt = Lines(), defaultdict(set)
    began = time.process_time()
    for entry in entries:
        for found in lines.take(entry):
            learnt[found.host].add(found.line)
    learning = time.process_time() - began
    began = time.process_time()
    cleaned = [without_boilerplate(entry, learnt[host_of(entry)]) for entry in entries]
    leaving_out = time.process_time() - began
    removed: Counter[tuple[str, str]] = Counter()
    for before, after in zip(entries, cleaned, strict=True):
        if before != after:
            for line in plain_text(before.content).split("\n") if before.content else [before.summary]:
                if line_key(line) in learnt[host_of(before)]:
                    removed[host_of(before), line] += 1
    print(f"entries: {len(entries)}")
    print(f"lines known beforehand, left out: {known.total()} ({len(known)} different)")
    print(f"lines learnt: {sum(map(len, learnt.values()))} of {sum(map(bool, learnt.values()))} hosts")
    print(f"entries with a learnt line: {sum(a != b for a, b in zip(entries, cleaned, strict=True))}")
    print(f"learnt lines left out: {removed.total()}")
    print(f"learning, µs an entry: {learning / len(entries) * 1e6:.0f}")
    print(f"leaving out, µs an entry: {leaving_out / len(entries) * 1e6:.0f}")
    for line, count in known.most_common(listed):
        print(f"known {count} {line[:130]}")
    for (host, line), count in removed.most_common(listed):
        print(f"learnt {count} {host}: {line[:130]}")


if __name__ == "__main__":
    main()
