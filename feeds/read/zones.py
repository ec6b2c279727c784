"""What the zone at the end of a written date means.

Abbreviations are no standard: RFC 5322 §4.3 defines the American ones and no other, and readers that take the rest
for UTC are hours wrong in silence. This table has those that feeds use; where one has two meanings (IST, CST), it has
the one that more feeds mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_HOURS_BY_NAMES = {
    -9.0: "AKST",
    -8.0: "PST AKDT",
    -7.0: "MST PDT",
    -6.0: "CST MDT",
    -5.0: "EST CDT",
    -4.0: "EDT AST",
    -3.0: "ADT ART BRT",
    0.0: "UT UTC GMT Z WET",
    1.0: "CET MET WEST BST WAT",
    2.0: "EET CEST MEST CAT SAST",
    3.0: "EEST MSK МСК IDT FET TRT EAT",
    4.0: "MSD SAMT",
    5.0: "YEKT PKT",
    5.5: "IST",
    7.0: "ICT WIB",
    8.0: "HKT SGT PHT AWST",
    9.0: "JST KST",
    9.5: "ACST",
    10.0: "AEST",
    10.5: "ACDT",
    11.0: "AEDT",
    12.0: "NZST",
    13.0: "NZDT",
}
_OFFSETS = {
    name: timezone(timedelta(hours=hours)) for hours, names in _HOURS_BY_NAMES.items() for name in names.split()
}
# These leave it to the season.
_PLACES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}

_REMARK = re.compile(r"(?<=\d)\s*\([^()]*\)$")
_NUMERIC = re.compile(r"(?:(?<=:\d\d)|(?<=[.,]\d{3})|\s|(?<=\d)T?|)(?:GMT|UTC|UT)?([+\-−])(\d{1,2})(?::?(\d\d))?$")
_AFTER_A_TIME_OR_SPACE = re.compile(r"(?::\d\d(?:[.,]\d+)?|\dT\d{4}(?:\d\d)?|\s|GMT|UTC|UT)$")
_NAMED = re.compile(r"(?:(?<=:\d\d)|\s)\(?([A-ZМСК]{1,5})\)?$|(?<=\d)(Z)$")
_BEFORE_THE_YEAR = re.compile(r"(:\d\d) ([A-Z]{2,5}|[+-]\d{4}) ([12]\d{3})$")  # as `date` prints it
_HALVES = frozenset({"AM", "PM"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoned:
    """A written date without its zone, and the zone; None: it had none that means anything."""

    text: str
    zone: tzinfo | None


def split_zone(text: str) -> Zoned:
    """Takes the zone off the end of `text`, a date and time with white space folded.

    A name that nobody knows is taken off too, so that the rest can be read; it says nothing.
    """
    rest = _BEFORE_THE_YEAR.sub(r"\1 \3 \2", _REMARK.sub("", text))
    numeric = _NUMERIC.search(rest)
    if numeric and _AFTER_A_TIME_OR_SPACE.search(rest[: numeric.start(1)]):
        return Zoned(text=rest[: numeric.start()].rstrip(), zone=_offset(*numeric.groups()))
    named = _NAMED.search(rest)
    if named and named[0].strip() not in _HALVES and (":" in rest or named[2]):
        return Zoned(text=rest[: named.start()].rstrip(), zone=_named(named[1] or named[2]))
    return Zoned(text=rest, zone=None)


def _offset(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    # No place on earth is further off than +14:00; what says so is a typing error.
    return timezone(offset if sign == "+" else -offset) if offset <= timedelta(hours=14) else None


def _named(name: str) -> tzinfo | None:
    place = _PLACES.get(name)
    return ZoneInfo(place) if place else _OFFSETS.get(name)
