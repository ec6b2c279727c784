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
from itertools import chain, islice
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

# Whether a moment is plausible is for whoever knows the time; here it only has to be one.
_ANY_DAY = datetime(9000, 1, 1, tzinfo=UTC)

_TIME_OF_DAY = re.compile(r"\d{1,2}[:.]\d{2}(?!\d*[./]\d)|T\d{4}|\d{10,13}\Z")
_DATE_CLASS = re.compile(r"date|time|publi|posted|submitted|byline|meta|created", re.IGNORECASE)
_UPDATED = re.compile(r"updat|modif|edit|change|оновлен|обновлен|изменен|змінен|aktualiz|zmodyf", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:published|posted|date|дата|опубліковано|опубликовано|додано|добавлено|data\s+publikacji|opublikowano|dodano)"
    r"\s*(?:on|at)?\s*:?\s+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+")
_DASH_BEFORE_TIME = re.compile(r"(?<=\d)\s+[–—-]\s+(?=\d{1,2}:\d\d)")

LONGEST_DATELINE = 120
"""Characters; a date with the author's name and the number of readers is shorter."""

_MOST_LINES = 40
# Elements: author, date, sharing buttons.
_BELOW_HEADING = 12
_NO_PLACE = frozenset({"script", "style", "h1", "title", "html", "body", "head"})
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
        title=headline or _meta(page, "og:title") or _heading(page),
        published=_best(dates),
        language=page.get("lang") or page.get("xml:lang") or _meta(page, "og:locale", "content-language"),
    )


def _best(dates: Iterable[str]) -> str:
    """The first that has a time of day, else the first."""
    day = ""
    for date in dates:
        if date and is_date(date):
            if _TIME_OF_DAY.search(date):
                return date
            day = day or date
    return day


def is_date(text: str) -> bool:
    """Whether `text` is a date and nothing else."""
    return read_date(text, timezone="UTC", now=_ANY_DAY) is not None


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
    named = " ".join(f"{one.get('class') or ''} {one.get('itemprop') or ''}" for one in around)
    # WordPress has «published updated» on an entry that was never edited.
    if "publish" in named.lower():
        return False
    return bool(_UPDATED.search(f"{named} {element.text_content()[:LONGEST_DATELINE]}"))


def _written_dates(page: Element) -> Iterator[str]:
    """Dates in words for people, where names say that a date stands, or just below the heading."""
    lines = (one_line(one.text_content()) for one in _places_of_dates(page))
    short = (line for line in lines if 0 < len(line) <= LONGEST_DATELINE and any(map(str.isdigit, line)))
    for line in islice((line for line in short if not _UPDATED.search(line)), _MOST_LINES):
        yield from dates_in(line)


def _places_of_dates(page: Element) -> Iterator[Element]:
    below_heading = 0
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "h1":
            below_heading = _BELOW_HEADING
        elif below_heading:
            below_heading -= 1
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag not in _NO_PLACE and (below_heading or element.tag == "time" or _DATE_CLASS.search(named)):
            yield element


def dates_in(line: str) -> Iterator[str]:
    """What may be a date in a line under a headline: the line, and its parts, without `Published:` and the like."""
    line = _DASH_BEFORE_TIME.sub(" ", line)
    for part in (line, *_BETWEEN.split(line)):
        yield _LEAD.sub("", part, count=1)


def _heading(page: Element) -> str:
    """The page's one heading, cut to the document's title where an unclosed tag made it swallow what follows."""
    headings = [one_line(one.text_content()) for one in page.iter("h1")]
    titles = [one_line(one.text_content()) for one in page.iter("title")]
    if len(headings) != 1:
        return ""
    return titles[0] if titles and titles[0] and headings[0].startswith(titles[0]) else headings[0]


def _meta(page: Element, *names: str) -> str:
    wanted = [one for one in page.iter("meta") if {one.get("property"), one.get("name"), _equivalent(one)} & {*names}]
    return one_line(next(filter(None, (one.get("content") for one in wanted)), ""))


def _equivalent(meta: Element) -> str:
    return (meta.get("http-equiv") or "").lower()


def _string(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""
