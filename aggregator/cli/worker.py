"""`worker`: one of several processes on one database, on any number of machines."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Timer

import click

from aggregator.cli.options import config_option, log_option, read_config
from aggregator.cli.problems import tell_broken
from aggregator.codes import Code
from aggregator.config import Config, load
from aggregator.observing.events import Event, Stopping, tee
from aggregator.observing.log_form import is_the_journals, log_form
from aggregator.observing.logs import configure, log_event
from aggregator.running import sigterm
from aggregator.running.allocation import keep_little
from aggregator.running.notify import supervisor
from aggregator.world import real_world
from feeds.errors import MissingExtra

LONGEST = timedelta(seconds=9.5)
"""What a stop takes: service managers and container engines kill after ten seconds."""


@click.command("worker", epilog="Example: topicwire worker --config my.toml")
@config_option
@log_option
def command(config_file: Path | None, log_as: str) -> int:
    """Fetch beside other workers until Ctrl-C.

    Any number of workers share one PostgreSQL database, on any number of machines with the same config: each source is
    asked by one of them, and one of them judges and publishes. Each may be stopped or die at any moment, others take
    over. Readers are answered by `topicwire serve --no-fetch`.
    """
    keep_little()
    config = read_config(config_file)
    if not config.store.database:
        raise click.ClickException(
            f"{config.store.shown} is for one machine, and workers share a database: set url under [store] to "
            f'"postgresql://…", or run `topicwire serve`, which fetches by itself [{Code.ONE_MACHINE}]'
        )
    try:
        from aggregator.cluster import worker  # noqa: PLC0415 - likewise
        from aggregator.worker_app import open_worker  # noqa: PLC0415 - libraries that one machine needs none of
    except ImportError as error:
        raise MissingExtra("postgres") from error

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
    observe = tee(log_event, manager.observe, _end_in_time)
    with open_worker(config, world=real_world(), observe=observe, read=read) as parts:
        tell_broken(config, observe)
        sigterm.check()
        asyncio.run(worker.run(replace(parts, supervisor=manager)))
    return 0


def _end_in_time(event: Event) -> None:
    """A database that hangs keeps threads for longer than a stop may take. Whoever dies is as good as one who ends."""
    if isinstance(event, Stopping):
        last = Timer(LONGEST.total_seconds(), os._exit, [0])
        last.daemon = True
        last.start()
