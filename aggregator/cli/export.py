"""`export`: the sources as a list for other feed readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator.cli.options import config_option, read_config
from aggregator.cli.tables import counted
from aggregator.config import Config
from aggregator.durable import replace_file
from feeds.model import Outline, SourceState
from feeds.render.opml import opml
from storage.opening import open_at


@click.command("export", epilog="Example: topicwire export sources.opml")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@config_option
def command(file: Path, config_file: Path | None) -> int:
    """Write the sources that are followed to FILE as OPML 2.0; `-` is standard output.

    Disabled sources stay out. Titles and pages are those that the feeds gave when they were last read; headers, and
    the secrets in them, are not written.
    """
    config = read_config(config_file)
    with open_at(config.store.where, writable=False) as store:
        outlines = _outlines(config, store.states())
    document = opml(outlines, title=config.site.title, created=datetime.now(UTC).replace(microsecond=0))
    if str(file) == "-":
        click.echo(document, nl=False)
        return 0
    replace_file(file, document)
    left_out = len(config.sources) - len(outlines)
    click.echo(f"{file}: {counted(len(outlines), 'source')}" + (f", {left_out} disabled left out" if left_out else ""))
    return 0


def _outlines(config: Config, states: Mapping[str, SourceState]) -> list[Outline]:
    found = []
    for source in config.sources:
        if source.enabled:
            state = states.get(source.id)
            read = state if state and state.url == source.url else SourceState(source=source.id, url=source.url)
            title = source.name or read.title or source.id
            found.append(
                Outline(url=source.url, title=title, home=read.home, language=source.language, tags=source.tags)
            )
    return found
