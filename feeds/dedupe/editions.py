"""Language editions: one article of one outlet, told again by it in another language.

Nothing in a feed says so, and words cannot be compared, so it takes two signs that agree: where the articles are, the
picture that they show, the names and numbers that both languages write alike. They are never copies.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from feeds.dedupe.sketch import read_part
from feeds.dedupe.terms import LABEL, NAME, NUMBER, unpack
from feeds.model import Entry, Join, Relation
from feeds.text.forms import primary

RULE: Final = "editions/1"
WINDOW: Final = timedelta(hours=24)
"""Between two editions: outlets translate their news the same day. Nothing was measured: no recorded feeds hold
editions, so more is asked of each sign than it would seem to need."""
_SOON: Final = timedelta(hours=2)
_ENOUGH: Final = 2
"""Names and numbers that both have, where the place alone does not decide."""
_SPELLINGS: Final = {
    "eng": "en", "ukr": "uk", "ua": "uk", "rus": "ru", "pol": "pl", "ger": "de", "deu": "de", "fra": "fr", "fre": "fr",
    "spa": "es", "esp": "es", "ita": "it", "por": "pt", "rum": "ro", "tur": "tr", "cz": "cs", "by": "be",
}  # fmt: skip
"""How addresses name languages besides their ISO 639-1 codes."""
_CODES: Final = frozenset({
    "ar", "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr",
    "he", "hi", "hr", "hu", "hy", "it", "ja", "ka", "ko", "lt", "lv", "mk", "nl", "no",
    "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "zh",
})  # fmt: skip
_NUMBER_IN_PATH = re.compile(r"(?<!\d)\d{6,}(?!\d)")
"""Of an article; a date written as one number has eight digits, too: those are left out."""
_DATE = re.compile(r"(?:19|20)\d\d[01]\d[0-3]\d")
_SLUG = re.compile(r"[^/]*[^\W\d_]+-[^/]*[^\W\d_]+-[^/]*[^\W\d_]+[^/]*")
_SECOND_LEVEL: Final = frozenset(("ac", "co", "com", "edu", "gov", "net", "org"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an article is, apart from its language."""

    outlet: str
    """The registrable part of its host."""
    path: str
    """Without the segment that names a language; empty where it names no article."""
    numbers: frozenset[str]
    telling: bool
    """Whether the path has words of its title, which no other article would have."""
    original: bool
    """Whether neither path nor host names a language: outlets put what they write first there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What two entries of one outlet have in common."""

    path: bool
    """But for the language."""
    telling: bool
    number: bool
    """Of the article, in the address."""
    picture: bool
    alike: int
    """Names and numbers that stand in both as they are."""
    soon: bool

    def told(self) -> str:
        """In words; empty: nothing."""
        told = (
            "the same path but for the language" if self.path else "",
            "the same number in the address" if self.number else "",
            "the same picture" if self.picture else "",
            f"{self.alike} names or numbers alike" if self.alike else "",
        )
        return ", ".join(filter(None, told))


def place_of(url: str) -> Place | None:
    """The place of the article at `url`; None where that says nothing."""
    parts = urlsplit(url)
    if not parts.hostname:
        return None
    labels = parts.hostname.removeprefix("www.").split(".")
    size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    segments = [segment for segment in parts.path.split("/") if segment]
    rest = [segment for segment in segments if _language(segment) is None]
    numbers = frozenset(
        number for segment in rest for number in _NUMBER_IN_PATH.findall(segment) if not _DATE.fullmatch(number)
    )
    telling = bool(rest) and _SLUG.fullmatch(rest[-1]) is not None
    return Place(
        outlet=".".join(labels[-size:]),
        path="/".join(rest) if telling or numbers else "",
        numbers=numbers,
        telling=telling,
        original=len(rest) == len(segments) and not any(map(_language, labels[:-size])),
    )


def edition_order(entry: Entry) -> tuple[bool, float, str]:
    """By what editions of an article are ordered, the one that the others belong to first.

    The one whose address names no language, for there outlets put what they write first and translate elsewhere; then
    the earliest. It does not depend on which of them we saw first.
    """
    place = place_of(entry.url)
    return not (place and place.original), entry.published.timestamp(), entry.id


