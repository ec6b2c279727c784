"""What only a store in files of our own has commands for; a database has its own means."""

from __future__ import annotations

from pathlib import Path

from aggregator.config import Config
from feeds.errors import StoreError

BACKED_UP = "back it up with: pg_dump --schema=topicwire --format=custom --file=FILE URL"
RESTORED = "restore it with: pg_restore --clean --if-exists --dbname=URL FILE, while nothing of topicwire runs"
COMPACTED = (
    "the server frees what is dead by itself (autovacuum), and VACUUM FULL gives it back to the system; "
    "`topicwire migrate` brings everything to a TinyDB store"
)


def folder_of(config: Config, *, instead: str) -> Path:
    """The folder of the config's TinyDB store; raises StoreError, with what to do `instead`, where it is a database."""
    if config.store.database:
        raise StoreError(f"{config.store.shown} is kept by PostgreSQL: {instead}")
    return config.store.folder
