"""A recorded month, followed by the product: everything new arrives once, and a second look costs nothing.

    python benchmarks/replay_june.py [FOLDER] [--step HOURS]

Asks all sources at 2023-06-08 12:00 UTC, asks again unchanged, moves one day on, then on in steps to the end of the
month, and prints what the topic "security guarantees" of config.toml caught.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Set as AbstractSet
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.config import load
from benchmarks.replay import Replay, read_folder, serve
from benchmarks.replay.follow import Following, Pass, Place, follow, shown
from feeds.topics import Topic

ROOT = Path(__file__).parent.parent
CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", ROOT.parent / "shared" / "corpora"))
START = datetime(2023, 6, 8, 12, tzinfo=UTC)
END = datetime(2023, 6, 30, 12, tzinfo=UTC)


def the_topic() -> Topic:
    """The shipped topic, without the limit of a feed: all it caught is to be seen."""
    config = load(ROOT / "config.toml", environ={})
    return next(replace(topic, limit=1_000_000) for topic in config.topics if topic.id == "security-guarantees")


def say(name: str, value: object) -> None:
    print(f"{name}: {value}", flush=True)


def report(name: str, asked: Pass) -> None:
    for field, value in asdict(asked).items():
        if field == "failed":
            say(f"{name} failed", len(asked.failed))
            for reason in asked.failed:
                print(f"  {reason}")
        else:
            say(f"{name} {field.replace('_', ' ')}", f"{value:.2f}" if isinstance(value, float) else value)


async def run(folder: Path, place: Path, step: timedelta) -> None:
    recorded = await asyncio.to_thread(read_folder, folder)
    say("sources", len(recorded.sources))
    say("left out without a usable date", recorded.undated)
    say("left out as repeated links", recorded.repeated)
    async with (
        serve(recorded.sources, at=START) as replay,
        follow(replay, folder=place, topics=[the_topic()]) as following,
    ):
        report("first", await following.ask_all())
        shown_first, first = shown(replay), frozenset(following.stored())
        compare("first", expected=shown_first, arrived=first)

        report("again", await following.ask_all())
        compare("again", expected=first, arrived=frozenset(following.stored()))

        replay.move(START + timedelta(days=1))
        report("a day on", await following.ask_all())
        compare("a day on", expected=shown(replay) - shown_first, arrived=frozenset(following.stored()) - first)

        await to_the_end(replay, following, shown_first | shown(replay), step)
        say("requests", replay.total().requests)
        say("not modified", replay.total().not_modified)
        caught(following)


async def to_the_end(replay: Replay, following: Following, ever: AbstractSet[Place], step: timedelta) -> None:
    passes = []
    while replay.now < END:
        replay.move(min(END, replay.now + step))
        passes.append(await following.ask_all())
        ever |= shown(replay)
        print(f"  {replay.now:%Y-%m-%d %H:%M}: {passes[-1].arrived} arrived in {passes[-1].seconds:.1f} s", flush=True)
    compare("whole month", expected=ever, arrived=frozenset(following.stored()))
    say("whole month failed", sum(len(one.failed) for one in passes))
    say("whole month revised", sum(one.revised for one in passes))
    say("whole month seconds", f"{sum(one.seconds for one in passes):.1f}")
    counts = following.app.store.counts()
    say("stored entries", counts.entries)
    say("stored copies", counts.copies)
    say("store bytes", counts.size)


def compare(name: str, *, expected: AbstractSet[Place], arrived: AbstractSet[Place]) -> None:
    say(f"{name} expected", len(expected))
    say(f"{name} arrived", len(arrived))
    for word, places in (("missing", expected - arrived), ("unexpected", arrived - expected)):
        say(f"{name} {word}", len(places))
        for source, guid in sorted(places)[:20]:
            print(f"  {word} {source} {guid}")


def caught(following: Following) -> None:
    """As published: from the topic's JSON Feed."""
    items = json.loads(following.app.publisher.shelf.documents["/feeds/security-guarantees.json"].body)["items"]
    say("caught", len(items))
    for item in items:
        also = "".join(f" (also {origin['id']})" for origin in item["_topicwire"].get("also", ()))
        moment = datetime.fromisoformat(item["date_published"])
        print(f"  {moment:%Y-%m-%d %H:%M} {item['_topicwire']['source']['id']}{also}: {item['title']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=CORPORA / "replay-2023-06")
    parser.add_argument("--step", type=float, default=24, help="hours between two looks (48 is what a document holds)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(run(asked.folder, Path(temporary), timedelta(hours=asked.step)))


if __name__ == "__main__":
    main()
