"""`serve`: the daemon."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from aggregator.cli.options import config_option, log_option, read_config
from aggregator.cli.problems import tell_broken
from aggregator.cli.progress import FirstFetch
from aggregator.cli.subscribe import announcing
from aggregator.codes import Code
from aggregator.config import Config, load
from aggregator.observing.events import tee
from aggregator.observing.log_form import is_the_journals, log_form
from aggregator.observing.logs import configure, log_event
from aggregator.running import sigterm
from aggregator.running.allocation import keep_little
from aggregator.running.notify import Supervisor, supervisor


@click.command("serve", epilog="Example: topicwire serve --config my.toml")
@config_option
@log_option
@click.option("--no-fetch", is_flag=True, help="Only serve what others publish; needs a store in PostgreSQL.")
def command(config_file: Path | None, log_as: str, *, no_fetch: bool) -> int:
    """Fetch, publish and serve until Ctrl-C.

    Prints the addresses to subscribe to. Goes on while sources cannot be reached: what is stored is served. Follows the
    config when it is saved, or on SIGHUP; one that is wrong changes nothing, and the log says why.

    With --no-fetch, nothing is asked, judged or stored here: readers get what the daemon or the workers that share the
    database publish, on as many machines as you like.
    """
    keep_little()
    config = read_config(config_file)
    if no_fetch and not config.store.database:
        raise click.ClickException(
            f"{config.store.shown} is for one machine, and `serve --no-fetch` follows a database: "
            f'set url under [store] to "postgresql://…", or leave --no-fetch out [{Code.ONE_MACHINE}]'
        )
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
    if no_fetch:
        _serve(config, read, manager)
    else:
        _fetch_and_serve(config, read, manager)
    return 0


def _fetch_and_serve(config: Config, read: Callable[[Path], Config], manager: Supervisor) -> None:
    from aggregator.app import open_app  # noqa: PLC0415 - likewise
    from aggregator.running import daemon  # noqa: PLC0415 - a server needs none of it, nor the memory for it
    from aggregator.world import real_world  # noqa: PLC0415 - likewise

    first = FirstFetch()
    observe = tee(announcing(config), log_event, first.observe, manager.observe)
    with open_app(config, world=real_world(), observe=observe) as app:
        tell_broken(config, observe)
        sigterm.check()
        try:
            asyncio.run(daemon.run(replace(app.daemon(read=read, apart=True), supervisor=manager)))
        finally:
            first.close()


def _serve(config: Config, read: Callable[[Path], Config], manager: Supervisor) -> None:
    from aggregator.cluster import serving  # noqa: PLC0415 - one machine needs none of it
    from aggregator.cluster.server import server  # noqa: PLC0415 - likewise

    observe = tee(announcing(config, follows=True), log_event, manager.observe)
    parts = replace(server(config, read=read, observe=observe), supervisor=manager)
    sigterm.check()
    asyncio.run(serving.run(parts))
