"""Signs that two entries of one source are one article under two names."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from feeds.dedupe.copies import dates_differ
from feeds.model import Entry, PublishedFrom
from feeds.sanitize import plain_text
from feeds.text.tokens import fold, words

SHINGLE = 3
"""Words in a row that are compared at once."""
SAME_BODY = 0.8
"""The share of the shorter text's shingles that the longer one must have. Of 279,496 random pairs of entries within one
of three captured feeds 79 % have none, 108 have .35 or more and 21 have this much: columns with a standing summary
(`Five things you need to know …`), which is why this is never the only sign."""
LEAST_WORDS = 8
"""Shorter texts ("Photos of the day") are equal by chance."""
LONGEST = 2500
"""Characters that are compared, some 400 words: an article that begins so is that article."""
SLUG_WORDS = 3
"""Words that an address must take from the headline to be called its slug."""
NEIGHBOURS = 0.5, 0.2
"""Shares of common words: from the first on two headlines may be one that was edited, below the second nothing is."""

DAY = timedelta(days=1)

_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_BETWEEN_SLUG_WORDS = re.compile(r"[-_+.\s]+")


def same_moment(one: Entry, other: Entry) -> bool:
    """Whether the publisher gave both the same date: `8:00` is another one every day."""
    given = PublishedFrom.FIRST_SEEN not in (one.published_from, other.published_from)
    return given and not dates_differ(one, other) and abs(one.published - other.published) < DAY


def same_title(one: Entry, other: Entry) -> bool:
    """Whether the headlines differ in spelling at most."""
    return one.title == other.title or _folded(one.title) == _folded(other.title)


def same_body(one: Entry, other: Entry) -> bool:
    """Whether the texts under the headlines are one, or one is most of the other; never for short ones.

    A number that the longer one lacks makes them two, like the forecasts of two days.
    """
    shorter, longer = sorted((_body(one), _body(other)), key=len)
    (few, some_numbers), (many, numbers) = _compared(shorter), _compared(longer)
    alike = len(few) > LEAST_WORDS - SHINGLE and len(few & many) >= SAME_BODY * min(len(few), len(many))
    return alike and some_numbers <= numbers


def common_words(one: Entry, other: Entry) -> float:
    """The share of words that two headlines have in common, from 0 to 1."""
    first, second = set(_folded(one.title)), set(_folded(other.title))
    return len(first & second) / max(1, min(len(first), len(second)))


def is_slugged(entry: Entry) -> bool:
    """Whether the guid is made from the headline, so that it changes with it: it says no more than the headline."""
    try:
        path = urlsplit(entry.guid).path
    except ValueError:
        path = entry.guid
    slug = unquote(path.rstrip("/").rpartition("/")[2])
    named = [fold(word) for word in _BETWEEN_SLUG_WORDS.split(slug) if word and not word.isdigit()]
    title = set(_folded(entry.title))
    taken = sum(word in title for word in named)
    return taken >= SLUG_WORDS and taken >= SAME_BODY * len(named)


def plain_guid(guid: str) -> str:
    """Publishers that move to https, or to `www.`, take their permalinks along."""
    return _SCHEME.sub("", guid).rstrip("/")


def nothing_in_common(one: Entry, other: Entry) -> bool:
    """Whether address, date, headline and text all differ, so that a guid alone says that they are one article."""
    return (
        one.canonical_url != other.canonical_url
        and not same_moment(one, other)
        and common_words(one, other) < NEIGHBOURS[1]
        and not same_body(one, other)
    )


def _body(entry: Entry) -> str:
    return plain_text(entry.content) or entry.summary


@lru_cache(maxsize=128)  # each entry of a redesign is compared with up to 50 known ones; 6 MB at most
def _compared(text: str) -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """The shingles of the beginning of a text, and its numbers."""
    folded = [fold(word) for word in words(text[:LONGEST])[0]]
    shingles = frozenset(zip(*(folded[n:] for n in range(SHINGLE)), strict=False))
    return shingles, frozenset(word for word in folded if word[0].isdigit())


@lru_cache(maxsize=1024)
def _folded(title: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in words(title[:LONGEST])[0])
