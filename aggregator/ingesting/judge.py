"""Where entries stand: what a pass brought is compared with what is remembered of the last days.

The indexes that this takes are derived: a fold over what is stored, made at start and kept in step with what is
committed. For one caller at a time, whoever holds the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.ingesting.placed import Remembering
from feeds.dedupe import editions
from feeds.dedupe.boilerplate import Lines
from feeds.dedupe.by_hand import HIDDEN
from feeds.dedupe.copy_index import CopyIndex
from feeds.dedupe.editions import EditionIndex
from feeds.dedupe.grouping import forbidden_pairs
from feeds.dedupe.likeness import WINDOW
from feeds.dedupe.placing import FORBIDDEN, compared, place, take_back
from feeds.dedupe.story_choices import Choices
from feeds.dedupe.story_index import StoryIndex
from feeds.model import Boilerplate, DecisionKind, Entry, Join, Placement, Relation
from storage.port import Change, Store

RECOUNTED = 5000
"""Entries, the newest, whose lines are counted again at start, which takes 0.3 s: a line is learnt later without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows from what a pass brought, to be committed with it."""

    placements: tuple[Placement, ...] = ()
    """Those that change, of whatever entries."""
    copies: frozenset[str] = frozenset()
    """Ids of the entries, new or not, that turned out to be copies."""
    learnt: tuple[Boilerplate, ...] = ()


class Judge:
    """Knows the entries of the last days by their texts, stories and languages."""

    def __init__(self, store: Store, *, ranks: Mapping[str, int] | None = None) -> None:
        """`ranks` are by source. Reads what it needs from `store`; raises StoreError."""
        self._store = store
        self.ranks = ranks or {}
        """By source; others may take their place, for what is judged from then on."""
        self.refresh()

    def forget(self) -> None:
        """Know no entry, and what people decided; raises StoreError."""
        self._copies, self._stories, self._editions = CopyIndex(), StoryIndex(), EditionIndex()
        self.hear()

    def refresh(self) -> None:
        """Begin anew with what is stored; raises StoreError."""
        self.forget()
        self._lines = Lines(self._store.boilerplate())
        newest = next(self._store.entries(), None)
        if newest is not None:
            self._fold(newest.first_seen)

    def hear(self) -> None:
        """Take note of what people decided; raises StoreError."""
        self._decisions = self._store.decisions()
        self._choices = Choices(self._decisions)
        self._forbidden = forbidden_pairs(self._decisions) | frozenset(self._split_pairs())

    def judge(self, new: Sequence[Entry], edited: Sequence[Entry], placements: Iterable[Placement] = ()) -> Judgement:
        """How entries stand with a pass that brought `new` ones, and `edited` states of known ones.

        `placements` are those that the pass has decided on already: what is held by them is placed, and not compared.
        The indexes take everything in, so what is not committed after all has to be taken `back`.
        """
        remembering = Remembering(self._store, (*new, *edited), placements)
        remembering.placements([entry.id for entry in (*new, *edited)])  # of all at once, for what asks one by one
        self.judge_over(remembering, [e for e in (*new, *edited) if not is_set_aside(remembering.placement(e.id))])
        learnt = [line for entry in new for line in self._lines.take(entry)]
        return Judgement(placements=remembering.changed(), copies=frozenset(remembering.found()), learnt=tuple(learnt))

    def judge_over(self, remembering: Remembering, touched: Sequence[Entry]) -> None:
        """Lay over what is `remembering` how the `touched` entries, and those that they touch, stand."""
        if touched:
            newest = max(entry.first_seen for entry in touched)
            self._copies.expire(newest - WINDOW)
            self._stories.expire(newest)
        self._place(touched, remembering)

    def back(self, new: Sequence[Entry], edited: Sequence[Entry]) -> None:
        """Take out what `judge` took in and nobody remembered; raises StoreError."""
        before = {entry.id: known for entry in edited if (known := self._store.entry(entry.id))}
        take_back((*new, *edited), index=self._copies, before=before)
        for entry in new:
            self._stories.forget(entry.id)
            self._editions.forget(entry.id)

    def again(self, entry_ids: Collection[str]) -> tuple[Placement, ...]:
        """The placements that change when these entries are compared anew, by what people have decided since."""
        self.hear()
        remembering = Remembering(self._store)
        entries = sorted(remembering.entries(ids=entry_ids, urls=()), key=lambda entry: (entry.first_seen, entry.id))
        self._place([entry for entry in entries if entry.id in self._copies], remembering)
        for entry in entries:
            self._stand(entry, remembering.placement(entry.id))
        return remembering.changed()

    def _split_pairs(self) -> Iterator[frozenset[str]]:
        """What was taken out of a story is no copy of anything in it, either."""
        for one in self._decisions:
            if one.kind is DecisionKind.SPLIT:
                inside = self._store.story(one.other)
                yield from (frozenset((one.entry, other)) for other in inside if other != one.entry)

    def why(self, one: Entry, other: Entry) -> Mapping[Relation, Join | str]:
        """What comparing these two gives today: a line of the ledger for `one`, or what refuses it, in words.

        As an edition and as a copy they are compared themselves; whether they tell one story is asked of the texts that
        they copy. Changes nothing; raises StoreError.
        """
        remembering = Remembering(self._store)
        forbidden = frozenset((one.id, other.id)) in self._forbidden
        return {
            Relation.COPY: compared(one, other, index=self._copies, facts=remembering, forbidden=self._forbidden),
            Relation.STORY: self._why_story(one, other, remembering, forbidden=forbidden),
            Relation.EDITION: FORBIDDEN if forbidden else self._editions.compared(one, other),
        }

    def _why_story(self, one: Entry, other: Entry, remembering: Remembering, *, forbidden: bool) -> Join | str:
        """The later one is compared with the story of the earlier one, as when it came."""
        told = [
            remembering.entry(remembering.placement(entry.id).copy_of or entry.id) or entry for entry in (one, other)
        ]
        earlier, later = sorted(told, key=lambda entry: (entry.first_seen, entry.published, entry.id))
        stories = {entry.id: remembering.placement(entry.id).story for entry in told}
        if self._choices.split(later.id, stories[earlier.id]) or self._choices.split(earlier.id, stories[later.id]):
            return "a person took one of them out of the other one's story"
        if forbidden:
            return FORBIDDEN
        answer = self._stories.compared(later, earlier, story=stories[earlier.id])
        return replace(answer, other=told[1].id) if isinstance(answer, Join) else answer

    def _place(self, touched: Sequence[Entry], remembering: Remembering) -> None:
        after = place(touched, index=self._copies, facts=remembering, ranks=self.ranks, forbidden=self._forbidden)
        before = remembering.placements(after.keys())
        remembering.place(after.values())
        for entry in touched:
            self._editions.add(entry)
        for entry in touched:
            self._translate(entry, remembering)
        for entry in sorted(touched, key=lambda entry: (entry.published, entry.id)):
            self._tell(entry, remembering, after, before)
        for placement in after.values():
            self._follow(placement, remembering)

    def _tell(
        self,
        entry: Entry,
        remembering: Remembering,
        after: Mapping[str, Placement],
        before: Mapping[str, Placement],
    ) -> None:
        """Give an entry that is no copy its story, which stays whatever comes."""
        placement = remembering.placement(entry.id)
        if placement.copy_of is not None:
            return
        if not placement.story:
            copies = {
                before[one.entry].story for one in after.values() if one.copy_of == entry.id and one.entry in before
            }
            others = {remembering.placement(one.other).story for one in _editions_in(placement)}
            story, join = min(copies - {""}, default="") or min(others - {""}, default=""), None
            if not story or self._choices.split(entry.id, story):
                story, join = self._stories.assign(
                    entry, choices=self._choices, elsewhere=self._elsewhere(entry.id, remembering)
                )
            placement = replace(placement, story=story, joins=(*placement.joins, *([join] if join else [])))
            remembering.place([placement])
        self._stories.add(entry, placement.story)

    def _elsewhere(self, entry_id: str, remembering: Remembering) -> Mapping[str, str]:
        named = [other for other, _ in self._choices.wanted(entry_id)] + list(self._choices.unwanted(entry_id))
        return {one: placed.story for one, placed in remembering.placements(named).items()} if named else {}

    def _follow(self, placement: Placement, remembering: Remembering) -> None:
        """A copy has the story of what it copies; the index knows of the latter only."""
        now = remembering.placement(placement.entry)
        if now.copy_of is None:
            if now.entry not in self._stories and now.story and (entry := remembering.entry(now.entry)):
                self._stories.add(entry, now.story)
            return
        self._stories.forget(now.entry)
        story = remembering.placement(now.copy_of).story
        if story and story != now.story:
            remembering.place([replace(now, story=story)])

    def _translate(self, entry: Entry, remembering: Remembering) -> None:
        """Link an entry with what its outlet tells in other languages."""
        for entry_id, (root, joins) in self._editions.editions(entry).items():
            if any(frozenset((entry_id, join.other)) in self._forbidden for join in joins):
                return
            placement = remembering.placement(entry_id)
            rest = [join for join in placement.joins if join.relation is not Relation.EDITION]
            remembering.place([replace(placement, edition_of=root, joins=(*rest, *joins))])

    def _stand(self, entry: Entry, placement: Placement) -> None:
        """Bring the story index in step with a placement that a person has changed."""
        if placement.copy_of is None and placement.story and entry.id in self._stories:
            self._stories.add(entry, placement.story)

    def _fold(self, newest: datetime) -> None:
        """Take in the entries of each index's window up to `newest`; of copies whole days, as they expire."""
        self._stories.expire(newest)
        counted = 0
        window: list[Entry] = []
        for entry in self._store.entries((newest - WINDOW).replace(hour=0, minute=0, second=0, microsecond=0)):
            if counted < RECOUNTED:
                self._lines.take(entry)
                counted += 1
            window.append(lightened(entry))
        placements = self._store.placements(entry.id for entry in window)
        for entry in reversed(window):
            placement = placements.get(entry.id) or Placement(entry=entry.id)
            if is_set_aside(placement):
                continue
            self._copies.add(entry)
            if entry.first_seen > newest - editions.WINDOW:
                self._editions.add(entry)
            if placement.copy_of is None and placement.story:
                self._stories.add(entry, placement.story)


def commit_judged(
    store: Store,
    judge: Judge,
    change: Change,
    *,
    new: Sequence[Entry] = (),
    edited: Sequence[Entry] = (),
    placements: Iterable[Placement] = (),
) -> Judgement:
    """Commit `change`, which has these entries in it, with what follows from it for where entries stand.

    Raises StoreError, and whatever judging raises: then nothing is
    remembered, by `judge` neither.
    """
    try:
        placed = judge.judge(new, edited, placements)
        store.commit(replace(change, placements=placed.placements, boilerplate=placed.learnt))
    except BaseException:
        judge.back(new, edited)
        raise
    return placed


def is_set_aside(placement: Placement) -> bool:
    """Whether an entry is held and compared with nothing; what a person hid is compared like any other."""
    return bool(placement.held) and placement.held != HIDDEN


def lightened(entry: Entry) -> Entry:
    """`entry` without its texts, for which the sketch stands: a window of them would not fit into memory."""
    return replace(entry, summary="", content="", enclosures=(), authors=(), categories=())


def _editions_in(placement: Placement) -> list[Join]:
    return [join for join in placement.joins if join.relation is Relation.EDITION]
