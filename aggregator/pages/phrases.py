"""What pages say, in every language that they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language's words for everything on the pages that no publisher wrote; plain text."""

    topics: str
    skip: str
    footer: str
    updated: str
    subscribe: str
    subscribe_to: str
    """Before a topic's title."""
    copy_address: str
    newest: str
    also_in: str
    why: str
    no_topic: str
    no_entry: str
    not_found: str
    nothing_here: str
    all_topics: str
    entries: tuple[str, str, str]
    """The word for 1, for 2 to 4, for many (CLDR plural rules one, few, many; English uses the first and the last)."""
    months: tuple[str, ...]
    """As they stand in a date, January first."""

    def count(self, number: int) -> str:
        """`1 entry`, `21 запис`, `3 записи`: integers by CLDR's rules for East Slavic languages."""
        one, few, many = self.entries
        tens, units = number % 100, number % 10
        if units == 1 and tens != 11 and (number == 1 or few != many):
            word = one
        elif 2 <= units <= 4 and not 12 <= tens <= 14:
            word = few
        else:
            word = many
        return f"{number} {word}"

    def moment(self, moment: datetime) -> str:
        """Written without the process's locale, in UTC: the same state gives the same page everywhere."""
        return f"{moment.day} {self.months[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


_ENGLISH = Phrases(
    topics="Topics",
    skip="Skip to content",
    footer="Made by topicwire: each story once, every outlet credited.",
    updated="updated",
    subscribe="Subscribe",
    subscribe_to="Subscribe to",
    copy_address="Copy one of these addresses into your feed reader.",
    newest="Newest entries",
    also_in="also in",
    why="Why it is here:",
    no_topic="There is no topic yet: add one to the config, as [[topic]].",
    no_entry="Nothing has matched yet. The feeds are valid all the same: subscribe now, and entries will come.",
    not_found="Not found",
    nothing_here="There is nothing at this address.",
    all_topics="All topics",
    entries=("entry", "entries", "entries"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_UKRAINIAN = Phrases(
    topics="Теми",
    skip="Перейти до змісту",
    footer="Створено topicwire: кожна історія один раз, усі видання названо.",
    updated="оновлено",
    subscribe="Підписатися",
    subscribe_to="Підписатися на тему",
    copy_address="Скопіюйте одну з цих адрес до своєї програми для читання стрічок.",
    newest="Найновіші записи",
    also_in="також у",
    why="Чому це тут:",
    no_topic="Тем ще немає: додайте тему до конфігурації, як [[topic]].",
    no_entry="Поки що нічого не знайдено. Стрічки вже працюють: підпишіться зараз, і записи з'являться.",
    not_found="Не знайдено",
    nothing_here="За цією адресою нічого немає.",
    all_topics="Усі теми",
    entries=("запис", "записи", "записів"),
    months=(
        *("січня", "лютого", "березня", "квітня", "травня", "червня"),
        *("липня", "серпня", "вересня", "жовтня", "листопада", "грудня"),
    ),
)

PHRASES: Mapping[str, Phrases] = {"en": _ENGLISH, "uk": _UKRAINIAN}
"""By the language of the pages, as `[site] language` names it."""
