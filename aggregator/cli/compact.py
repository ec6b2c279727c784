"""`compact`: free what the store no longer needs; mend it; take its documents elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.files import COMPACTED, folder_of
from aggregator.cli.options import config_option, read_config
from aggregator.cli.progress import steps
from aggregator.cli.tables import counted
from feeds.errors import StoreError
from storage.export import export
from storage.loading import JOURNAL
from storage.repair import Repaired, repair
from storage.tinydb_store import open_store


@click.command("compact", epilog="Example: topicwire compact --export entries.json")
@config_option
@click.option("--repair", "mend", is_flag=True, help="Keep what is whole in a damaged store, tell what is not.")
@click.option(
    "--export",
    "export_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only write all documents to FILE as an ordinary TinyDB database; works beside a running daemon.",
    metavar="FILE",
)
def command(config_file: Path | None, *, mend: bool, export_file: Path | None) -> int:
    """Free what the store no longer needs.

    A running daemon does so by itself. With --repair, a damaged journal is replaced by one of all that is whole in it,
    and kept beside it.
    """
    if mend and export_file:
        raise click.UsageError("--repair and --export are two things: ask for one, then for the other")
    folder = folder_of(read_config(config_file), instead=COMPACTED)
    if not (folder / JOURNAL).exists():
        raise StoreError(f"{folder} has no store: there is nothing to compact, repair or export")
    if export_file:
        with steps("writing"), open_store(folder, writable=False) as store:
            count = export(store.database.journal, export_file)
        click.echo(f"{export_file}: {counted(count, 'document')}")
        return 0
    if mend:
        with steps("looking for what is whole"):
            repaired = repair(folder)
        _tell(repaired)
    with open_store(folder, writable=True) as store:
        if store.upgraded:
            click.echo(
                f"upgraded from format {store.upgraded.version}; the older journal is {store.upgraded.kept_as} now"
            )
        before = store.counts().size
        with steps("compacting") as step:
            store.compact(step)
        after = store.counts().size
    click.echo(f"{folder}: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now")
    return 0


def _tell(found: Repaired) -> None:
    if found.kept_as is None:
        click.echo(f"nothing is damaged: {counted(found.records, 'change')}, all whole")
        return
    for lost in found.lost:
        click.echo(f"lost at byte {lost.offset}: {getattr(lost, 'reason', 'a change that was never finished')}")
    click.echo(f"{counted(found.records, 'whole change')} kept; the damaged journal is now {found.kept_as}")
