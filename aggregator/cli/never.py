"""`never`: two entries are not the same and tell no story together."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.deciding import take_effect, undo_option
from aggregator.cli.options import config_option
from aggregator.control import Decide
from feeds.model import DecisionKind


@click.command("never", epilog="Example: topicwire never 5f0c9a1e https://outlet.example/news/17")
@config_option
@undo_option
@click.argument("entry", metavar="A")
@click.argument("other", metavar="B")
def command(config_file: Path | None, entry: str, other: str, *, undo: bool) -> int:
    """Keep the entries A and B apart, for good: never copies, editions or one story.

    Each is an id, eight or more characters of one, or a URL.
    """
    return take_effect(config_file, Decide(kind=DecisionKind.NEVER, entry=entry, other=other, undo=undo))
