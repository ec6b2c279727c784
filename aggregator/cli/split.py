"""`split`: an entry is no part of a story."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.deciding import take_effect, undo_option
from aggregator.cli.options import config_option
from aggregator.control import Decide
from feeds.model import DecisionKind


@click.command("split", epilog="Example: topicwire split 5f0c9a1e https://outlet.example/news/17")
@config_option
@undo_option
@click.argument("story")
@click.argument("entry")
def command(config_file: Path | None, story: str, entry: str, *, undo: bool) -> int:
    """Take ENTRY out of STORY, for good: it tells of something else.

    STORY is a story's id, eight or more characters of it, or another entry in it. ENTRY is an id, eight or more
    characters of one, or a URL. Its copies go with it.
    """
    return take_effect(config_file, Decide(kind=DecisionKind.SPLIT, entry=entry, other=story, undo=undo))
