"""What pages say, in every language that they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from feeds.dedupe.wording import Part
from feeds.model import CreditRole, RevisionKind
from feeds.polling import Condition

Forms = tuple[str, str, str]
"""The word for 1, for 2 to 4, for many (CLDR plural rules one, few, many; English uses the first and the last)."""


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
    in_reader: str
    """Of a link that opens a feed reader."""
    as_json: str
    sources: str
    in_feed: str
    """Behind a number of entries."""
    in_days: str
    """Behind a number of entries: `12 entries` … until a day."""
    via: str
    origin: str
    whole_story: str
    in_topics: str
    edition_of: str
    copies: str
    more_tellings: str
    more_edits: str
    was: str
    """Before words that an edit took out, for those who do not see them struck through."""
    became: str
    kinds: Mapping[RevisionKind, str]
    in_title: str
    health: Mapping[Condition, str]
    well: str
    """Behind how many sources are in order: `3 of 5` …"""
    of: str
    last_new: str
    last_ok: str
    failing_since: str
    feed: str
    no_source: str
    health_feed: str
    """Of the feed that tells of trouble."""
    refused: str
    """Before the reason why the config is."""
    entries: Forms
    tellings: Forms
    copy: Forms
    outlets: Forms
    edits: Forms
    months: tuple[str, ...]
    """As they stand in a date, January first."""

    roles: ClassVar[type[CreditRole]] = CreditRole
    parts: ClassVar[type[Part]] = Part

    def count(self, number: int, forms: Forms | None = None) -> str:
        """`1 entry`, `21 запис`, `3 записи`: integers by CLDR's rules for East Slavic languages.

        `forms` are of another word than "entry".
        """
        one, few, many = forms or self.entries
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
        return f"{self.day(moment)}, {moment:%H:%M} UTC"

    def day(self, day: date) -> str:
        return f"{day.day} {self.months[day.month - 1]} {day.year}"


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
    in_reader="Open in a feed reader",
    as_json="This page as JSON",
    sources="Sources",
    in_feed="in the feed",
    in_days="in the 30 days to",
    via="via",
    origin="first reported by",
    whole_story="the whole story",
    in_topics="In the topics",
    edition_of="In another language:",
    copies="The same text in other outlets",
    more_tellings="Later tellings that are not shown:",
    more_edits="Earlier edits that are not shown:",
    was="removed:",
    became="added:",
    kinds={
        RevisionKind.SILENT: "Small edit",
        RevisionKind.UPDATE: "Update",
        RevisionKind.MATERIAL: "Material edit",
    },
    in_title="Headline:",
    health={
        Condition.DISABLED: "switched off",
        Condition.NEW: "not asked yet",
        Condition.OK: "in order",
        Condition.FAILING: "failing",
        Condition.THROTTLED: "asks us to wait",
        Condition.MISSING: "missing",
        Condition.PARKED: "gone",
        Condition.STALE: "unusually quiet",
        Condition.GAP: "may have lost entries",
        Condition.MOVED: "moved",
    },
    well="sources are in order",
    of="of",
    last_new="Newest entry seen",
    last_ok="Last good answer",
    failing_since="Failing since",
    feed="Feed",
    no_source="There is no source yet: add one to the config, as [[source]].",
    health_feed="What goes wrong here, as a feed",
    refused="The config is refused; everything goes on by the one before:",
    tellings=("telling", "tellings", "tellings"),
    copy=("copy", "copies", "copies"),
    outlets=("outlet", "outlets", "outlets"),
    edits=("edit", "edits", "edits"),
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
    in_reader="Відкрити у програмі для читання",
    as_json="Ця сторінка як JSON",
    sources="Джерела",
    in_feed="у стрічці",
    in_days="за 30 днів до",
    via="через",
    origin="першоджерело:",
    whole_story="уся історія",
    in_topics="У темах",
    edition_of="Іншою мовою:",
    copies="Той самий текст в інших виданнях",
    more_tellings="Пізніші розповіді, яких тут не показано:",
    more_edits="Раніші правки, яких тут не показано:",
    was="вилучено:",
    became="додано:",
    kinds={
        RevisionKind.SILENT: "Дрібна правка",
        RevisionKind.UPDATE: "Оновлення",
        RevisionKind.MATERIAL: "Суттєва правка",
    },
    in_title="Заголовок:",
    health={
        Condition.DISABLED: "вимкнено",
        Condition.NEW: "ще не запитано",
        Condition.OK: "усе гаразд",
        Condition.FAILING: "не відповідає",
        Condition.THROTTLED: "просить зачекати",
        Condition.MISSING: "не знайдено",
        Condition.PARKED: "закрито",
        Condition.STALE: "незвично тихо",
        Condition.GAP: "могло втратити записи",
        Condition.MOVED: "переїхало",
    },
    well="джерел працюють",
    of="з",
    last_new="Найновіший запис побачено",
    last_ok="Остання добра відповідь",
    failing_since="Не відповідає з",
    feed="Стрічка",
    no_source="Джерел ще немає: додайте джерело до конфігурації, як [[source]].",
    health_feed="Що тут не гаразд, стрічкою",
    refused="Конфігурацію відхилено; усе працює за попередньою:",
    tellings=("розповідь", "розповіді", "розповідей"),
    copy=("копія", "копії", "копій"),
    outlets=("видання", "видання", "видань"),
    edits=("правка", "правки", "правок"),
    entries=("запис", "записи", "записів"),
    months=(
        *("січня", "лютого", "березня", "квітня", "травня", "червня"),
        *("липня", "серпня", "вересня", "жовтня", "листопада", "грудня"),
    ),
)

PHRASES: Mapping[str, Phrases] = {"en": _ENGLISH, "uk": _UKRAINIAN}
"""By the language of the pages, as `[site] language` names it."""
