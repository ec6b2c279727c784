"""What a parcel costs: bytes and CPU time a feed, plain and deflated at several levels.

    python benchmarks/parcels.py

Feeds of the corpus `replay-2023-06` as they would have been served: the last 40 entries of each, read once. CPU time
of this process, best of 3. `plain` is the JSON alone.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from aggregator.cluster.parcels import packed, unpacked
from aggregator.ingesting.asking import Found
from aggregator.strict import pack
from benchmarks.replay.documents import rss
from benchmarks.replay.recorded import RecordedSource, read_folder
from feeds.model import Fetched, Source, Unchanged
from feeds.read import read

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
ENTRIES = 40
LEVELS = (1, 3, 6)


def found(recorded: RecordedSource) -> Found:
    """What a worker would have found."""
    entries = recorded.entries[-ENTRIES:]
    now = entries[-1].published
    body = rss(recorded, entries, now)
    url = f"https://feeds.example/{recorded.id}"
    source = Source(id=recorded.id, url=url)
    feed = read(body, source=source, url=url, content_type="application/rss+xml", now=now)
    return Found(asked=url, outcome=Fetched(url=url, body=b"", body_hash="0" * 64), feed=feed)


def best(work: Callable[[], object]) -> float:
    """Seconds of CPU."""
    took = []
    for _ in range(3):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def told(name: str, seconds: float, sizes: Sequence[int]) -> None:
    print(f"{name} bytes: {sum(sizes) / len(sizes):,.0f}")
    print(f"{name} milliseconds: {seconds * 1000 / len(sizes):.3f}")


def main() -> None:
    feeds = [found(one) for one in read_folder(CORPORA / "replay-2023-06").sources if one.entries]
    print(f"feeds: {len(feeds)}")
    plain = [json.dumps(pack(one), ensure_ascii=False, separators=(",", ":")).encode() for one in feeds]
    told(
        "plain", best(lambda: [json.dumps(pack(one), ensure_ascii=False) for one in feeds]), [len(one) for one in plain]
    )
    for level in LEVELS:
        deflated = [zlib.compress(one, level) for one in plain]
        seconds = best(lambda level=level: [zlib.compress(one, level) for one in plain])
        told(f"deflate {level} alone", seconds, [len(one) for one in deflated])
    parcels = [packed(one) for one in feeds]
    told("packed", best(lambda: [packed(one) for one in feeds]), [len(one) for one in parcels])
    told("unpacked", best(lambda: [unpacked(one) for one in parcels]), [len(one) for one in parcels])
    quiet = packed(Found(asked="https://feeds.example/quiet", outcome=Unchanged()))
    print(f"quiet bytes: {len(quiet)}")


if __name__ == "__main__":
    main()
