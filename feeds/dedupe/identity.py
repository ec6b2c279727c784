"""Deduplication: who each entry of a document is, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.dedupe.copies import find_copy
from feeds.dedupe.ids import Clues, assign_ids, clue_mark, shared
from feeds.dedupe.recall import Memory, clues_of, recognise
from feeds.dedupe.revisions import revise
from feeds.model import Copy, Entry, Join, New, Placement, Relation, Revised, Revision, Same, Verdict

__all__ = ["Clues", "Judged", "assign_ids", "clue_mark", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One entry of a document, judged."""

    entry: Entry
    """As it should be remembered. With `Same` its guid may be newer than the known one: that no reader can see."""
    verdict: Verdict
    revision: Revision | None = None
    """The state that a `Revised` entry replaces."""
    placement: Placement | None = None
    """Where a `Copy` stands. An entry without one stands for itself; a known entry keeps the one it has."""


def judge(
    entries: Sequence[Entry],
    *,
    known: Sequence[Entry],
    placements: Mapping[str, Placement],
    unread: Collection[str] = (),
) -> tuple[Judged, ...]:
    """One verdict for each entry of a document, in its order.

    `entries` are of one source, as read, with `first_seen` = now. `known` must hold every remembered entry that
    shares an id, the guid (of the same source) or the canonical URL (of any source) with one of them, `placements`
    theirs. What else is remembered does not matter, and what the document no longer lists is left alone.

    A known entry is met again, in this order: by equal clues; by its guid; by its address, where the guid changed or
    is worthless; by an id it was given before. None is met twice, so that nothing is swallowed: the rest is new,
    or a copy. `unread` has the clue marks of entries that the document holds unchanged and that were left out: no other
    entry is the one that they are known as. An article that the document holds twice counts once: the first is judged,
    the others are `Same`.
    """
    memory = Memory(known)
    left_out = frozenset(unread) - {clue_mark("", "")}
    spoken_for = {one.id for one in known if left_out and clue_mark(one.guid, one.canonical_url) in left_out}
    selves = recognise(entries, memory, spoken_for=spoken_for)
    placed = dict(placements)
    links = shared(url for url, _ in {(entry.canonical_url, entry.fingerprint) for entry in entries})
    done: dict[Clues, Judged] = {}
    judged = []
    for entry in entries:
        clues = clues_of(entry)
        if clues in done:
            judged.append(Judged(entry=done[clues].entry, verdict=Same()))
            continue
        one = _judge_one(entry, selves[clues], memory=memory, placements=placed, links=links)
        memory.add(one.entry)
        if one.placement:
            placed[one.entry.id] = one.placement
        done[clues] = one
        judged.append(one)
    return tuple(judged)


def _judge_one(
    entry: Entry, self: Entry | str, *, memory: Memory, placements: Mapping[str, Placement], links: Collection[str]
) -> Judged:
    """`self` is the known entry that `entry` is, or its new id."""
    if isinstance(self, Entry):
        now, revision = revise(self, entry)
        verdict = Revised(changes=revision.changes) if revision else Same()
        return Judged(entry=now, verdict=verdict, revision=revision)
    entry = replace(entry, id=self)
    copy = find_copy(entry, memory.at(entry.canonical_url), placements=placements, shared=links)
    if copy is None:
        return Judged(entry=entry, verdict=New())
    return Judged(entry=entry, verdict=copy, placement=_placed(entry, copy))


def _placed(entry: Entry, copy: Copy) -> Placement:
    join = Join(relation=Relation.COPY, other=copy.of, evidence=copy.evidence, rule="address/1")
    return Placement(entry=entry.id, copy_of=copy.of, joins=(join,))
