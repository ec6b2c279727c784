"""What the commands that write share: a running daemon carries them out, or else they do it themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aggregator import sigterm
from aggregator.app import open_app
from aggregator.cli.options import read_config
from aggregator.config import Config
from aggregator.control import SOCKET, Answer, Command, Done, Refused, ask
from aggregator.logs import configure, escaped, log_event
from aggregator.world import real_world
from feeds.errors import StoreError
from storage.loading import JOURNAL

undo_option = click.option("--undo", is_flag=True, help="Take the decision back.")


def take_effect(config_file: Path | None, command: Command) -> int:
    """Let `command` be carried out, and say what came of it; the exit code is 0.

    Raises click's error (exit code 1) when it is refused; ControlError and StoreError.
    """
    config = read_config(config_file)
    match ask(config.store.folder / SOCKET, command) or _here(config, command):
        case Done(text=text):
            click.echo(escaped(text))
        case Refused(reason=reason):
            raise click.ClickException(escaped(reason))
    return 0


def _here(config: Config, command: Command) -> Answer:
    """Do what a daemon would do, files included."""
    if not (config.store.folder / JOURNAL).exists():
        raise StoreError(f"{config.store.folder} has no store yet: nothing was fetched")
    configure(sys.stderr, secrets=config.secrets)
    with open_app(config, world=real_world(), observe=log_event) as app:
        sigterm.check()
        answer = app.editor.carry_out(command)
        if isinstance(answer, Done) and answer.changed:
            app.publisher.take(answer.changed)
            app.publisher.publish()
        return answer
