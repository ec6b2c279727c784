"""A change that one process publishes: when does a server beside it answer with that, and what does following cost it?

    python benchmarks/followed.py [--topics 100]

A PostgreSQL of its own, with its disk as careful as it comes; a server as `topicwire serve --no-fetch` starts it. Each
topic has three feeds, a page and the page's data, of 100 kB each in made-up words. A change is another set of these
five for one topic, and the index. The clock starts when the commit has returned and, for the second figure, when it
begins; it stops when a reader who asks again and again, with the ETag that is there, gets a 200. Processor time is of
both processes of the server, best of three rounds in which nobody asks; memory is what both hold when all is there.
"""

from __future__ import annotations

import argparse
import http.client
import os
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

from aggregator.cluster.shelving import Elsewhere, shelved
from aggregator.publishing.shelf import Stock
from benchmarks.synthetic import made_up_words
from feeds.model import Document
from feeds.render import ATOM, HTML, JSON, RSS, document
from storage.postgres_store import open_postgres
from tests.fakes import postgres
from tests.fakes.processes import children_of, resident
from tests.fakes.servers import ServerProcess, server_process, until
from tests.fakes.topic_feeds import NOON

CHANGES = 50
ROUNDS = 3
SIZE = 100_000
KINDS = {
    "/feeds/{}.atom": ATOM,
    "/feeds/{}.rss": RSS,
    "/feeds/{}.json": JSON,
    "/topics/{}": HTML,
    "/topics/{}.json": JSON,
}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Publisher:
    """What a daemon publishes, without the daemon."""

    shelve: Elsewhere
    draw: Random = field(default_factory=lambda: Random(1))
    documents: dict[str, Document] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = made_up_words(self.draw, 5000)

    def change(self, *topics: int) -> None:
        for topic in topics:
            for path, kind in KINDS.items():
                self.documents[path.format(topic)] = self.made(kind, SIZE)
        self.documents["/"] = self.made(HTML, SIZE // 5)

    def made(self, kind: str, size: int) -> Document:
        text = " ".join(self.draw.choices(self.words, k=size // 7))
        return document(text.encode()[:size], kind, NOON)

    def publish(self) -> None:
        self.shelve(Stock(documents=dict(self.documents)))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--topics", type=int, default=100)
    topics = asked.parse_args().topics
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.running(durable=True) as database,
        open_postgres(database.url(), writable=True) as store,
    ):
        publisher = Publisher(shelved(store, database.url(), max_age=lambda: timedelta(minutes=7)))
        publisher.change(*range(topics))
        began = time.perf_counter()
        publisher.publish()
        print(f"documents: {len(publisher.documents)}")
        print(f"MB of them, packed: {sum(len(one.gzip) for one in publisher.documents.values()) / 1e6:.1f}")
        print(f"seconds to publish all: {time.perf_counter() - began:.2f}")
        with server_process(Path(folder), database.url()) as server:
            until(lambda: server.status("/topics/0") == 200)
            processes = (server.process.pid, *children_of(server.process.pid))
            print(f"MB of memory of the server: {sum(map(resident, processes)) / 1e6:.0f}")
            print(
                f"MB of memory of each of its processes: {', '.join(f'{resident(one) / 1e6:.0f}' for one in processes)}"
            )
            since_commit, since_before = zip(
                *(seen(server, publisher, n % topics) for n in range(CHANGES)), strict=True
            )
            print(f"ms from commit to a reader, median of {CHANGES}: {1000 * median(since_commit):.1f}")
            print(f"ms from before the commit, median of {CHANGES}: {1000 * median(since_before):.1f}")
            print(f"ms from commit, the slowest: {1000 * max(since_commit):.1f}")
            cost = min(followed(server, publisher, processes, topics) for _ in range(ROUNDS))
            print(f"ms of processor time for each document that changed: {1000 * cost:.2f}")
            idle = cpu(processes)
            time.sleep(10)
            print(f"ms of processor time in a second without changes: {100 * (cpu(processes) - idle):.2f}")


def seen(server: ServerProcess, publisher: Publisher, topic: int) -> tuple[float, float]:
    """Seconds until a reader has a change, from when the commit returned, and from when it began."""
    publisher.change(topic)
    path = f"/feeds/{topic}.atom"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    etag = answer(connection, path, "")[1]
    began = time.perf_counter()
    publisher.publish()
    committed = time.perf_counter()
    while answer(connection, path, etag)[0] != 200:
        time.sleep(0.0005)
    ended = time.perf_counter()
    connection.close()
    time.sleep(0.05)  # what follows is not to meet what is left of this
    return ended - committed, ended - began


def answer(connection: http.client.HTTPConnection, path: str, etag: str) -> tuple[int, str]:
    connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
    found = connection.getresponse()
    found.read()
    return found.status, found.headers["ETag"]


def followed(server: ServerProcess, publisher: Publisher, processes: tuple[int, ...], topics: int) -> float:
    """Processor seconds of the server for each document, where many change, one topic after another."""
    before = cpu(processes)
    for topic in range(20):
        publisher.change(topic % topics)
        publisher.publish()
        time.sleep(0.1)
    until(lambda: server.ask("/feeds/19.atom").headers["etag"] == publisher.documents["/feeds/19.atom"].etag)
    return (cpu(processes) - before) / (20 * (len(KINDS) + 1))


def cpu(processes: tuple[int, ...]) -> float:
    """Seconds of the processor that they have had."""
    return sum(sum(map(int, fields(process)[11:13])) for process in processes) / _TICKS


def fields(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()


if __name__ == "__main__":
    main()
