"""Errors as a person at a terminal reads them."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

from aggregator.cli.called import called, typed
from aggregator.codes import code_of
from aggregator.config import Config
from aggregator.config.examples import broken
from aggregator.observing.events import ExampleBroken, Observer
from aggregator.observing.printable import escaped
from feeds.errors import ConfigError, Problem
from feeds.text.forms import Analyser

LONGEST = 160
"""Characters of a line that are shown; of a longer one, those around the place."""


def told(error: Exception) -> str:
    """One line, or for a config every problem with its line and a caret."""
    match error:
        case ConfigError():
            return told_problems(error.file, error.problems)
        case OSError(filename=str() as file, strerror=str() as reason):
            text = f"{file}: {reason}"
        case _:
            text = str(error)
    code = code_of(error)
    text = typed(text)
    return escaped(f"topicwire: {text} [{code}]" if code else f"topicwire: {text}")


def told_problems(file: str, problems: Sequence[Problem]) -> str:
    """`file:line:column: message [code]`, the line and carets under the place, for each problem, and what to ask."""
    shown = [_told_problem(file, problem) for problem in problems]
    codes = list(dict.fromkeys(problem.code for problem in problems if problem.code))
    if codes:
        shown.append(f"`{called()} explain {codes[0] if len(codes) == 1 else 'CODE'}` tells more")
    return "\n".join(shown)


def tell_broken(config: Config, observe: Observer) -> None:
    """Tell each example that does not hold: no reason not to start, and one to mend the topic."""
    for problem in broken(config, Analyser()):
        observe(ExampleBroken(file=str(config.file), problem=problem))


def _told_problem(file: str, problem: Problem) -> str:
    code = f" [{problem.code}]" if problem.code else ""
    first = f"{file}:{problem.line}:{problem.column}: {typed(problem.message)}{code}"
    if not problem.excerpt.strip():
        return escaped(first)
    start, shown = _window(problem)
    before = shown[: problem.column - 1 - start]
    meant = shown[len(before) : len(before) + problem.width] or " "
    indent = "".join(character if character == "\t" else " " * _cells(character) for character in before)
    carets = "^" * max(1, sum(map(_cells, meant)))
    return f"{escaped(first)}\n    {_printable(shown)}\n    {indent}{carets}"


def _window(problem: Problem) -> tuple[int, str]:
    """Where the part of the line that is shown begins, and the part."""
    line = problem.excerpt
    if len(line) <= LONGEST:
        return 0, line
    start = max(0, min(problem.column - 1 - LONGEST // 2, len(line) - LONGEST))
    shown = line[start : start + LONGEST]
    left, right = "…" if start else "", "…" if start + LONGEST < len(line) else ""
    return start, left + shown[len(left) : LONGEST - len(right)] + right


def _cells(character: str) -> int:
    """How many columns of a terminal it takes."""
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _printable(line: str) -> str:
    """The line with a mark for every character that would move the cursor or hide something."""
    return "".join(one if one.isprintable() or one == "\t" else "�" for one in line)
