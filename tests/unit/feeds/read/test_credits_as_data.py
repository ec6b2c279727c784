"""Sentences that credit outlets, and some that only look so: tests/data/attribution."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feeds.model import Credit, CreditRole, Span
from feeds.read.attribution import shipped
from feeds.read.attribution.chain import credits_in

FOLDER = Path(__file__).parents[3] / "data" / "attribution"
LINES = {
    f"{file.stem} {number}": line
    for file in sorted(FOLDER.glob("*.txt"))
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
    if line and not line.startswith("#")
}
CREDITED = re.compile(r"\[([^|\]]+) \| (origin|via)(?: \| ([^\]]+))?\]")


def read_line(line: str) -> tuple[str, tuple[Credit, ...]]:
    """The text, and the credits that are marked in it."""
    text, credits_, behind = "", [], 0
    line = line.replace(" // ", "\n")
    for mark in CREDITED.finditer(line):
        text += line[behind : mark.start()]
        span = Span(field="body", start=len(text), end=len(text) + len(mark[1]))
        credits_.append(Credit(outlet=mark[3] or mark[1], role=CreditRole(mark[2]), text=mark[1], span=span))
        text, behind = text + mark[1], mark.end()
    return text + line[behind:], tuple(credits_)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_text_credits_whom_it_names_as_origin_or_relay(line: str):
    text, credited = read_line(line)

    assert credits_in(text, field="body", registry=shipped(), own=frozenset()) == credited


def test_there_are_enough_of_them_in_each_language():
    languages = [name.split()[0] for name in LINES]
    assert len(LINES) >= 120
    assert min(languages.count(language) for language in ("en", "uk", "ru", "pl")) >= 28
