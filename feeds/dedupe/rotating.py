"""What changes in a text by itself: counters, the time of the last edit, a date on a line of its own."""

from __future__ import annotations

import re

_DAYS = (
    "mon|tue|wed|thu|fri|sat|sun|пон|вів|сер|чет|п.ят|суб|нед|пн|вт|ср|чт|пт|сб|вс|вос|пят|niedz|śro|czw|pią|sob|wto"
)
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    "|січ|лют|бер|кві|тра|чер|лип|серп|вер|жов|лис|гру"
    "|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек"
    "|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru"
)
_DATE_WORD = (
    rf"(?:\d[\d:.,/–-]*(?:st|nd|rd|th|am|pm|h)?|(?:{_DAYS}|{_MONTHS})[^\W\d_]{{0,9}}\.?"
    r"|[ap]\.?m\.?|gmt|utc|[bcem]s?e?[sd]?t|at|on|of|о|в|у|г|р|року|года|godz\.?|today|yesterday|сьогодні|сегодня|dziś"
    r"|ago|тому|назад|temu|(?:min|hour|day|sec)\w{0,5}|хв\w*|год\w*|мин\w*|час\w*)"
)
_DATE = rf"{_DATE_WORD}(?:[\s,|·–-]+{_DATE_WORD}){{0,9}}"
_COUNTED = (
    r"comments?|replies|views|shares|likes|reads?|photos|votes"
    r"|коментар\w*|комментар\w*|перегляд\w*|просмотр\w*|відгук\w*|komentarz\w*|wyświetle\w*|odsłon\w*"
)
_UPDATED = r"(?:last\s+)?(?:updated|modified)|оновлено|обновлено|змінено|изменено|zaktualizowan[oay]|aktualizacja"

_PATTERNS = (
    re.compile(rf"[(\[]?\b(?:{_UPDATED})\b\s*[:–-]?\s*(?:{_DATE})[)\]]?", re.IGNORECASE),
    re.compile(rf"[(\[]?\b\d[\d.,\s]{{0,9}}k?\s?(?:{_COUNTED})\b[)\]]?", re.IGNORECASE),
    re.compile(r"[(\[]?\b\d{1,3}[\s-]min(?:ute)?s?\s+read\b[)\]]?", re.IGNORECASE),
    re.compile(r"\b\d{1,3}\s+(?:seconds?|minutes?|mins?|hours?|hrs?|days?)\s+ago\b", re.IGNORECASE),
    re.compile(rf"^\W*{_DATE}\W*$", re.IGNORECASE | re.MULTILINE),
)


def without_rotating(text: str) -> str:
    """`text`, plain, without what a page counts up by itself: `Updated Jul 24`, `(12 comments)`, `3 hours ago`.

    A date goes where it says when the page was edited, or has a line to itself; in a sentence it is news.
    """
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    return text
