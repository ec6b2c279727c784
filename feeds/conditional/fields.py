"""HTTP's header fields and dates, read leniently."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Fields = tuple[tuple[str, str], ...]
"""Names and values in order; every character of a value is one byte (latin-1), so that it goes out as it came in."""

LONGEST_DELTA = timedelta(seconds=2**31)
"""RFC 9111 §1.2.2 has larger numbers of seconds taken for this one; what dates say is bound by it, too."""


def first(fields: Iterable[tuple[str, str]], name: str) -> str | None:
    """The first field of that name (lower case) that says anything; None when there is none."""
    return next((value for key, value in fields if key.lower() == name and value), None)


def listed(fields: Iterable[tuple[str, str]], name: str) -> str | None:
    """All fields of that name (lower case) as one list (RFC 9110 §5.3); None when there is none, "" when empty."""
    values = [value for key, value in fields if key.lower() == name]
    return ", ".join(values) if values else None


def seconds(text: str) -> timedelta:
    """RFC 9111 §1.2.2 `delta-seconds`; zero when `text` is none."""
    digits = text.strip()
    if not re.fullmatch("[0-9]+", digits):
        return timedelta()
    digits = digits.lstrip("0")[:12]  # eleven digits are past the limit already; int() refuses thousands of them
    return min(timedelta(seconds=int(digits or "0")), LONGEST_DELTA)


def http_date(text: str) -> datetime | None:
    """Any of the three forms of RFC 9110 §5.6.7, in UTC; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
