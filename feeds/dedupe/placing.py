"""What a pass brought, placed: which of its entries, and of those it touches, repeat one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from feeds.dedupe.copies import ADDRESS_RULE, address_join, is_mere_link
from feeds.dedupe.copy_index import CopyIndex, Found
from feeds.dedupe.grouping import Pairs, regroup
from feeds.dedupe.likeness import compare
from feeds.model import Entry, Join, Placement, Relation

FORBIDDEN: Final = "a person said that they are not"
MOST: Final = 300
"""Entries that are decided about together; those that hang together with so many keep the place they have."""


class Facts(Protocol):
    """What is remembered of entries, with what the pass itself brought in place of what it replaces."""

    def entries(self, *, ids: Collection[str], urls: Collection[str]) -> Iterable[Entry]:
        """Those that have one of these ids or canonical URLs; what is not known is left out."""

    def placements(self, ids: Collection[str]) -> Mapping[str, Placement]:
        """Of those that have one."""


def place(
    touched: Sequence[Entry],
    *,
    index: CopyIndex,
    facts: Facts,
    ranks: Mapping[str, int],
    forbidden: Pairs = (),
) -> dict[str, Placement]:
    """The placements that change with `touched`, the entries of a pass that are new or were edited, by entry id.

    `index` takes `touched` in; `take_back` undoes that where they are not remembered after all. The answer follows from
    the entries that are known in the window and what of them is published, not from the order in which they came.
    """
    found, again = _taken_in(touched, index)
    search = _Search(index=index, facts=facts, forbidden=forbidden, found=found)
    search.start(touched, again)
    after = regroup(search.reached.values(), search.edges, search.placements, ranks=ranks, forbidden=forbidden)
    return {
        entry_id: placement
        for entry_id, placement in after.items()
        if placement != (search.placements.get(entry_id) or Placement(entry=entry_id))
    }


def take_back(touched: Sequence[Entry], *, index: CopyIndex, before: Mapping[str, Entry]) -> None:
    """Undo what `place` did to `index`; `before` has the earlier states of those of `touched` that had one, by id."""
    for entry in touched:
        index.discard(entry.id)
        if entry.id in before:
            index.add(before[entry.id])


def compared(one: Entry, other: Entry, *, index: CopyIndex, facts: Facts, forbidden: Pairs = ()) -> Join | str:
    """Why these two are alike, as the ledger's line for `one`; else which rule refuses it, in words."""
    if frozenset((one.id, other.id)) in forbidden:
        return FORBIDDEN
    at_address = list(facts.entries(ids=(), urls=(one.canonical_url,))) if one.canonical_url else []
    join = address_join(one, other, link=is_mere_link(one.canonical_url, at_address))
    if join:
        return join
    mine, yours = index.look(one), index.look(other)
    if mine is None or yours is None:
        return "one of them was read before texts were compared"
    return compare(mine.sketched, yours.sketched)


def _taken_in(touched: Sequence[Entry], index: CopyIndex) -> tuple[dict[str, Found | None], set[str]]:
    """What there is to compare each of `touched` with, and the ids of other entries to be decided about again.

    Those that came before another one do not have it among their candidates, but it has them.
    """
    found, again = dict[str, Found | None](), set[str]()
    for entry in touched:
        added = index.add(entry)
        found[entry.id] = added.found if added else None
        again.update(added.again if added else ())
    still = {entry_id: one for entry_id, one in found.items() if entry_id not in again}
    return still, again - found.keys()


