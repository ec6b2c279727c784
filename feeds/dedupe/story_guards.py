"""Look-alikes: entries with nearly the same words that tell of different events."""

from __future__ import annotations

from typing import Final

from feeds.dedupe.story_groups import Kept
from feeds.dedupe.story_score import FEWEST_SHARED, LARGEST_PART
from feeds.dedupe.story_terms import Likeness
from feeds.dedupe.terms import NUMBER, TITLE, unpack

_SAME_TITLE: Final = 0.75
"""Part of two titles' terms, numbers aside, that both have: a column of every day, a report in the same words."""
_FEWEST_TERMS: Final = 2
_DAY_APART: Final = 16 * 3600.0
"""Seconds between two numbers of a daily column."""


def too_little(likeness: Likeness) -> str:
    """Why two entries say too little together to tell the same, in words; empty: they do not."""
    if likeness.shared < FEWEST_SHARED:
        return f"of the {FEWEST_SHARED} words that they must have in common they have {likeness.shared}"
    if likeness.largest > LARGEST_PART:
        return f"one word makes {likeness.largest:.0%} of their likeness, of {LARGEST_PART:.0%} allowed"
    return ""


def recurs(one: Kept, other: Kept) -> bool:
    """Whether the two are numbers of a series ("General Staff: losses, 8 June") and not tellings of one event.

    So they are with all but equal titles most of a day apart, or in one source with different numbers in them.
    """
    words, numbers = _title(one)
    other_words, other_numbers = _title(other)
    if min(len(words), len(other_words)) < _FEWEST_TERMS:
        return False
    if len(words & other_words) < _SAME_TITLE * len(words | other_words):
        return False
    if abs(one.published - other.published) > _DAY_APART:
        return True
    return one.source == other.source and numbers != other_numbers


def _title(kept: Kept) -> tuple[frozenset[int], frozenset[int]]:
    """The keys of the words and of the numbers in its title."""
    title = [term for term in unpack(kept.terms) if term & TITLE]
    numbers = frozenset(term >> 8 for term in title if term & NUMBER)
    return frozenset(term >> 8 for term in title) - numbers, numbers
