"""`rebuild`: deduplicate everything anew."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.deciding import take_effect
from aggregator.cli.options import config_option
from aggregator.control import Rebuild


@click.command("rebuild", epilog="Example, after an upgrade: topicwire rebuild")
@config_option
def command(config_file: Path | None) -> int:
    """Place all entries anew: copies, editions, stories.

    By what is stored and what people decided; every id that was published stays. Fetching waits meanwhile.
    """
    return take_effect(config_file, Rebuild())
