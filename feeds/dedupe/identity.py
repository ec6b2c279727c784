"""Deduplication: who each entry of a document is, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from feeds.dedupe.ids import Clues, assign_ids, clue_mark
from feeds.dedupe.moves import REASON
from feeds.dedupe.recall import Memory, clues_of, recognise
from feeds.dedupe.revisions import revise
from feeds.model import Entry, Held, Identity, New, Placement, Revised, Revision, Same, Verdict

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
    """Of a `Held` one; what others repeat is found later (`feeds.dedupe.placing`)."""


def judge(
    entries: Sequence[Entry],
    *,
    known: Sequence[Entry],
    unread: Collection[str] = (),
    identity: Identity = Identity.AUTO,
) -> tuple[Judged, ...]:
    """One verdict for each entry of a document, in its order.

    `entries` are of one source, as read, with `first_seen` = now. `known` must hold every remembered entry that shares
    an id, the guid (of the same source) or the canonical URL (of any source) with one of them, and for those of which
    there is none, those of their source that share headline or date; `placements` theirs. What else is remembered does
    not matter, and what the document no longer lists is left alone.

    A known entry is met again, in this order: by equal clues; by its guid; by its address, where the guid changed or
    is worthless; by an id it was given before; by its date and words. None is met twice, so that nothing is swallowed:
    the rest is new, or held, where the source gave all its entries new names. `identity` overrides what
    counts. `unread` has the clue marks of entries that the document holds unchanged and that were left out: no other
    entry is the one that they are known as. An article that the document holds twice counts once: the first is judged,
    the others are `Same`.
    """
    memory = Memory(known)
    left_out = frozenset(unread) - {clue_mark("", "")}
    spoken_for = {one.id for one in known if left_out and clue_mark(one.guid, one.canonical_url) in left_out}
    found = recognise(entries, memory, identity=identity, spoken_for=spoken_for, unread=len(unread))
    done: dict[Clues, Judged] = {}
    judged = []
    for entry in entries:
        clues = clues_of(entry)
        if clues in done:
            judged.append(Judged(entry=done[clues].entry, verdict=Same()))
            continue
        one = _judge_one(entry, found.selves[clues])
        if clues in found.held and isinstance(one.verdict, New):
            one = _held(one.entry)
        memory.add(one.entry)
        done[clues] = one
        judged.append(one)
    return tuple(judged)


def _judge_one(entry: Entry, self: Entry | str) -> Judged:
    """`self` is the known entry that `entry` is, or its new id."""
    if isinstance(self, Entry):
        now, revision = revise(self, entry)
        verdict = Revised(changes=revision.changes, kind=revision.kind) if revision else Same()
        return Judged(entry=now, verdict=verdict, revision=revision)
    return Judged(entry=replace(entry, id=self), verdict=New())


def _held(entry: Entry) -> Judged:
    """Remembered, and kept from topic feeds for good: whoever followed the source had it under its old name."""
    return Judged(entry=entry, verdict=Held(reason=REASON), placement=Placement(entry=entry.id, held=REASON))
