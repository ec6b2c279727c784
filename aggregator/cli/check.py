"""`check`: is the config right?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.problems import told_problems
from aggregator.config import Config
from aggregator.config.examples import broken
from aggregator.crediting import remarks
from aggregator.fetching.contact import remark
from feeds.errors import ConfigError, Problem
from feeds.text.forms import Analyser


@click.command("check", epilog="Example: topicwire check --config my.toml")
@config_option
@json_option
def command(config_file: Path | None, *, as_json: bool) -> int:
    """Is the config right, and do the topics' examples hold?

    Nothing is fetched and nothing is written. Problems go to stderr with file, line and column; the exit code is then
    1.
    """
    try:
        config = read_config(config_file)
    except ConfigError as error:
        return _report(error.file, error.problems, as_json=as_json)
    problems = broken(config, Analyser())
    if problems or as_json:
        return _report(str(config.file), problems, as_json=as_json)
    click.echo(f"{config.file}: {_summary(config)}")
    for told in (remark(config), *remarks(config)):
        if told:
            click.echo(told, err=True)
    return 0


def _report(file: str, problems: Sequence[Problem], *, as_json: bool) -> int:
    if as_json:
        report = {"file": file, "problems": [asdict(problem) for problem in problems]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        click.echo(told_problems(file, problems), err=True)
    return 1 if problems else 0


def _summary(config: Config) -> str:
    counts = ((len(config.sources), "source"), (len(config.topics), "topic"), (len(config.examples), "example"))
    sources, topics, examples = (f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts)
    return f"right: {sources}, {topics}" + (f", {examples} hold" if config.examples else "")
