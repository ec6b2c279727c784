"""`init`: a config to begin with."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.called import called
from aggregator.config.locate import NAME, find, home, user_config, user_data
from aggregator.config.shipped import SCHEMA_NAME, config_to_begin_with, shipped_schema, with_folders
from aggregator.durable import replace_file


@click.command("init", epilog="Example, for the folder where you are: topicwire init .")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a config that is there.")
@click.option("--schema", "schema_only", is_flag=True, help="Write config.schema.json alone: after an upgrade.")
def command(file: Path | None, *, force: bool, schema_only: bool) -> int:
    """Write a config to begin with, every key with a comment, to FILE, or to config.toml in a folder.

    A name without an ending is a folder, which is made. Without FILE it goes to your config folder, where all commands
    find it, and its data to your data folder. Beside it goes config.schema.json, by which editors complete and check
    it.
    """
    own = home()
    if file is None:
        target = user_config(home=own, environ=os.environ)
        text = with_folders(config_to_begin_with(), data=user_data(home=own, environ=os.environ), home=own)
    else:
        target = file / NAME if file.is_dir() or not (file.suffix or file.exists()) else file
        text = config_to_begin_with()
    schema = target.parent / SCHEMA_NAME
    if target.exists() and not (force or schema_only):
        raise click.ClickException(f"{target} is there already; --force replaces it, --schema leaves it as it is")
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(schema.resolve(), shipped_schema().encode())
    if schema_only:
        click.echo(f"written: {schema}")
        return 0
    replace_file(target.resolve(), text.encode())
    click.echo(f"written: {target} (and {SCHEMA_NAME} beside it, for editors)")
    click.echo(_next(target, own))
    return 0


def _next(target: Path, own: Path) -> str:
    """What to do with the config now; another one may be found before it."""
    found = find(folder=Path(), home=own, environ=os.environ)
    named = "" if found is not None and found.resolve() == target.resolve() else f" --config {target}"
    other = f"; without --config, {found.resolve()} is taken" if named and found else ""
    return f"next: `{called()} check{named}` tells whether it is right, `{called()} serve{named}` starts{other}"
