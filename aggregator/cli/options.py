"""What several commands take, and what they begin with."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.config import Config, candidates, find, load

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The config; default: ./config.toml, then topicwire/config.toml in your config folder.",
)

log_option = click.option(
    "--log",
    "log_as",
    type=click.Choice(["auto", "text", "json"]),
    default="auto",
    help="Records of the log for people, or for programs; default: text, and JSON under a service manager.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


def read_config(given: Path | None) -> Config:
    """The config that the command line names, or the one that is found.

    Raises ConfigError when it is wrong and click's error (exit code 1) when there is none.
    """
    return load(given or _found(), environ=os.environ)


def _found() -> Path:
    here, home = Path(), Path.home()
    file = find(folder=here, home=home, environ=os.environ)
    if file is None:
        tried = ", ".join(str(place) for place in candidates(folder=here, home=home, environ=os.environ))
        raise click.ClickException(f"no config: looked for {tried}; --config FILE names one")
    return file
