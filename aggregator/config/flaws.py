"""What the parts of loading say to each other about what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from aggregator.codes import Code

KeyPath = tuple[str | int, ...]
"""Keys and 0-based places in lists from the top of the file: `("topic", 0, "match", "en", 1)`."""

OTHER_LINE = "line {other}"
"""In a flaw's message: the line of its other place."""


def meant(word: str, allowed: Iterable[str]) -> str:
    """` did you mean "every"?` with the likeliest of `allowed`, or nothing."""
    close = get_close_matches(word, sorted(allowed), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def listed(words: Iterable[str]) -> str:
    """`"none", "copies"`: for sentences that say what is allowed."""
    return ", ".join(f'"{word}"' for word in words)


class At(Enum):
    """Which end of a setting is to blame."""

    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing wrong, told by its path; the file's text turns the path into line and column."""

    code: Code
    path: KeyPath
    message: str
    at: At = At.VALUE
    offset: int | None = None
    """0-based character inside the string at `path`; None: the value as a whole."""
    other: KeyPath | None = None
    """Another place that the message speaks of, with OTHER_LINE."""


class Refusal(ValueError):  # noqa: N818 - pydantic carries it as an answer
    """A value that is refused, with its code; `offset` as in a flaw."""

    def __init__(self, code: Code, message: str, *, offset: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
