"""What several commands take, and what they begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aggregator.config import Config

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
    from aggregator.config import load  # noqa: PLC0415 - half a second, and some commands need no config

    return load(given or _found(), environ=os.environ)


def _found() -> Path:
    from aggregator.codes import Code  # noqa: PLC0415 - likewise
    from aggregator.config.locate import candidates, find, home  # noqa: PLC0415 - likewise

    here, own = Path(), home()
    file = find(folder=here, home=own, environ=os.environ)
    if file is None:
        tried = ", ".join(str(place) for place in candidates(folder=here, home=own, environ=os.environ))
        raise click.ClickException(
            f"no config: looked for {tried}. `topicwire init` writes one, --config FILE names one, "
            f"and `topicwire demo` needs none [{Code.NO_CONFIG}]"
        )
    return file
