"""What `known` costs where a database holds a few or many entries, and by which indexes it finds them.

    python benchmarks/known_on_postgres.py [--entries 10000 1000000]

Entries are made by the server, of 90 days, and among them a thousand of ours, which are then asked for: by all clues
of one entry, as a pass with one new entry asks, and of twenty. Time on the wall, best of 5 rounds of 200 questions.
The plan of each question is looked through: a table that is read from beginning to end is a missed index.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.passes_on_postgres import entry_of
from feeds.model import Entry
from storage.port import Change, Keys, Store
from storage.postgres.rows import asked_marks, bytes_of
from storage.postgres_store import _BURIED, _KNOWN, open_postgres
from tests.fakes import postgres

NEWEST = datetime(2026, 6, 1, 12, tzinfo=UTC)
SPAN = timedelta(days=90)
OURS = 1_000
ROUND = 200
MADE = """
    INSERT INTO entry (id, source, guid, url, title, moment, first_seen)
    SELECT md5('id' || n), 'source-' || mod(n, 5000), decode(md5('guid' || n), 'hex'), decode(md5('url' || n), 'hex'),
        decode(md5('title' || n), 'hex'), decode(md5('moment' || n), 'hex'),
        %(newest)s::timestamptz - %(span)s::interval * n / %(count)s
    FROM generate_series(1, %(count)s) AS n"""
BODIES = "INSERT INTO body SELECT id, first_seen, %(document)s FROM entry WHERE source LIKE 'source-%%'"


def fill(url: str, store: Store, count: int) -> list[Entry]:
    """Ours, after everything is there."""
    ours = [entry_of(n, f"ours-{n % 50}", NEWEST - SPAN * n / OURS) for n in range(1, OURS + 1)]
    store.commit(Change(entries=tuple(ours)))
    weeks = [entry_of(n, "weeks", NEWEST - timedelta(days=n)) for n in range(SPAN.days + 1)]
    store.commit(Change(entries=tuple(weeks)))  # so that there is a partition for each
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = topicwire")
        connection.execute(MADE, {"newest": NEWEST, "span": SPAN, "count": count})
        connection.execute(BODIES, {"document": bytes_of(ours[0])})
        connection.execute("VACUUM ANALYZE")
    return ours


def keys_of(entries: Sequence[Entry]) -> Keys:
    return Keys(
        ids=frozenset(one.id for one in entries),
        guids=frozenset((one.source, one.guid) for one in entries),
        urls=frozenset(one.canonical_url for one in entries),
        titles=frozenset((one.source, one.title) for one in entries),
        moments=frozenset((one.source, one.published) for one in entries),
    )


def per_question(store: Store, ours: Sequence[Entry], size: int, *, buried: bool = False) -> float:
    """Seconds."""
    asked = [keys_of(ours[first : first + size]) for first in range(0, OURS - size, size)]
    best = 1e9
    for _ in range(5):
        began = time.perf_counter()
        for number in range(ROUND):
            keys = asked[number % len(asked)]
            found = store.buried(keys) if buried else store.known(keys)
            assert len(found) == (0 if buried else size)
        best = min(best, (time.perf_counter() - began) / ROUND)
    return best


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def scans(url: str, statement: str, keys: Keys) -> dict[str, set[str]]:
    """By kind of scan, the indexes or tables that are read, those only that were."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = topicwire")
        question = "EXPLAIN (ANALYZE, FORMAT JSON) " + statement
        [[[told]]] = connection.execute(question.encode(), [sorted(keys.ids), *asked_marks(keys)]).fetchall()
    read: dict[str, set[str]] = {}
    for node in nodes(told["Plan"]):
        if "Scan" in node["Node Type"] and node["Actual Loops"]:
            name = node.get("Index Name") or node.get("Relation Name") or node.get("Alias", "")
            read.setdefault(node["Node Type"], set()).add(name)
    return read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, nargs="*", default=[10_000, 1_000_000])
    asked = parser.parse_args()
    for count in asked.entries:
        with (
            postgres.running() as server,
            postgres.database(server.url()) as url,
            open_postgres(url, writable=True) as store,
        ):
            ours = fill(url, store, count)
            for size in (1, 20):
                print(f"known_of_{size}_at_{count}_us: {per_question(store, ours, size) * 1e6:.0f}", flush=True)
            print(f"buried_of_20_at_{count}_us: {per_question(store, ours, 20, buried=True) * 1e6:.0f}", flush=True)
            for name, statement in (("known", _KNOWN), ("buried", _BURIED)):
                read = scans(url, statement, keys_of(ours[:20]))
                for kind in sorted(read):
                    print(f"{name}_at_{count}, {kind}: {', '.join(sorted(read[kind]))}")
                print(f"{name}_at_{count}_missed: {len(read.get('Seq Scan', ()))}", flush=True)


if __name__ == "__main__":
    main()
