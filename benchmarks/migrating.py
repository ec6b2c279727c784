"""A store moved to PostgreSQL and back: how long that takes, how large both are, and what readers notice.

    python benchmarks/migrating.py [--entries 50000]

Entries have summaries of 60 words, and each is in a story of its own. What is published from each store is compared
document by document, archives included: `differing_documents` have another ETag than before the move, so that a reader
would download them again. A server is started for it, which writes to disk as a server by default does.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from aggregator.app import open_app
from aggregator.config import load
from aggregator.world import real_world
from benchmarks.store_postgres import batches, made
from feeds.model import Site
from storage.moving import move
from storage.opening import Where, open_at
from storage.port import Change
from tests.fakes import postgres

CONFIG = """
[store]
url = "{url}"
[publish]
folder = "site"
[[topic]]
id = "ferries"
title = "Ferries"
match = ["ferry"]
[[topic]]
id = "stories"
title = "Stories"
match = ["storm", "council"]
collapse = "stories"
"""
A_CHANGE = 500


def filled(folder: Path, count: int) -> None:
    ago = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=count + 60)
    with open_at(folder, writable=True) as store:
        store.commit(Change(site=Site(id=UUID(int=7), since=ago)))
        for some in batches(made(count, began=ago), A_CHANGE):
            store.commit(Change(entries=tuple(e for e, _ in some), placements=tuple(p for _, p in some)))


def etags(url: str) -> Mapping[str, str]:
    """Of everything that is published from the store at `url`, by path."""
    Path("config.toml").write_text(CONFIG.format(url=url), "utf-8")
    with open_app(load(Path("config.toml"), environ={}), world=real_world(), observe=lambda _: None) as app:
        while app.publisher.publish():
            pass  # it goes on with the archives
        documents = app.publisher.shelf.documents
        return {path: one.etag for path, one in documents.items() if path.startswith("/feeds/") and "_" not in path}


def moved(source: Where, target: Where) -> tuple[float, int]:
    """Seconds, and bytes of the target."""
    with open_at(source, writable=True) as origin, open_at(target, writable=True) as store:
        began = time.perf_counter()
        move(origin, store)
        return time.perf_counter() - began, store.counts().size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=50_000)
    entries = parser.parse_args().entries
    with TemporaryDirectory() as name, chdir(name), postgres.running(durable=True) as server:
        folder, back, database = Path(name) / "store", Path(name) / "back", postgres.as_in_a_config(server.url())
        filled(folder, entries)
        before = etags(f"tinydb:{folder}")
        figures: dict[str, float] = {"entries": entries, "documents": len(before)}
        figures["tinydb_mb"] = (folder / "journal").stat().st_size / 1e6
        figures["to_postgres_s"], size = moved(folder, database)
        figures["postgres_mb"] = size / 1e6
        there = etags(database)
        figures["back_to_tinydb_s"], _ = moved(database, back)
        here = etags(f"tinydb:{back}")
        figures["differing_documents"] = sum(
            before.get(path) != found.get(path) for found in (there, here) for path in {*before, *found}
        )
    for figure, value in figures.items():
        print(f"{figure}: {value:.1f}" if isinstance(value, float) else f"{figure}: {value}")


if __name__ == "__main__":
    main()
