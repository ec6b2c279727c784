"""What a page says about its article: headline, date, language.

Publishers say it up to five times, for as many machines: schema.org in JSON, meta elements, microdata, `<time>`, and
words for people. They agree on the day; only some have the minute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Protocol

from feeds.read.dates import read_date
from feeds.read.titles import one_line


class Element(Protocol):
    """What is asked of a parsed page: lxml's own names."""

    tag: str

    def get(self, key: str) -> str | None: ...
    def iter(self, *tags: str) -> Iterator[Element]: ...
    def text_content(self) -> str: ...
    def getparent(self) -> Element | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """As the page has them; empty: it does not say."""

    title: str = ""
    published: str = ""
    language: str = ""


_DATE_NAMES = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "publish_date",
    "publish-date",
    "pubdate",
    "published_at",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "date",
)

ANY_DAY = datetime(9000, 1, 1, tzinfo=UTC)
"""Whether a moment is plausible is for whoever knows the time; here it only has to be one."""

_TIME_OF_DAY = re.compile(r"\d{1,2}[:.]\d{2}(?!\d*[./]\d)|T\d{4}|\d{10,13}\Z")
_DATE_CLASS = re.compile(r"date|time|publi|posted|byline|meta|created", re.IGNORECASE)
_UPDATED = re.compile(r"updat|modif|edit|change|оновлен|обновлен|изменен|змінен|aktualiz|zmodyf", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:published|posted|date|дата|опубліковано|опубликовано|додано|добавлено|data\s+publikacji|opublikowano|dodano)"
    r"\s*(?:on|at)?\s*:?\s+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+")
# A line with a date and an author's name is shorter.
_LONGEST_LINE = 120
_MOST_LINES = 40
_MOST_SCRIPTS = 20
_DEEPEST = 12


def facts_of(page: Element) -> Facts:
    """The facts of a parsed page."""
    described = [one for script in _scripts(page) for one in _articles(script)]
    headline = next((text for one in described if (text := _string(one.get("headline")))), "")
    dates = chain(
        (_string(one.get("datePublished")) for one in described),
        _named_dates(page),
        _time_elements(page),
        _written_dates(page),
    )
    return Facts(
        title=headline or _meta(page, "og:title") or _only_heading(page),
        published=_best(dates),
        language=page.get("lang") or page.get("xml:lang") or _meta(page, "og:locale"),
    )


def _best(dates: Iterable[str]) -> str:
    """The first that has a time of day, else the first."""
    day = ""
    for date in dates:
        if date and _is_date(date):
            if _TIME_OF_DAY.search(date):
                return date
            day = day or date
    return day


def _is_date(text: str) -> bool:
    return read_date(text, timezone="UTC", now=ANY_DAY) is not None


def _scripts(page: Element) -> Iterator[object]:
    texts = (one.text_content() for one in page.iter("script") if one.get("type") == "application/ld+json")
    for _, text in zip(range(_MOST_SCRIPTS), texts, strict=False):
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue


def _articles(value: object, depth: int = 0) -> Iterator[dict[str, object]]:
    """Objects of schema.org's types of articles, in lists and graphs too."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _articles(one, depth + 1)
    elif isinstance(value, dict):
        types = value.get("@type")
        names = types if isinstance(types, list) else [types]
        if any(isinstance(name, str) and name.endswith(("Article", "Posting", "Report")) for name in names):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _articles(value.get(key), depth + 1)


def _named_dates(page: Element) -> list[str]:
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        found.setdefault(name, one_line(element.get("content") or ""))
    return [found[name] for name in _DATE_NAMES if name in found]


def _time_elements(page: Element) -> Iterator[str]:
    """Those that say of themselves that they are the date of publication first; those of an edit not at all."""
    elements = [one for one in page.iter("time", "span", "div", "abbr") if one.tag == "time" or one.get("itemprop")]
    published = [one for one in elements if (one.get("itemprop") or "") == "datePublished" or one.get("pubdate")]
    plain = [one for one in elements if one.tag == "time" and one not in published and not _of_an_edit(one)]
    for element in (*published, *plain)[:_MOST_LINES]:
        yield one_line(element.get("datetime") or element.get("content") or element.get("title") or "")


def _of_an_edit(element: Element) -> bool:
    parent = element.getparent()
    around = (element, parent) if parent is not None else (element,)
    said = " ".join(f"{one.get('class') or ''} {one.get('itemprop') or ''}" for one in around)
    return bool(_UPDATED.search(f"{said} {element.text_content()[:_LONGEST_LINE]}"))


def _written_dates(page: Element) -> Iterator[str]:
    """Dates in words for people, where the page's own names say that a date stands."""
    tried = 0
    for element in page.iter("time", "span", "div", "p", "li", "small", "em", "strong", "td", "b", "i", "abbr"):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag != "time" and not _DATE_CLASS.search(named):
            continue
        line = one_line(element.text_content())
        if not line or len(line) > _LONGEST_LINE or not any(map(str.isdigit, line)) or _UPDATED.search(line):
            continue
        tried += 1
        if tried > _MOST_LINES:
            return
        for part in (line, *_BETWEEN.split(line)):
            yield _LEAD.sub("", part, count=1) if _LEAD.match(part) else part


def _only_heading(page: Element) -> str:
    headings = [one_line(one.text_content()) for one in page.iter("h1")]
    return headings[0] if len(headings) == 1 else ""


def _meta(page: Element, name: str) -> str:
    contents = (one.get("content") for one in page.iter("meta") if name in (one.get("property"), one.get("name")))
    return one_line(next(filter(None, contents), ""))


def _string(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""
