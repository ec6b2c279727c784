"""`migrate`: everything that is remembered, in another store."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from aggregator.cli.progress import steps
from aggregator.cli.tables import counted
from aggregator.config.addresses import read_store
from feeds.errors import StoreError
from storage.database_urls import shown
from storage.loading import JOURNAL
from storage.moving import move
from storage.opening import Where, open_at
from storage.port import Store


def _place(_context: click.Context, _parameter: click.Parameter, value: str) -> Where:
    """As `url` under [store]; a relative folder starts from where the command is given."""
    try:
        folder, database = read_store(value)
        return database or Path(folder).expanduser().resolve()
    except (ValueError, RuntimeError) as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    "migrate", epilog="Example: topicwire migrate tinydb:var/store postgresql://topicwire@db.example/topicwire"
)
@click.argument("source", metavar="FROM", callback=_place)
@click.argument("target", metavar="TO", callback=_place)
def command(source: Where, target: Where) -> int:
    """Bring everything that is remembered in FROM into TO, which is empty.

    Both are written as `url` under [store]; either may be TinyDB or PostgreSQL. FROM stays as it is. No daemon may
    write to either meanwhile. Ids stay, so subscribers notice nothing. A move that was broken off goes on when it is
    asked for again. At the end both are compared, and must hold the same.
    """
    if source == target:
        raise StoreError(f"{_named(source)} is where everything is already")
    with ExitStack() as opened:
        origin = opened.enter_context(_origin(source))
        store = opened.enter_context(open_at(target, writable=True))
        entries = origin.counts().entries
        with steps("moving") as step:
            looked_at = 0

            def progress(more: int) -> None:
                nonlocal looked_at
                looked_at += more
                step(looked_at, 3 * entries)  # each is moved, and then read from both

            moved = move(origin, store, progress=progress)
    there = "" if moved.written else ", all of which were there already"
    click.echo(f"{_named(target)}: {counted(moved.entries, 'entry')}, {counted(moved.tombstones, 'tombstone')}{there}")
    click.echo(f"both hold the same facts: {moved.digest}")
    return 0


def _origin(source: Where) -> Store:
    """Held as a writer holds it, so that nobody changes it meanwhile. Raises StoreError where nothing is stored."""
    if isinstance(source, Path) and not (source / JOURNAL).exists():
        raise StoreError(f"{source} has no store: nothing was fetched")
    store = open_at(source, writable=True)
    if store.site() is None:  # which whoever publishes settles first
        store.close()
        raise StoreError(f"nothing is stored in {_named(source)}")
    return store


def _named(where: Where) -> str:
    return where.as_posix() if isinstance(where, Path) else shown(where)
