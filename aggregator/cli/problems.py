"""Errors as a person at a terminal reads them."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.config import Config
from aggregator.config.examples import broken
from aggregator.events import ExampleBroken, Observer
from feeds.errors import ConfigError, Problem
from feeds.text.forms import Analyser


def told(error: Exception) -> str:
    """One line, or for a config every problem with its line and a caret."""
    match error:
        case ConfigError():
            return told_problems(error.file, error.problems)
        case OSError(filename=str() as file, strerror=str() as reason):
            return f"topicwire: {file}: {reason}"
        case _:
            return f"topicwire: {error}"


def told_problems(file: str, problems: Sequence[Problem]) -> str:
    """`file:line:column: message`, the line and a caret under the place, for each problem."""
    return "\n".join(_told_problem(file, problem) for problem in problems)


def tell_broken(config: Config, observe: Observer) -> None:
    """Tell each example that does not hold: no reason not to start, and one to mend the topic."""
    for problem in broken(config, Analyser()):
        observe(ExampleBroken(file=str(config.file), problem=problem))


def _told_problem(file: str, problem: Problem) -> str:
    before = problem.excerpt[: problem.column - 1]
    indent = "".join(character if character == "\t" else " " for character in before)
    return f"{file}:{problem.line}:{problem.column}: {problem.message}\n    {problem.excerpt}\n    {indent}^"
