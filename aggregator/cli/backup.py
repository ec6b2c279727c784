"""`backup`: a copy of the store, whole and checked."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.files import BACKED_UP, folder_of
from aggregator.cli.options import config_option, read_config
from aggregator.cli.tables import counted
from storage.backup import back_up


@click.command("backup", epilog='Example, every night: topicwire backup "backups/$(date +%F)"')
@config_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(config_file: Path | None, folder: Path) -> int:
    """Copy everything that is remembered into FOLDER, which is made.

    Works beside a running daemon: the copy is the state of one moment. `restore` takes it back.
    """
    copied = back_up(folder_of(read_config(config_file), instead=BACKED_UP), folder)
    click.echo(f"{folder}: {counted(copied.entries, 'entry')}, {copied.size / 1e6:.1f} MB")
    return 0
