"""`hide`: keep an entry from every topic feed."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.deciding import take_effect, undo_option
from aggregator.cli.options import config_option
from aggregator.control import Decide
from feeds.model import DecisionKind


@click.command("hide", epilog="Example: topicwire hide https://outlet.example/news/17")
@config_option
@undo_option
@click.argument("entry")
def command(config_file: Path | None, entry: str, *, undo: bool) -> int:
    """Keep ENTRY from every topic feed, for good.

    ENTRY is an id, eight or more characters of one, or a URL. A running daemon or worker takes it out of its feeds at
    once; nothing is deleted.
    """
    return take_effect(config_file, Decide(kind=DecisionKind.HIDE, entry=entry, undo=undo))
