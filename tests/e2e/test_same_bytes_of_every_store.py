"""The same documents come in, in the same order, over stores of every kind: readers get the same bytes."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from feeds.model import DecisionKind
from feeds.query.syntax import parse_query
from feeds.topics import Topic
from storage.memory import MemoryStore
from storage.moving import digest
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store
from tests.fakes.wire import FERRY, HOUR, TREATY, Told, Wire, five, near_copies, source_of, without_end

TOPICS = (
    Topic(id="all", title="All", match={"any": (parse_query("*"),)}, limit=5),
    Topic(id="stories", title="Stories", match={"any": (parse_query("*"),)}, collapse="stories"),
    Topic(id="every", title="Every one", match={"any": (parse_query("ferry OR treaty"),)}, collapse="none"),
)
BUSY = source_of("busy")


def a_week(wire: Wire) -> None:
    """Copies, stories, edits, a long history, decisions, a restart."""
    sources = five()
    for source, treaty in zip(sources, near_copies(TREATY), strict=True):
        wire.take(source, Told(title="River treaty signed in Lindholm", text=treaty, at=wire.now))
        wire.now += HOUR
    for source, ferry in zip(sources[:3], (FERRY, without_end(FERRY), f"SANDHOLM – {FERRY}"), strict=True):
        wire.take(source, Told(title="Ferry aground off Sandholm", text=ferry, at=wire.now, guid="2"))
        wire.now += HOUR
    edited = Told(
        title="Ferry aground off Sandholm", text=FERRY.replace("Nobody was", "Two were"), at=wire.now, guid="2"
    )
    wire.take(sources[0], edited)
    for first in range(0, 120, 12):
        listed = [
            Told(
                title=f"Tide {n} at Sandholm",
                text=f"The water stood {n} feet high on pier {n % 7}.",
                at=wire.now,
                guid=f"t{n}",
            )
            for n in range(first, first + 12)
        ]
        wire.take(BUSY, *listed)
        wire.now += HOUR
    ids = {entry.title: entry.id for entry in wire.store.entries() if entry.source == BUSY.id}
    wire.decide(DecisionKind.HIDE, ids["Tide 118 at Sandholm"])
    wire.decide(DecisionKind.JOIN, ids["Tide 3 at Sandholm"], ids["Tide 50 at Sandholm"])
    wire.restart()
    wire.rebuild()
    while wire.publisher.publish():
        pass  # it goes on with the archives


@pytest.mark.heavy
def test_the_same_passes_publish_the_same_bytes_whatever_store_remembers_them(tmp_path, postgres_url):
    with ExitStack() as opened:
        stores = {
            "memory": MemoryStore(),
            "tinydb": opened.enter_context(open_store(tmp_path / "store", writable=True)),
            "postgres": opened.enter_context(open_postgres(postgres_url, writable=True)),
        }
        shelves, digests = {}, {}
        for kind, store in stores.items():
            wire = Wire(sources=[*five(), BUSY], store=store, topic=TOPICS[0], others=TOPICS[1:])
            a_week(wire)
            shelves[kind], digests[kind] = dict(wire.publisher.shelf.documents), digest(store)
    assert any("/archive/" in path for path in shelves["memory"])
    assert shelves["tinydb"] == shelves["memory"]
    assert shelves["postgres"] == shelves["memory"]
    assert len(set(digests.values())) == 1
