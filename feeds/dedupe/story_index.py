"""Which story an entry tells: streaming clusters over a window, by terms, with people's decisions before all.

A story is known by its entries of the window. An entry joins the story that it is most like; like none enough, it
begins one. What is remembered are the terms of the window's entries and their stories, so a fold over them is all that
a restart needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from operator import itemgetter
from types import MappingProxyType
from typing import Final
from zlib import crc32

from feeds.dedupe.ids import begun_story_id
from feeds.dedupe.sketch import read_part
from feeds.dedupe.story_choices import NO_CHOICES, Choices
from feeds.dedupe.story_groups import Group, Kept
from feeds.dedupe.story_guards import recurs, too_little
from feeds.dedupe.story_score import RULE, THRESHOLD, believed, score
from feeds.dedupe.story_terms import MOST_ENTRIES, Frequencies, Likeness, Query
from feeds.dedupe.terms import LABEL, unpack
from feeds.model import Entry, Join, Relation
from feeds.text.forms import primary

WINDOW: Final = timedelta(hours=72)
FEWEST_TERMS: Final = 4
"""Of an entry; with fewer it is a story of its own."""
_ANCHORS: Final = 24
"""Terms by which an entry is found; a sketch has the weightiest first."""
_WALK: Final = 300
"""Entries that are looked at for one, those with its rarest terms first: it bounds what an entry costs."""
_CLOSEST: Final = 6
"""Of those, the entries that are then compared in full."""
_LEAST: Final = 0.1
"""Part of what its terms by which it is found are worth, that another one must share to be compared: what shares less
never came to half of the threshold."""
_SERIES: Final = 0.15
"""Cosine from which on two entries may be numbers of a series; below, they would not be joined anyway."""
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    score: float
    closest: Kept
    likeness: Likeness


class StoryIndex:
    """The entries of the last `window`, by what they are about. Owned by one caller, not for several threads."""

    def __init__(self, *, window: timedelta = WINDOW, threshold: float = THRESHOLD) -> None:
        self._window = window.total_seconds()
        self._threshold = threshold
        self._kept: dict[str, Kept] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._having: dict[int, list[Kept]] = {}
        self._frequencies = Frequencies()
        self._ages: list[tuple[float, str]] = []
        """When entries were first seen, a heap: they do not always come in that order, as a copy may cease to be one.
        Those that were taken out before are in it still."""
        self._limit = float("-inf")
        """What was first seen then, or before, has left."""

    def __len__(self) -> int:
        """How many entries it holds."""
        return len(self._kept)

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._kept

    def add(self, entry: Entry, story: str) -> None:
        """Take in an `entry` of `story`, in the place of what was known of it; what is older than the window leaves, as
        does `entry` itself where it is.

        To be called for each entry that is no copy: when it was committed, and at start for those that are stored.
        """
        self.expire(entry.first_seen)
        kept = _kept(entry, story)
        if kept.seen <= self._limit:
            return
        if known := self._kept.get(entry.id):
            self._take_out(known)
        else:
            heappush(self._ages, (kept.seen, kept.id))
        self._kept[entry.id] = kept
        self._groups.setdefault((story, kept.language), Group()).add(kept)
        terms = unpack(kept.terms)
        if terms:
            self._frequencies.add(terms, kept.source)
            salt = _salt(kept.language)
            for term in terms[:_ANCHORS]:
                self._having.setdefault(term >> 8 ^ salt, []).append(kept)
        while len(self._kept) > MOST_ENTRIES:
            self._drop_oldest()

    def expire(self, now: datetime) -> None:
        """Let go of what is older than the window at `now`, or was at a later moment that it was told before."""
        self._limit = max(self._limit, now.timestamp() - self._window)
        while self._ages and self._ages[0][0] <= self._limit:
            self._drop_oldest()

    def forget(self, entry_id: str) -> None:
        """Take an entry out, as if it had never been there; nothing happens where it is not."""
        known = self._kept.pop(entry_id, None)
        if known is not None:
            self._take_out(known)

    def assign(
        self, entry: Entry, *, choices: Choices = NO_CHOICES, elsewhere: Mapping[str, str] = _NOTHING
    ) -> tuple[str, Join | None]:
        """The id of the story that `entry` tells, and why; no reason where it begins one. Takes nothing in.

        `elsewhere` has the stories of entries that left the window, as far as `choices` speak of them.
        """
        self.expire(entry.first_seen)
        for other, made in choices.wanted(entry.id):
            story = self._story_of(other, elsewhere)
            split = choices.split(entry.id, story) if story else None
            if story and (split is None or split < made):
                return story, Join(relation=Relation.STORY, other=other, evidence="joined by hand", rule=RULE)
        kept = _kept(entry, "")
        barred = {self._story_of(other, elsewhere) for other in choices.unwanted(entry.id)}
        found = [
            (one.score, story, one)
            for story, one in self._alike(kept).items()
            if story not in barred and choices.split(entry.id, story) is None
        ]
        if not found:
            return self._begun(entry, choices, barred), None
        _, story, best = max(found, key=lambda one: one[:2])
        evidence = f"{best.likeness.shared} words in common"
        return story, Join(
            relation=Relation.STORY, other=best.closest.id, score=round(best.score, 3), evidence=evidence, rule=RULE
        )

    def compared(self, one: Entry, other: Entry, *, story: str) -> Join | str:
        """Why `one` may tell what `other` of `story` does, as the ledger's line for it; else what refuses it, in words.

        `one` is in another story, perhaps for being more like that. The words of the window are weighed as it is now;
        either entry may have left it. What people decided is not looked at. Takes nothing in.
        """
        mine, theirs = _kept(one, ""), _kept(other, story)
        if refused := self._strangers(mine, theirs):
            return refused
        query = Query(unpack(mine.terms), mine.source, self._frequencies)
        likeness = query.likeness(unpack(theirs.terms))
        if likeness.cosine >= _SERIES and recurs(mine, theirs):
            return "they are two numbers of a series: nearly equal titles, at another time or with other numbers"
        if refused := too_little(likeness):
            return refused
        group = self._groups.get((story, theirs.language)) or Group([theirs])
        near = sorted((believed(query.likeness(unpack(kept.terms))) for kept in group.entries), reverse=True)
        value = score(query, near, group)
        evidence = f"{likeness.shared} words in common"
        if value < self._threshold:
            return f"they have {evidence}, which makes {value:.2f} with the whole story, of {self._threshold:g} needed"
        return Join(relation=Relation.STORY, other=other.id, score=round(value, 3), evidence=evidence, rule=RULE)

    def _strangers(self, one: Kept, other: Kept) -> str:
        if not one.terms or not other.terms:
            return f"one of them says too little to be compared: it has fewer than {FEWEST_TERMS} telling words"
        if one.language != other.language:
            return f"their languages differ: {one.language or 'unknown'} and {other.language or 'unknown'}"
        apart = abs(one.published - other.published)
        if apart > self._window:
            return f"they are {apart / 3600:.0f} hours apart, more than {self._window / 3600:.0f}"
        return ""

    def story_of(self, entry_id: str) -> str:
        """The story of an entry of the window; empty: it is not in it."""
        return self._story_of(entry_id, _NOTHING)

    def _story_of(self, entry_id: str, elsewhere: Mapping[str, str]) -> str:
        known = self._kept.get(entry_id)
        return known.story if known else elsewhere.get(entry_id, "")

    def _begun(self, entry: Entry, choices: Choices, barred: set[str]) -> str:
        """The id of the story that `entry` begins: another one where it was taken out of the one it had begun."""
        story = begun_story_id(entry.id)
        while story in barred or choices.split(entry.id, story) is not None:
            story = begun_story_id(story)
        return story

    def _alike(self, kept: Kept) -> dict[str, _Found]:
        """The stories that it is enough like, each with its closest entry."""
        terms = unpack(kept.terms)
        if not terms:
            return {}
        query = Query(terms, kept.source, self._frequencies)
        closest: defaultdict[str, list[tuple[float, str, Likeness, Kept]]] = defaultdict(list)
        barred = set()
        for other in self._near(kept, terms, query):
            likeness = query.likeness(unpack(other.terms))
            if likeness.cosine >= _SERIES and recurs(kept, other):
                barred.add(other.story)
            closest[other.story].append((-believed(likeness), other.id, likeness, other))
        found = {}
        for story in closest.keys() - barred:
            near = sorted(closest[story], key=itemgetter(0, 1))
            _, _, likeness, other = near[0]
            if too_little(likeness):
                continue
            value = score(query, [-one[0] for one in near], self._groups[story, kept.language])
            if value >= self._threshold:
                found[story] = _Found(score=value, closest=other, likeness=likeness)
        return found

    def _near(self, kept: Kept, terms: tuple[int, ...], query: Query) -> list[Kept]:
        """The entries in its language with which it shares most among their weightiest terms; the best first."""
        salt = _salt(kept.language)
        values = [query.value(term >> 8) for term in terms[:_ANCHORS]]
        lists = sorted(
            (len(having), value, term, having)
            for term, value in zip(terms, values, strict=False)
            if value and (having := self._having.get(term >> 8 ^ salt))
        )
        shared: dict[Kept, float] = {}
        get = shared.get
        walked = 0
        for length, value, _, having in lists:
            walked += length
            if walked > _WALK:
                break
            for other in having:
                shared[other] = get(other, 0.0) + value
        enough = _LEAST * sum(values)
        near = [(-value, other.id, other) for other, value in shared.items() if value >= enough]
        near.sort()
        return [
            other
            for _, _, other in near
            if other.language == kept.language
            and abs(other.published - kept.published) <= self._window
            and other.id != kept.id
        ][:_CLOSEST]

    def _drop_oldest(self) -> None:
        """Or one that was taken out before."""
        _, oldest = heappop(self._ages)
        self.forget(oldest)

    def _take_out(self, kept: Kept) -> None:
        group = self._groups[kept.story, kept.language]
        group.remove(kept)
        if not group.entries:
            del self._groups[kept.story, kept.language]
        terms = unpack(kept.terms)
        if not terms:
            return
        self._frequencies.remove(terms, kept.source)
        salt = _salt(kept.language)
        for term in terms[:_ANCHORS]:
            key = term >> 8 ^ salt
            having = self._having[key]
            having.remove(kept)
            if not having:
                del self._having[key]


def _kept(entry: Entry, story: str) -> Kept:
    terms = read_part(entry.sketch, LABEL) or b""
    return Kept(
        id=entry.id,
        story=story,
        source=entry.source,
        language=primary(entry.language),
        terms=terms if len(unpack(terms)) >= FEWEST_TERMS else b"",
        seen=entry.first_seen.timestamp(),
        published=min(entry.published, entry.first_seen).timestamp(),
    )


def _salt(language: str) -> int:
    """Tells the terms of one language from those of others in one index."""
    return crc32(language.encode()) & 0xFFFFFF
