"""`search`: which stored entries does a line find?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import click

from aggregator.cli.lines import read_line
from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.passages import console, marked, passages
from aggregator.cli.places import brief
from aggregator.lookup import Hit, search
from aggregator.observing.printable import escaped
from feeds.text.forms import Analyser
from storage.opening import open_at


@click.command("search", epilog="""Example: topicwire search '"security guarantee" -bank' --limit 5""")
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Entries at most.")
@config_option
@json_option
def command(query: tuple[str, ...], limit: int, config_file: Path | None, *, as_json: bool) -> int:
    """Which stored entries does QUERY find, and where?

    QUERY is a line as a topic has them (docs/topics.md), best in single quotes: shells take "…", * and ( ) for their
    own. Newest first; where it has weights, what counts most first.
    Works beside a running daemon and changes nothing.
    """
    config = read_config(config_file)
    line = read_line(" ".join(query), config)
    sources = {source.id: source for source in config.sources}
    with open_at(config.store.where, writable=False) as store:
        found = list(islice(search(store, line, sources=sources, analyser=Analyser()), limit))
    if as_json:
        click.echo(json.dumps([_plain(hit) for hit in found], ensure_ascii=False, indent=2))
    else:
        _show(found)
    if not found:
        click.echo("topicwire: nothing that is stored fits", err=True)
    return 0


def _plain(hit: Hit) -> dict[str, Any]:
    return {
        **brief(hit.entry),
        "first_seen": hit.entry.first_seen.isoformat(),
        "score": hit.score,
        "spans": [{"field": span.field, "start": span.start, "end": span.end} for span in hit.spans],
    }


def _show(found: Iterable[Hit]) -> None:
    out = console()
    colour = out.is_terminal
    for hit in found:
        entry = hit.entry
        out.print(marked(entry.title, (span for span in hit.spans if span.field == "title"), colour=colour))
        out.print(
            f"  {entry.first_seen:%Y-%m-%d %H:%M}  {entry.source}  {entry.id}  {escaped(entry.url)}", markup=False
        )
        for passage in passages(entry, hit.spans, colour=colour):
            out.print("  ", passage, sep="")
