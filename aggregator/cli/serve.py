"""`serve`: the daemon."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from aggregator import daemon, sigterm
from aggregator.allocation import keep_little
from aggregator.app import open_app
from aggregator.cli.options import config_option, log_option, read_config
from aggregator.cli.problems import tell_broken
from aggregator.cli.progress import FirstFetch
from aggregator.cli.subscribe import announcing
from aggregator.config import Config, load
from aggregator.events import tee
from aggregator.log_form import is_the_journals, log_form
from aggregator.logs import configure, log_event
from aggregator.notify import supervisor
from aggregator.world import real_world


@click.command("serve", epilog="Example: topicwire serve --config my.toml")
@config_option
@log_option
def command(config_file: Path | None, log_as: str) -> int:
    """Fetch, publish and serve until Ctrl-C.

    Prints the addresses to subscribe to. Goes on while sources cannot be reached: what is stored is served. Follows the
    config when it is saved, or on SIGHUP; one that is wrong changes nothing, and the log says why.
    """
    keep_little()
    config = read_config(config_file)
    lines = configure(
        sys.stderr,
        secrets=config.secrets,
        form=log_form(log_as, sys.stderr, os.environ),
        prefixed=is_the_journals(sys.stderr, os.environ),
    )

    def read(file: Path) -> Config:
        found = load(file, environ=os.environ)
        lines.hide(found.secrets)
        return found

    manager = supervisor(os.environ)
    first = FirstFetch()
    observe = tee(announcing(config), log_event, first.observe, manager.observe)
    with open_app(config, world=real_world(), observe=observe) as app:
        tell_broken(config, observe)
        sigterm.check()
        try:
            asyncio.run(daemon.run(replace(app.daemon(read=read, apart=True), supervisor=manager)))
        finally:
            first.close()
    return 0
