"""Reads dates as publishers write them: the only importer of dateparser.

Strategies from the strict to the willing; the first that answers counts:

1. seconds or milliseconds since 1970;
2. ISO 8601 and W3C-DTF;
3. RFC 5322, by email.utils, which knows English month names;
4. dateparser, for month names of other languages and other orders.

The zone is taken off first (`feeds.read.zones`), since both libraries are silently wrong about some. feedparser's own
dates are not asked: what it reads beyond these, dateparser reads too, and it takes unknown zones for UTC.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from feeds.read.zones import split_zone

# Before 1990 there was no web; feeds that say so mean an unset field. A day is room for clocks and zones.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE_ALLOWANCE = timedelta(days=1)

# The longest date in the feeds and suites at hand has 31 characters; dateparser's cost grows with the text.
_LONGEST = 80

_EPOCH = re.compile(r"\d{10}(?:\.\d{1,6})?|\d{13}")
# A day of a month, of a week or of a year (ISO 8601-1 §5.2.2 to §5.2.4); what names no day is no moment of an article.
_ISO = re.compile(
    r"(?P<year>[1-9]\d{3})-(?:(?P<month>\d\d)-(?P<day>\d\d)|W(?P<week>\d\d)-(?P<weekday>\d)|(?P<ordinal>\d{3}))"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?)?",
    re.IGNORECASE,
)
_ISO_COMPACT = re.compile(
    r"(?P<year>[1-9]\d{3})(?:(?P<month>\d\d)(?P<day>\d\d)|W(?P<week>\d\d)(?P<weekday>\d))"
    r"(?:T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
)
_ISO_WEEK = re.compile(r"\d{4}-?W\d", re.IGNORECASE)
# email.utils reads anything into anything ("1:10 pm" as 01:10, "0001" as 2001), hence a shape first.
_RFC5322 = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(?:\d{1,2}[\s-]+[A-Za-z]{3,9}|[A-Za-z]{3,9}\s+\d{1,2})\.?,?[\s-]+(?:\d\d|[1-9]\d{3})"
    r"(,?\s+\d{1,2}:\d\d(?::\d\d)?)?"
)
# What nearly all feeds write, RFC 5322 with its numeric zone and RFC 3339: read here in a third of the time.
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?P<day>\d\d) (?P<name>[JFMASOND][a-z]{2}) (?P<year>[1-9]\d{3})"
    r" (?P<time>\d\d:\d\d:\d\d) (?:GMT|(?P<zone>[+-]\d{4}))"
    r"|(?P<iso>[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:Z|(?P<iso_zone>[+-]\d\d:\d\d)))",
    re.ASCII,
)
_MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = {name: f"{number:02}" for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
_HAS_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d[./]\d{1,2}[./]\d\d(?!\d)")
_AMERICAN = re.compile(r"\d/\d.*\b[ap]\.?m\b", re.IGNORECASE)

# Where one word is a month in two languages (listopad), the earlier one here decides.
_LANGUAGE_CODES = (
    "en uk ru pl de fr es it pt nl cs sk ro bg be sr hr sl hu tr el sv da nb fi lt lv et ka hy az kk ar he fa hi"
    " zh ja ko vi th id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRead:
    """A moment that a publisher wrote."""

    moment: datetime
    """Aware, UTC, whole seconds."""
    zone_assumed: bool
    """True when the text named no zone, so that the source's was taken."""


