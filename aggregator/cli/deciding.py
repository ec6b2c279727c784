"""What the commands that write share: a running daemon carries them out, or else they do it themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import click

from aggregator.app import open_app
from aggregator.cli.options import read_config
from aggregator.cli.progress import steps
from aggregator.config import Config
from aggregator.control import SOCKET, Answer, Command, Done, Rebuild, Refused, ask, hand_on
from aggregator.observing.events import Event
from aggregator.observing.logs import configure, log_event
from aggregator.observing.milestones import PlacingAnew
from aggregator.observing.printable import escaped
from aggregator.running import sigterm
from aggregator.world import real_world
from feeds.errors import StoreError, StoreLocked
from storage.loading import JOURNAL
from storage.opening import commands_at, judge_of

undo_option = click.option("--undo", is_flag=True, help="Take the decision back.")


def take_effect(config_file: Path | None, command: Command) -> int:
    """Let `command` be carried out, and say what came of it; the exit code is 0.

    Raises click's error (exit code 1) when it is refused; ControlError and StoreError.
    """
    config = read_config(config_file)
    with steps("rebuilding") if isinstance(command, Rebuild) else nullcontext(_unshown) as step:
        answer = ask(config.store.folder / SOCKET, command) or _here_or_there(config, command, step)
    match answer:
        case Done(text=text):
            click.echo(escaped(text))
        case Refused(reason=reason):
            raise click.ClickException(escaped(reason))
    return 0


def _unshown(_done: int, _of: int) -> None:
    """How a decision goes on: it takes no time."""


def _here_or_there(config: Config, command: Command, step: Callable[[int, int], None]) -> Answer:
    """Where a worker writes to the database, it does; raises StoreLocked where anybody else writes."""
    try:
        return _here(config, command, step)
    except StoreLocked:
        database = config.store.database
        if not (database and judge_of(database)):
            raise
    with closing(commands_at(database)) as commands:
        return hand_on(commands, command)


def _here(config: Config, command: Command, step: Callable[[int, int], None]) -> Answer:
    """Do what a daemon would do, files included."""

    def observe(event: Event) -> None:
        if isinstance(event, PlacingAnew):
            step(event.done, event.of)
        log_event(event)

    if not config.store.database and not (config.store.folder / JOURNAL).exists():
        raise StoreError(f"{config.store.folder} has no store yet: nothing was fetched")
    configure(sys.stderr, secrets=config.secrets)
    with open_app(config, world=real_world(), observe=observe) as app:
        sigterm.check()
        answer = app.editor.carry_out(command)
        if isinstance(answer, Done) and answer.changed:
            app.publisher.take(answer.changed)
            while app.publisher.publish():
                pass  # it goes on with the archives
        return answer
