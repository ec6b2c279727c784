"""`restore`: a backup becomes the store."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.files import RESTORED, folder_of
from aggregator.cli.options import config_option, read_config
from aggregator.cli.tables import counted
from storage.backup import restore


@click.command("restore", epilog="Example: topicwire restore backups/2026-05-04")
@config_option
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
def command(config_file: Path | None, folder: Path) -> int:
    """Put the backup in FOLDER in place of what is remembered now.

    The daemon must be stopped. What was there before stays beside it, under another name.
    """
    store = folder_of(read_config(config_file), instead=RESTORED)
    copied, kept_as = restore(folder, store)
    click.echo(f"{store}: {counted(copied.entries, 'entry')}, {copied.size / 1e6:.1f} MB")
    if kept_as:
        click.echo(f"what was there before is now {kept_as}; delete it when you no longer want it")
    return 0
