"""`demo`: the daemon on a recorded sample."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from aggregator.app import open_app
from aggregator.cli.options import config_option, read_config
from aggregator.cli.subscribe import announcing
from aggregator.config import Config, PublishSettings, ServeSettings, StoreSettings
from aggregator.config.addresses import read_listen
from aggregator.demo.recording import record
from aggregator.demo.server import serving
from aggregator.observing.events import tee
from aggregator.observing.logs import configure, log_event
from aggregator.running import daemon
from aggregator.world import World, real_world
from feeds.model import Source

HELLO = """\
This is a recorded sample: made-up outlets, served from this machine, nothing is asked of the network.
What it stores is temporary. After half a minute one of its sources edits a headline: the entry keeps its id.
"""


def _listen(_: click.Context, __: click.Parameter, value: str | None) -> ServeSettings | None:
    if value is None:
        return None
    try:
        host, port = read_listen(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return ServeSettings(host=host, port=port)


@click.command("demo", epilog="Example: topicwire demo --listen 127.0.0.1:9000")
@config_option
@click.option("--listen", metavar="HOST:PORT", callback=_listen, help="Where to serve; default: as the config says.")
def command(config_file: Path | None, listen: ServeSettings | None) -> int:
    """Serve a recorded sample: works without a network.

    One story as three outlets tell it in three languages, with follow-ups, look-alikes, a copy, an edit and a dead
    source. With --config its topics take the place of the sample's; its sources and its store are left
    alone.
    """
    own = _own_config()
    config = replace(read_config(config_file), fetch=own.fetch) if config_file else own
    configure(sys.stderr)
    click.echo(HELLO)
    with TemporaryDirectory(prefix="topicwire-demo-") as folder:
        asyncio.run(_serve(_apart(config, Path(folder), listen or config.serve), real_world()))
    return 0


def _own_config() -> Config:
    with as_file(files("aggregator.demo") / "config.toml") as file:
        return read_config(file)


def _apart(config: Config, folder: Path, serve: ServeSettings) -> Config:
    """The config with everything that it keeps in `folder`, and links to where it is served."""
    return replace(
        config,
        site=replace(config.site, base_url=serve.url),
        serve=serve,
        store=StoreSettings(folder=folder / "store"),
        publish=PublishSettings(folder=folder / "site"),
    )


async def _serve(config: Config, world: World) -> None:
    """Serve the sample until Ctrl-C."""
    async with serving(record(world.clock())) as sources:
        sample = replace(config, sources=_hurried(sources, config))
        with open_app(sample, world=world, observe=tee(announcing(sample), log_event)) as app:
            await daemon.run(app.daemon())


def _hurried(sources: Sequence[Source], config: Config) -> tuple[Source, ...]:
    """The sources with the interval of the config, so that nobody waits long for the edit."""
    return tuple(replace(source, every=config.fetch.every) for source in sources)
