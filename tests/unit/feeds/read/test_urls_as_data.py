"""Which addresses are one article: groups and pairs in tests/data/urls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.read.urls import absolute, canonical

DATA = Path(__file__).parents[3] / "data" / "urls"


def lines(name: str) -> list[str]:
    return [line for line in (DATA / name).read_text("utf-8").splitlines() if not line.startswith("#")]


def groups(texts: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with the first one of its group."""
    first = ""
    for line in texts:
        first = (first or line) if line else ""
        if line:
            yield line, first


SAME = list(groups(lines("same.txt")))
APART = [tuple(line.split()) for line in lines("apart.txt") if line]


@pytest.mark.parametrize(("url", "first"), SAME)
def test_addresses_of_one_article_have_the_canonical_form_of_the_first(url: str, first: str):
    assert canonical(url) == first
    assert canonical(absolute(url, "")) == first


@pytest.mark.parametrize(("one", "other"), APART)
def test_addresses_that_may_be_two_articles_stay_apart(one: str, other: str):
    assert canonical(one) != canonical(other)
    assert canonical(canonical(one)) == canonical(one)


def test_there_are_enough_of_them():
    assert len(SAME) + len(APART) >= 80
