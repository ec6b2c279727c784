"""A changed topic over all that is stored, and a start: how long, how much memory, and how long readers wait meanwhile.

    python benchmarks/changed_topic.py [--stored 100000]

Texts are made up as in `benchmarks/many_topics.py`; 100 topics. The changed topic asks for other phrases, for one
ordinary word, for words that begin alike, and for a common word, which nine of ten entries have. It is looked for in a
thread, as a daemon does it, while an event loop looks after its readers: CPU time of the process, the longest that one
step took (others may have the store in between), the longest that the loop was held up beyond what it slept, and the
most memory that the process had. What stops the loop for long is Python's collector of cycles: its longest run too.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from aggregator.publishing.catch import Catches
from benchmarks.many_topics import a_topic, fill
from benchmarks.synthetic import made_up_words
from feeds.query.expr import Lines
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.tinydb_store import open_store


class Collections:
    """How long each run of the collector of cycles took."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._began = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _: Mapping[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.longest = max(self.longest, time.thread_time() - self._began)


def walk(catches: Catches, topic: Topic) -> float:
    """Look for the topic; the longest step."""
    steps, longest = catches.adopt(topic), 0.0
    while True:
        began = time.thread_time()
        done = next(steps, steps) is steps
        longest = max(longest, time.thread_time() - began)
        if done:
            return longest


async def beside_readers(catches: Catches, topic: Topic) -> tuple[float, float]:
    """The longest step, and the longest that the event loop was held up."""
    longest = 0.0

    async def serve() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before - 0.001)

    serving = asyncio.create_task(serve())
    step = await asyncio.to_thread(walk, catches, topic)
    serving.cancel()
    return step, longest


def measure(catches: Catches, changed: Mapping[str, Lines], before: Topic) -> None:
    for name, match in changed.items():
        collections, began = Collections(), time.process_time()
        step, longest = asyncio.run(beside_readers(catches, replace(before, match=match)))
        print(f"{name}: {time.process_time() - began:.2f} s of CPU, {len(next(iter(catches)).candidates)} caught")
        print(f"{name}, longest step: {1000 * step:.0f} ms of CPU")
        print(f"{name}, longest run of the collector: {1000 * collections.longest:.0f} ms of CPU")
        print(f"{name}, longest wait of the event loop: {1000 * longest:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stored", type=int, default=100_000)
    asked = parser.parse_args()
    known = made_up_words(Random(0), 20_000)
    topics = [a_topic(number, known)[0] for number in range(101)]
    changed: dict[str, Lines] = {
        "other phrases": topics[100].match,
        "an ordinary word": {"any": (parse_query(known[300]),)},
        "a beginning": {"any": (parse_query(f"{known[300][:6]}*"),)},
        "a common word": {"any": (parse_query(known[3]),)},
    }
    with TemporaryDirectory() as folder, open_store(Path(folder), writable=True) as store:
        fill(store, asked.stored, known)
        catches = Catches(topics[:-1], store=store, sources={}, analyser=Analyser(), observe=print)
        began = time.process_time()
        catches.load()
        print(f"a start, {asked.stored} entries: {time.process_time() - began:.2f} s of CPU")
        measure(catches, changed, topics[0])
        print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