class EditionIndex:
    """The entries of the last day by place and picture. Owned by one caller, not for several threads."""

    def __init__(self, *, window: timedelta = WINDOW) -> None:
        self._window = window
        self._kept: dict[str, Entry] = {}
        self._at: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def add(self, entry: Entry) -> None:
        """Take an entry in, in the place of what was known of it; what is older than the window leaves."""
        self._leave(entry)
        self.forget(entry.id)
        if keys := list(_keys(entry)):
            self._kept[entry.id] = replace(
                entry, summary="", content="", authors=(), categories=(), enclosures=(), credits=()
            )
            for key in keys:
                self._at[key][entry.id] = None

    def forget(self, entry_id: str) -> None:
        """Take an entry out; nothing happens where it is not there."""
        known = self._kept.pop(entry_id, None)
        for key in _keys(known) if known else ():
            self._at[key].pop(entry_id, None)
            if not self._at[key]:
                del self._at[key]

    def editions(self, entry: Entry) -> dict[str, tuple[str | None, tuple[Join, ...]]]:
        """Of each entry that belongs to the article of `entry`, itself included: whose edition it is, and why.

        Empty where it has no editions. One article has one entry in a language: where several could be it, none is.
        To be called once `entry` was taken in; the answer follows from the entries of the window, not from the order
        in which they came.
        """
        reached, waiting = {entry.id: entry}, [entry]
        joins: defaultdict[str, list[Join]] = defaultdict(list)
        while waiting:
            one = waiting.pop()
            for other, join in self._alike(one):
                joins[one.id].append(join)
                if other.id not in reached:
                    reached[other.id] = other
                    waiting.append(other)
        spoken = [primary(one.language) for one in reached.values()]
        if len(reached) < 2 or len(set(spoken)) < len(spoken):
            return {}
        root = min(reached.values(), key=edition_order).id
        return {
            one: (None if one == root else root, tuple(sorted(joins[one], key=lambda join: join.other)))
            for one in reached
        }

    def _alike(self, entry: Entry) -> Iterator[tuple[Entry, Join]]:
        near = dict.fromkeys(other for key in _keys(entry) for other in self._at.get(key, ()))
        for other in (self._kept[one] for one in near if one != entry.id):
            join = self.compared(entry, other)
            if isinstance(join, Join):
                yield other, join

    def compared(self, one: Entry, other: Entry) -> Join | str:
        """Why the two are editions of one article, as the ledger's line for `one`; else what is missing, in words."""
        mine, theirs = place_of(one.url), place_of(other.url)
        if mine is None or theirs is None:
            return "the address of one says nothing"
        if mine.outlet != theirs.outlet:
            return f"their outlets differ: {mine.outlet} and {theirs.outlet}"
        spoken, also = primary(one.language), primary(other.language)
        if not (spoken and also) or spoken == also:
            return f"they are not known to be in two languages: {spoken or 'unknown'} and {also or 'unknown'}"
        if abs(one.published - other.published) > self._window:
            return f"they are more than {self._window / timedelta(hours=1):.0f} hours apart"
        signs = _signs(one, other, mine, theirs)
        if evidence := self._evidence(one, other, signs):
            return Join(relation=Relation.EDITION, other=other.id, evidence=evidence, rule=RULE)
        return f"two signs must agree, and there is {signs.told() or 'none'}"

    def _evidence(self, one: Entry, other: Entry, signs: _Signs) -> str:
        """In words; empty: no two signs agree."""
        if signs.path and (signs.telling or signs.picture or signs.alike or signs.soon):
            return "same path but for the language"
        if signs.number and (signs.picture or signs.alike >= _ENOUGH):
            also = "same picture" if signs.picture else f"{signs.alike} names or numbers alike"
            return f"same number in the address, {also}"
        alone = signs.picture and self._alone_with(one) and self._alone_with(other)
        if alone and signs.alike >= (1 if signs.soon else 2):
            return f"same picture, {signs.alike} names or numbers alike"
        return ""

    def _alone_with(self, entry: Entry) -> bool:
        """Whether no other entry of the outlet in its language shows its picture: archive pictures stand everywhere."""
        mine = place_of(entry.url)
        sharing = self._at.get((mine.outlet if mine else "", f"picture {entry.image}"), {})
        return all(one == entry.id or primary(self._kept[one].language) != primary(entry.language) for one in sharing)

    def _leave(self, entry: Entry) -> None:
        limit = entry.first_seen - self._window
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if oldest.first_seen > limit:
                return
            self.forget(oldest.id)


def _keys(entry: Entry) -> Iterator[tuple[str, str]]:
    place = place_of(entry.url)
    if place is None or not entry.language:
        return
    if place.path:
        yield place.outlet, f"path {place.path}"
    for number in place.numbers:
        yield place.outlet, f"number {number}"
    if entry.image:
        yield place.outlet, f"picture {entry.image}"


def _signs(one: Entry, other: Entry, mine: Place, theirs: Place) -> _Signs:
    return _Signs(
        path=mine.path != "" and mine.path == theirs.path,
        telling=mine.telling,
        number=bool(mine.numbers & theirs.numbers),
        picture=one.image != "" and one.image == other.image,
        alike=len(_marked(one) & _marked(other)),
        soon=abs(one.published - other.published) <= _SOON,
    )


def _marked(entry: Entry) -> frozenset[int]:
    terms: Iterable[int] = unpack(read_part(entry.sketch, LABEL) or b"")
    return frozenset(term >> 8 for term in terms if term & (NAME | NUMBER))


def _language(segment: str) -> str | None:
    """The language that a segment of a path, or a label of a host, names; None: none."""
    small = segment.lower()
    code = _SPELLINGS.get(small, small)
    return code if code in _CODES else None