def read_date(text: str, *, timezone: str, now: datetime) -> DateRead | None:
    """The moment that `text` names; None when it names none, or one outside 1990 … `now` + 1 day.

    `timezone` is the IANA name of the zone of dates that carry none; `now` is aware. The text is never completed from
    `now`: a date without its year, or "yesterday", is no date.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    if usual := _usual(text):
        return DateRead(moment=usual, zone_assumed=False) if EARLIEST <= usual <= now + FUTURE_ALLOWANCE else None
    zoned = split_zone(text)
    zone = zoned.zone or ZoneInfo(timezone)
    for strategy, written in ((_epoch, text), (_iso, text), (_iso, zoned.text), (_rfc5322, zoned.text)):
        if written_date := strategy(written):
            break
    else:
        written_date = _any_language(zoned.text)
    if written_date is None:
        return None
    zone_assumed = zoned.zone is None and written_date.tzinfo is None
    try:
        moment = (written_date if written_date.tzinfo else written_date.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):  # the ends of the calendar
        return None
    if not EARLIEST <= moment <= now + FUTURE_ALLOWANCE:
        return None
    return DateRead(moment=moment.replace(microsecond=0), zone_assumed=zone_assumed)


def _usual(text: str) -> datetime | None:
    """The moment in one of the two usual forms; None for any other, and for what has such a form and is no moment."""
    found = _USUAL.fullmatch(text)
    if found is None:
        return None
    if (written := found["iso"]) is None:
        written = f"{found['year']}-{_MONTHS.get(found['name'])}-{found['day']}T{found['time']}"
    zone = found["zone"] or found["iso_zone"] or "+0000"
    if zone[1:3] > "13":  # the ends of the earth are for whoever looks closer
        return None
    try:
        return datetime.fromisoformat(written + zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text) or _ISO_COMPACT.fullmatch(text)
    if found is None:
        return None
    # The compact form has no days of the year: seven digits are rather a number.
    part = {name: int(digits) for name, digits in found.groupdict(default="").items() if digits}
    try:
        if "week" in part:
            day = date.fromisocalendar(part["year"], part["week"], part["weekday"])
        elif "ordinal" in part:
            day = _of_the_year(part["year"], part["ordinal"])
        else:
            day = date(part["year"], part["month"], part["day"])
    except ValueError:
        return None
    return _calendar(*day.timetuple()[:3], part.get("hour", 0), part.get("minute", 0), part.get("second", 0))


def _of_the_year(year: int, ordinal: int) -> date:
    day = date.fromordinal(date(year, 1, 1).toordinal() + ordinal - 1)
    if day.year != year:
        raise ValueError(f"the year {year} has no day {ordinal}")
    return day


def _rfc5322(text: str) -> datetime | None:
    shape = _RFC5322.fullmatch(text)
    if shape is None:
        return None
    spaced = text.replace("-", " ")  # RFC 850 has hyphens, which email.utils takes for a sign
    parts = email.utils.parsedate(spaced if shape[1] else f"{spaced} 00:00:00")
    return _calendar(*parts[:6]) if parts else None


def _calendar(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    # ISO 8601-1:2019/Amd 1 has the end of a day as 24:00; nothing is later.
    if midnight := (hour, minute, second) == (24, 0, 0):
        hour = 0
    try:
        # RFC 5322 §3.3 allows a leap second; datetime has none.
        moment = datetime(year, month, day, hour, minute, min(second, 59) if second == 60 else second)  # noqa: DTZ001
        return moment + timedelta(days=midnight)
    except (ValueError, OverflowError):
        return None


def _any_language(text: str) -> datetime | None:
    # What has the form of ISO 8601 and is no day must not become another one.
    if _ISO.fullmatch(text) or _ISO_WEEK.search(text) or not _HAS_A_YEAR.search(text):
        return None
    try:
        found = _reader("MDY" if _AMERICAN.search(text) else "DMY")(text)
    except Exception:  # noqa: BLE001 - dateparser raises what its translations stumble on; all of it means «no date»
        return None
    moment = getattr(found, "date_obj", None)
    return moment if isinstance(moment, datetime) else None


@cache
def _reader(order: str) -> Callable[[str], Any]:
    # Imported late: it takes a quarter of a second, and most feeds never need it.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    settings = {
        "DATE_ORDER": order,
        "PARSERS": ["absolute-time"],  # "2 hours ago" and the like would be a silent now
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RELATIVE_BASE": EARLIEST.replace(tzinfo=None),  # never used, all parts being required; else it asks the clock
        "TIMEZONE": "UTC",  # else it asks the machine
    }
    # try_previous_locales would let one date's language decide how the next one is read.
    parser = DateDataParser(
        languages=_LANGUAGE_CODES.split(), settings=settings, try_previous_locales=False, use_given_order=True
    )
    return parser.get_date_data  # type: ignore[no-any-return]
