"""What became of the config, in words; see `aggregator.observing.logs`."""

from __future__ import annotations

import logging

from aggregator.observing.events import ConfigRefused, ConfigTaken, ExampleBroken, ReloadFailed
from feeds.errors import Problem


def worded_for_config(event: ConfigTaken | ConfigRefused | ReloadFailed | ExampleBroken) -> tuple[int, str]:
    """The level and the text of one line."""
    match event:
        case ConfigTaken():
            return logging.INFO, f"{event.file} is read anew: {_taken(event)}"
        case ConfigRefused(file=file, problems=problems, reason=reason):
            why = reason or f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}"
            return logging.ERROR, f"{file} is refused, everything stays as it was: {why}"
        case ReloadFailed(file=file, problem=problem):
            return logging.ERROR, f"going by {file} broke off, the next reload does what is left: {problem}"
        case ExampleBroken(file=file, problem=problem):
            return logging.WARNING, placed(file, problem)


def _taken(event: ConfigTaken) -> str:
    lists = (("topics", event.topics), ("sources", event.sources), ("settings", event.settings))
    told = "; ".join(f"{name} {' '.join(some)}" for name, some in lists if some) or "nothing else to do"
    return f"{told}; waiting for a restart: {', '.join(event.waits)}" if event.waits else told


def placed(file: str, problem: Problem) -> str:
    """A problem with its place, as compilers write it."""
    code = f" [{problem.code}]" if problem.code else ""
    return f"{file}:{problem.line}:{problem.column}: {problem.message}{code}"
