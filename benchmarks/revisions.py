"""Which kinds of edits real feeds make: every version of three feeds, one after the other, as they were served.

`python benchmarks/revisions.py [EDITS]` also writes down so many edits of each kind, for reading.
"""

from __future__ import annotations

import os
import random
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.ingesting.remember import Pace, remember
from feeds.dedupe.kinds import kind_of
from feeds.dedupe.wording import Part, changes_between
from feeds.errors import ParseError
from feeds.model import Entry, Fetched, RevisionKind, Source
from feeds.polling import Bounds
from feeds.read import read
from storage.memory import MemoryStore

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1)), jitter=0.0)
MARKS = {Part.KEPT: "{}", Part.GONE: "[-{}-]", Part.CAME: "{{+{}+}}"}

Edit = tuple[Entry, Entry, tuple[str, ...]]


def versions(archive: Path) -> Iterator[tuple[datetime, bytes]]:
    with tarfile.open(archive) as tar:
        for member in sorted((m for m in tar if m.isfile()), key=lambda m: m.name):
            moment = datetime.strptime(Path(member.name).name.split("_")[0] + "+0000", "%Y%m%dT%H%M%S%z")
            yield moment.astimezone(UTC), tar.extractfile(member).read()


def edits_of(archive: Path) -> list[Edit]:
    source = Source(id=archive.name.split(".")[0], url="https://feed.example/rss")
    store, edits = MemoryStore(), []
    for at, body in versions(archive):
        try:
            feed = read(body, source=source, url=source.url, content_type="", now=at)
        except ParseError:
            continue
        before = {entry.id: entry for entry in store.entries()}
        fetched = Fetched(url=source.url, body=body)
        kept = remember(store, source=source, state=None, outcome=fetched, feed=feed, now=at, pace=PACE)
        for one in kept.changed:
            if old := before.get(one):
                new = store.entry(one)
                edits.append((old, new, store.revisions(one)[-1].changes))
    return edits


def written(old: Entry, new: Entry) -> str:
    fields = [(old.title, new.title), (old.summary, new.summary)]
    return " | ".join(
        " ".join(MARKS[one.part].format(one.text) for one in changes_between(was, now))
        for was, now in fields
        if was != now
    )


def main() -> None:
    listed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    edits: list[Edit] = []
    for archive in sorted((CORPORA / "captured-feeds").glob("*.tar.xz")):
        found = edits_of(archive)
        kinds = Counter(kind_of(*edit) for edit in found)
        print(f"{archive.name.split('.')[0]}: " + ", ".join(f"{kinds[kind]} {kind}" for kind in RevisionKind))
        edits += found
    by_kind = defaultdict(list)
    costs = []
    for _ in range(3):
        began = time.process_time()
        for edit in edits:
            kind_of(*edit)
        costs.append(time.process_time() - began)
    for edit in edits:
        by_kind[kind_of(*edit)].append(edit)
    print(f"edits: {len(edits)}")
    for kind in RevisionKind:
        print(f"{kind}: {len(by_kind[kind])}")
    print(f"telling the kind, µs an edit: {min(costs) / len(edits) * 1e6:.0f}")
    draw = random.Random(1)
    for kind in RevisionKind if listed else ():
        for old, new, _ in draw.sample(by_kind[kind], min(listed, len(by_kind[kind]))):
            print(f"{kind}: {written(old, new)}")


if __name__ == "__main__":
    main()
