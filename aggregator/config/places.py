"""A place in a text: its line, its column, and what stands there."""

from __future__ import annotations

from aggregator.codes import Code
from aggregator.config import discreet
from feeds.errors import Problem


def problem_at(text: str, index: int, message: str, code: Code, *, end: int = 0) -> Problem:
    """What is wrong at character `index` of `text`, up to `end` or the end of that line; line ends are line feeds.

    What it says and shows holds no secret (`discreet`).
    """
    line_start = text.rfind("\n", 0, index) + 1
    excerpt = text[line_start:].split("\n", maxsplit=1)[0]
    return Problem(
        line=text.count("\n", 0, index) + 1,
        column=index - line_start + 1,
        message=discreet.sentence(message),
        excerpt=discreet.excerpt(excerpt),
        width=max(1, min(end, line_start + len(excerpt)) - index),
        code=code,
    )