@dataclass(kw_only=True)
class _Search:
    """From entry to entry along what is alike, or was, until nothing new is reached."""

    index: CopyIndex
    facts: Facts
    forbidden: Pairs
    found: dict[str, Found | None]
    reached: dict[str, Entry] = field(default_factory=dict)
    edges: dict[str, dict[str, Join]] = field(default_factory=dict)
    placements: dict[str, Placement] = field(default_factory=dict)
    _known: dict[str, Entry] = field(default_factory=dict)

    def start(self, touched: Sequence[Entry], again: Collection[str]) -> None:
        """Reach all that hangs together with `touched` and with the entries whose ids are `again`."""
        self._known.update((entry.id, entry) for entry in touched)
        self._fetch(again)
        front = [self._known[one] for one in (*self._known, *again) if one in self._known]
        while front and len(self.reached) < MOST + len(touched):
            front = self._step({entry.id: entry for entry in front})

    def _step(self, front: Mapping[str, Entry]) -> list[Entry]:
        """Compare those of `front` with whatever they may be copies of; the answer are those to go on from."""
        self.reached |= front
        self.placements |= self.facts.placements(front.keys())
        near = {entry_id: self._near(entry) for entry_id, entry in front.items()}
        at_address = self._fetch(set().union(*near.values()), {entry.canonical_url for entry in front.values()} - {""})
        following = dict[str, Entry]()
        for entry_id, entry in front.items():
            there = at_address.get(entry.canonical_url, ())
            link = is_mere_link(entry.canonical_url, there)
            others = {other.id: other for other in there}
            others.update((one, self._known[one]) for one in near[entry_id] if one in self._known)
            if link:  # perhaps since now: then those that the address alone has joined come apart
                self.placements |= self.facts.placements({other.id for other in there} - self.placements.keys())
                following.update((other.id, other) for other in there if self._rests_on_address(other.id))
            for other in others.values():
                if self._joined(entry, other, link=link) or other.id in self._earlier(entry_id):
                    following[other.id] = other
        return [entry for entry_id, entry in following.items() if entry_id not in self.reached]

    def _near(self, entry: Entry) -> set[str]:
        found = self._look(entry)
        return {*(found.candidates if found else ()), *self._earlier(entry.id)}

    def _earlier(self, entry_id: str) -> set[str]:
        """What it was alike with until now."""
        placement = self.placements.get(entry_id)
        if placement is None:
            return set()
        alike = {join.other for join in placement.joins if join.relation is Relation.COPY}
        return alike | ({placement.copy_of} if placement.copy_of else set())

    def _rests_on_address(self, entry_id: str) -> bool:
        placement = self.placements.get(entry_id)
        return placement is not None and any(join.rule == ADDRESS_RULE for join in placement.joins)

    def _look(self, entry: Entry) -> Found | None:
        if entry.id not in self.found:
            self.found[entry.id] = self.index.look(entry)
        return self.found[entry.id]

    def _fetch(self, ids: Collection[str], urls: Collection[str] = ()) -> dict[str, list[Entry]]:
        """Come to know the entries with these ids; the answer are those at each of the URLs."""
        missing = set(ids) - self._known.keys()
        at_address = dict[str, list[Entry]]()
        if missing or urls:
            for entry in self.facts.entries(ids=missing, urls=urls):
                known = self._known.setdefault(entry.id, entry)
                if known.canonical_url in urls:
                    at_address.setdefault(known.canonical_url, []).append(known)
        return at_address

    def _joined(self, one: Entry, other: Entry, *, link: bool) -> bool:
        if one.id == other.id or frozenset((one.id, other.id)) in self.forbidden:
            return False
        if other.id in self.edges.get(one.id, {}):
            return True
        join = address_join(one, other, link=link) or self._compared(one, other)
        if join is None:
            return False
        self.edges.setdefault(one.id, {})[other.id] = join
        self.edges.setdefault(other.id, {})[one.id] = _turned(join, one.id)
        return True

    def _compared(self, one: Entry, other: Entry) -> Join | None:
        mine, yours = self._look(one), self._look(other)
        if mine is None or yours is None:
            return None
        answer = compare(mine.sketched, yours.sketched)
        return answer if isinstance(answer, Join) else None


def _turned(join: Join, other: str) -> Join:
    return Join(relation=join.relation, other=other, score=join.score, evidence=join.evidence, rule=join.rule)
