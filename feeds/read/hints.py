"""What a document says about when to come back.

RSS 2.0 has `ttl` (minutes), `skipHours` and `skipDays` (in GMT); the syndication module of RSS 1.0, which WordPress
uses everywhere, has `sy:updatePeriod` and `sy:updateFrequency`. Read from the text around the entries, for feedparser
keeps of several elements of one name the last one only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from feeds.model import Hint

LONGEST = timedelta(days=366)
"""A longer hint is a slip of the pen, and bounds cut it much shorter anyway."""

_WITHIN = 64 * 1024
"""Characters looked at before and behind the entries: what a feed says of itself has two or three thousand."""
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ASIDE = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def hint_in(head: str, tail: str) -> Hint:
    """The hint in what stands before and behind the entries of an XML feed; what cannot be understood is left out."""
    frame = _ASIDE.sub("", f"{head[:_WITHIN]}\n{tail[:_WITHIN]}")
    every = max((span for span in (_ttl(frame), _period(frame)) if span), default=None)
    return Hint(
        every=min(every, LONGEST) if every else None,
        skip_hours=_numbers(_listed(frame, "skipHours", "hour"), 24),
        skip_days=tuple(sorted({_DAYS.index(day) for day in _days(frame) if day in _DAYS})),
    )


def _ttl(frame: str) -> timedelta | None:
    minutes = _number(_first(frame, "ttl"))
    return timedelta(minutes=minutes) if minutes else None


def _period(frame: str) -> timedelta | None:
    """`updateFrequency` times in every `updatePeriod`; once where it is not said."""
    period = _PERIODS.get(_first(frame, "updatePeriod").lower())
    return period / (_number(_first(frame, "updateFrequency")) or 1) if period else None


def _days(frame: str) -> Iterable[str]:
    return (day[:3].lower() for day in _listed(frame, "skipDays", "day"))


def _numbers(written: Iterable[str], below: int) -> tuple[int, ...]:
    """Some count hours from 1 to 24, as RSS 0.92 did: the last is midnight."""
    numbers = (_number(text) for text in written)
    return tuple(sorted({number % below for number in numbers if number is not None and number <= below}))


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else None


def _first(frame: str, name: str) -> str:
    """The text of the first element of that local name, whatever its prefix."""
    return next(iter(_texts(frame, name)), "")


def _listed(frame: str, name: str, part: str) -> list[str]:
    """The texts of the parts of the first element of that name."""
    start = re.search(rf"<{name}>", frame)
    end = frame.find(f"</{name}", start.end()) if start else -1
    return _texts(frame[start.end() : end], part) if start and end >= 0 else []


def _texts(frame: str, name: str) -> list[str]:
    """Of elements with nothing but a few characters in them: hostile documents open many and close none."""
    found = re.findall(rf"<((?:[\w.-]{{1,30}}:)?{name})(?:\s[^<>]{{0,200}})?>([^<>]{{0,40}})</\1[\s>]", frame)
    return [text.strip() for _, text in found]
