"""What a topic's feed shows once: a text with its copies, or a story with all its tellings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from feeds.dedupe.grouping import declared_order, shown
from feeds.model import Entry, Match, Placement
from feeds.text.forms import primary


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that a topic took, with what deduplication knows of it."""

    entry: Entry
    placement: Placement | None
    match: Match
    rank: int = 0
    """Of its source: among copies that are equally near to the origin and equally full the highest is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One text, as it will be shown."""

    original: str
    """Id of the entry that the others copy: the one that the published id is made from, whichever is shown."""
    shown: Entry
    hidden: Sequence[Entry] = ()
    """Its copies, first seen first."""
    others: Sequence[Entry] = ()
    """Other tellings of its story with their copies, each first seen first: they are named on it too."""
    story: str = ""
    """Empty: not placed in one."""
    published: datetime | None = None
    """When a topic first published it under its id; None: not yet."""

    @property
    def first(self) -> Entry:
        """The one that was seen first: it gives the place in the feed, so that no copy makes its readers look twice.

        Of several seen at the same moment: the original, else the one that was published first.
        """

        def turn(entry: Entry) -> tuple[datetime, bool, datetime, str]:
            return entry.first_seen, entry.id != self.original, entry.published, entry.id

        return min((self.shown, *self.hidden), key=turn)

    def changed(self) -> datetime:
        """When what readers see of it changed last: a copy that comes is named, or even shown."""
        texts = (self.shown, *self.hidden)
        moments = [entry.first_seen for entry in (*texts, *self.others)] + [entry.revised for entry in texts]
        return max(moments)


def collapsed(collapse: str, candidates: Iterable[Candidate]) -> list[Telling]:
    """What is shown, each with what it stands for: nothing (`none`), its copies (`copies`), its story (`stories`).

    This comes before age and limit: a copy must not surface because the entry that hid it grew old.
    """
    listed = tuple(candidates)
    if collapse == "none":
        return [Telling(original=candidate.entry.id, shown=candidate.entry) for candidate in listed]
    tellings = _texts(listed)
    return _stories(tellings, {one.entry.source: one.rank for one in listed}) if collapse == "stories" else tellings


def _texts(candidates: Iterable[Candidate]) -> list[Telling]:
    """Each text once, with its copies (`feeds.dedupe.grouping.shown`)."""
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        copy_of = candidate.placement.copy_of if candidate.placement else None
        groups.setdefault(copy_of or candidate.entry.id, []).append(candidate)
    tellings = []
    for original, group in groups.items():
        best = shown(original, [one.entry for one in group], {one.entry.source: one.rank for one in group})
        hidden = _first_seen_first(one.entry for one in group if one.entry.id != best.id)
        placements = [one.placement for one in group if one.placement]
        tellings.append(
            Telling(
                original=original,
                shown=best,
                hidden=hidden,
                story=min((one.story for one in placements if one.story), default=""),
                published=min((one.published for one in placements if one.published), default=None),
            )
        )
    return tellings


def _stories(tellings: Iterable[Telling], ranks: Mapping[str, int]) -> list[Telling]:
    """Each story once in each language, by the telling that was published first; before that, by the declared order.

    What was published keeps its place and its id; who tells the story later is named on it. A text without a story
    stands for itself.
    """
    groups: dict[tuple[str, str], list[Telling]] = {}
    for telling in tellings:
        language = primary(telling.shown.language)
        groups.setdefault((telling.story, language) if telling.story else (telling.original, ""), []).append(telling)

    def order(telling: Telling) -> tuple[bool, float, tuple[int, bool, int, datetime, str]]:
        since = telling.published.timestamp() if telling.published else 0.0
        return telling.published is None, since, declared_order(telling.shown, ranks)

    once = []
    for group in groups.values():
        best, *rest = sorted(group, key=order)
        others = _first_seen_first(chain.from_iterable((one.shown, *one.hidden) for one in rest))
        once.append(replace(best, others=others))
    return once


def _first_seen_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.first_seen, entry.id)))
