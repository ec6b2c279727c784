"""The sample as it looks at a given moment: what each source answers at first, and later.

A function of `now`, so that all of it is recent whenever it is shown, and every time in it is known to the minute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from feeds.model import Document, Source
from feeds.render.documents import document

KYIV = ZoneInfo("Europe/Kyiv")
LONDON = ZoneInfo("Europe/London")

_ENGLISH_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_ENGLISH_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_UKRAINIAN_MONTHS = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]

_ALTERNATIVES = re.compile(r"\{\{first\}\}(.*?)\{\{later\}\}(.*?)\{\{end\}\}", re.DOTALL)
_MOMENT = re.compile(r"\{\{(\w+) (\d+)\}\}")
_ENCODING = re.compile(r'encoding="([\w-]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recorded source."""

    source: Source
    """All that is known of it before it is served; its `url` has no host yet, only a path."""
    first: Document | None
    """What it answers to the first request; None: nobody listens there."""
    later: Document | None
    """What it answers from the second one on."""


def record(now: datetime) -> tuple[Recorded, ...]:
    """All recorded sources, the dead one last; `now` is aware and becomes the newest moment of the sample."""
    return (
        _recorded("courier-world", "The Albion Courier: World", "en-GB", "Europe/London", now=now, rank=1),
        _recorded("courier-europe", "The Albion Courier: Europe", "en-GB", "Europe/London", now=now),
        _recorded("beacon-en", "Kyiv Beacon", "en", "Europe/Kyiv", now=now),
        _recorded("beacon-uk", "Київський маяк", "uk", "Europe/Kyiv", now=now),
        _recorded("beacon-ru", "Киевский маяк", "ru", "Europe/Kyiv", now=now),
        _recorded("view-uk", "Європейський огляд", "uk", "Europe/Kyiv", now=now),
        Recorded(source=_source("silent-wire", "The Silent Wire", "en", "UTC"), first=None, later=None),
    )


def moment(now: datetime, minutes: int) -> datetime:
    """The moment, in whole minutes and UTC, that the sample means by "`minutes` before now".

    Dates that name no zone cannot tell the two hours of a night in October apart; of these the sample has the first.
    """
    then = now.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    twice = any(then.astimezone(zone).fold for zone in (KYIV, LONDON))
    return then - timedelta(hours=1) if twice else then


def _source(name: str, title: str, language: str, timezone: str, *, rank: int = 0) -> Source:
    return Source(
        id=name,
        url=f"/{name}.xml",
        name=title,
        language=language,
        timezone=timezone,
        timezone_assumed=False,
        every=timedelta(minutes=1),
        rank=rank,
        tags=("demo",),
        allow_private=True,
    )


def _recorded(name: str, title: str, language: str, timezone: str, *, now: datetime, rank: int = 0) -> Recorded:
    template = files("aggregator.demo").joinpath("sample", f"{name}.xml").read_text("utf-8")
    media_type = "application/atom+xml" if "<feed" in template else "application/rss+xml"
    # Without a charset, as most servers send it: the document itself says how it is encoded.
    return Recorded(
        source=_source(name, title, language, timezone, rank=rank),
        first=document(_filled(template, now, 1), media_type, moment(now, 60)),
        later=document(_filled(template, now, 2), media_type, moment(now, 0)),
    )


def _filled(template: str, now: datetime, alternative: int) -> bytes:
    chosen = _ALTERNATIVES.sub(lambda found: found[alternative], template)
    text = _MOMENT.sub(lambda found: _FORMS[found[1]](moment(now, int(found[2]))), chosen)
    encoding = _ENCODING.search(text)
    return text.encode(encoding[1] if encoding else "utf-8")


def _english(then: datetime) -> str:
    kyiv = then.astimezone(KYIV)
    month = _ENGLISH_MONTHS[kyiv.month - 1]
    return f"{_ENGLISH_DAYS[kyiv.weekday()]}, {kyiv.day} {month} {kyiv.year}, {kyiv:%H:%M}"


def _ukrainian(then: datetime) -> str:
    kyiv = then.astimezone(KYIV)
    return f"{kyiv.day} {_UKRAINIAN_MONTHS[kyiv.month - 1]} {kyiv.year}, {kyiv:%H:%M}"


def _with_zone_name(then: datetime, zone: ZoneInfo) -> str:
    local = then.astimezone(zone)
    return format_datetime(local).rpartition(" ")[0] + f" {local:%Z}"


_FORMS: Mapping[str, Callable[[datetime], str]] = {
    "rfc822": format_datetime,
    "london": lambda then: _with_zone_name(then, LONDON),
    "eet": lambda then: _with_zone_name(then, KYIV),
    "english": _english,
    "ukrainian": _ukrainian,
    "iso": lambda then: f"{then:%Y-%m-%dT%H:%M:%S}Z",
    "isokyiv": lambda then: then.astimezone(KYIV).isoformat(),
}
