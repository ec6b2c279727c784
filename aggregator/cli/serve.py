"""`serve`: the daemon."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from aggregator import daemon, sigterm
from aggregator.app import open_app, real_world
from aggregator.cli.options import config_option, read_config
from aggregator.cli.subscribe import announcing
from aggregator.events import tee
from aggregator.logs import configure, log_event


@click.command("serve", epilog="Example: topicwire serve --config my.toml")
@config_option
def command(config_file: Path | None) -> int:
    """Fetch, publish and serve until Ctrl-C.

    Prints the addresses to subscribe to. Goes on while sources cannot be reached: what is stored is served.
    """
    config = read_config(config_file)
    configure(sys.stderr, secrets=config.secrets)
    with open_app(config, world=real_world(), observe=tee(announcing(config), log_event)) as app:
        sigterm.check()
        asyncio.run(daemon.run(app.daemon()))
    return 0
