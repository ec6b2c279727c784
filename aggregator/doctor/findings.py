"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """topicwire works, and somebody may miss something."""
    FAIL = "fail"
    """topicwire does not work, or not for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What was looked at, in a word or two."""
    grade: Grade
    told: str
    """How it is, in a sentence."""
    advice: str = ""
    """What to do about it; empty where nothing is to be done."""


def ok(check: str, told: str) -> Finding:
    """All is well."""
    return Finding(check=check, grade=Grade.OK, told=told)


def warn(check: str, told: str, advice: str) -> Finding:
    """Worth knowing."""
    return Finding(check=check, grade=Grade.WARN, told=told, advice=advice)


def fail(check: str, told: str, advice: str) -> Finding:
    """To be mended."""
    return Finding(check=check, grade=Grade.FAIL, told=told, advice=advice)


def counted(number: int, noun: str) -> str:
    """`1 source`, `2 sources`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
