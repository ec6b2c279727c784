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
    rf"(?:\d{{1,4}}(?:[:./–-]\d{{1,4}}){{0,4}}(?:st|nd|rd|th|am|pm|h)?|(?:{_DAYS}|{_MONTHS})[^\W\d_]{{0,9}}\.?"
    r"|[ap]\.?m\.?|gmt|utc|[bcem]s?e?[sd]?t|at|on|of|о|в|у|г|р|року|года|godz\.?|today|yesterday|сьогодні|сегодня|dziś"
    r"|ago|тому|назад|temu|(?:min|hour|day|sec)\w{0,5}|хв\w*|год\w*|мин\w*|час\w*)"
)
# Atomic: what has been taken for a date is never looked at in another way, or hostile texts would be in all of them.
_DATE = rf"(?>{_DATE_WORD}(?:(?:[ ,|·]{{1,3}}| [–-] ){_DATE_WORD}){{0,9}})"
_COUNTED = (
    r"comments?|replies|views|shares|likes|reads?|photos|votes"
    r"|коментар\w*|комментар\w*|перегляд\w*|просмотр\w*|відгук\w*|komentarz\w*|wyświetle\w*|odsłon\w*"
)
_UPDATED = r"(?:last )?(?:updated|modified)|оновлено|обновлено|змінено|изменено|zaktualizowan[oay]|aktualizacja"

_PATTERNS = (
    re.compile(rf"[(\[]?\b(?:{_UPDATED})\b ?[:–-]? ?(?:{_DATE})[)\]]?", re.IGNORECASE),
    re.compile(rf"[(\[]?\b\d[\d., ]{{0,9}}k? ?(?:{_COUNTED})\b[)\]]?", re.IGNORECASE),
    re.compile(r"[(\[]?\b\d{1,3}[ -]min(?:ute)?s? read\b[)\]]?", re.IGNORECASE),
    re.compile(r"\b\d{1,3} (?:seconds?|minutes?|mins?|hours?|hrs?|days?) ago\b", re.IGNORECASE),
    re.compile(rf"^[^\w\n]{{0,9}}{_DATE}[^\w\n]{{0,9}}$", re.IGNORECASE | re.MULTILINE),
)


def without_rotating(text: str) -> str:
    """`text`, plain, without what a page counts up by itself: `Updated Jul 24`, `(12 comments)`, `3 hours ago`.

    A date goes where it says when the page was edited, or has a line to itself; in a sentence it is news.
    """
    # Runs of white space would be walked through again from each of their places.
    text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    return text
