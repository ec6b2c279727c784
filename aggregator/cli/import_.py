"""`import`: follow all sources of a list."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from aggregator.cli.options import config_option, read_config
from aggregator.cli.progress import steps
from aggregator.cli.tables import counted, print_table
from aggregator.config import Config
from aggregator.config.addresses import check_web_url
from aggregator.config.append import NewSource, append_sources, free_id
from aggregator.config.ids import id_from_url
from feeds.addresses import same_document
from feeds.errors import ParseError
from feeds.model import Outline
from feeds.read.opml import read_opml


@click.command("import", epilog="Example: topicwire import subscriptions.opml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_option
def command(file: Path, config_file: Path | None) -> int:
    """Follow all sources that the list FILE (OPML) names, and that are not followed yet.

    They are appended to the config, in which nothing else moves; folders become tags. Nothing is fetched. What is
    there already is told with its source; what cannot be followed is told too, and the exit code is then 1.
    """
    config = read_config(config_file)
    try:
        outlines = read_opml(file.read_bytes())
    except ParseError as error:
        raise click.ClickException(f"{file}: {error}") from error
    with steps("adding sources"):
        new, known, refused = _sorted(outlines, config)
        if new:
            append_sources(config.file, new, environ=os.environ)
    if known:
        print_table(("FOLLOWED ALREADY", "SOURCE"), known)
    if refused:
        print_table(("NOT FOLLOWED", "BECAUSE"), refused)
    click.echo(
        f"{config.file}: {counted(len(new), 'source')} added, {len(known)} followed already, {len(refused)} refused"
    )
    return 1 if refused else 0


def _sorted(
    outlines: Iterable[Outline], config: Config
) -> tuple[list[NewSource], list[tuple[str, str]], list[tuple[str, str]]]:
    """What is to be added, what is there already with its source, and what cannot be followed with the reason."""
    by_url = {same_document(source.url): source.id for source in config.sources}
    ids = {source.id for source in config.sources}
    new: list[NewSource] = []
    known: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for outline in outlines:
        try:
            check_web_url(outline.url)
        except ValueError as error:
            refused.append((outline.title or outline.url, str(error)))
            continue
        if there := by_url.get(same_document(outline.url)):
            known.append((outline.url, there))
            continue
        source = _source(outline, free_id(outline.url, ids))
        by_url[same_document(outline.url)] = source.id or id_from_url(source.url)
        ids.add(source.id or id_from_url(source.url))
        new.append(source)
    return new, known, refused


def _source(outline: Outline, own_id: str) -> NewSource:
    name = "".join(filter(str.isprintable, outline.title)).strip()
    return NewSource(url=outline.url, id=own_id, name="" if name == outline.url else name, tags=outline.tags)
