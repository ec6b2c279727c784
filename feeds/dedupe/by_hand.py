"""What a person's decision does to placements, taken alone: no text is compared.

Everything is a function of the decision and of the placements of the entries that it touches; what comes back are those
that change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from feeds.model import Decision, DecisionKind, Join, Placement, Relation

HIDDEN: Final = "hidden by hand"
"""Why a hidden entry is held."""
RULE: Final = "hand/1"


def decided(decision: Decision, placements: Mapping[str, Placement]) -> tuple[Placement, ...]:
    """The placements that change by `decision`.

    `placements` are those of the entries that it names, of what they copy, of their copies and of everything in their
    stories; who has none there stands for itself.
    """
    return tuple(one for one in _after(decision, placements) if one != placements.get(one.entry))


def shown_again(entry: str, placements: Mapping[str, Placement]) -> tuple[Placement, ...]:
    """What undoing `hide` changes: an entry that is held for another reason stays held."""
    placement = _placed(entry, placements)
    return (replace(placement, held=""),) if placement.held == HIDDEN else ()


def _after(decision: Decision, placements: Mapping[str, Placement]) -> list[Placement]:
    match decision.kind:
        case DecisionKind.HIDE:
            return [replace(_placed(decision.entry, placements), held=HIDDEN)]
        case DecisionKind.SPLIT:
            inside = _placed(decision.entry, placements).story == decision.other
            return _parted(decision.entry, placements) if inside else []
        case DecisionKind.JOIN:
            return _joined(decision.entry, decision.other, placements)
        case DecisionKind.NEVER:
            return _kept_apart(decision.entry, decision.other, placements)


def _parted(entry: str, placements: Mapping[str, Placement]) -> list[Placement]:
    """`entry` stands for itself in a story of its own, its copies with it."""
    story = _placed(entry, placements).story
    own = entry if entry != story else f"{entry}-apart"
    family = [entry, *_those(placements, lambda one: one.copy_of == entry)]
    after = []
    for one in family:
        placement = _placed(one, placements)
        joins = tuple(join for join in placement.joins if join.other in family)
        copy_of = None if one == entry else entry
        after.append(replace(placement, story=own, copy_of=copy_of, joins=joins))
    return after


def _joined(entry: str, other: str, placements: Mapping[str, Placement]) -> list[Placement]:
    """The story of `other` becomes part of that of `entry`."""
    first, second = _root(entry, placements), _root(other, placements)
    story, gone = _placed(first, placements).story or first, _placed(second, placements).story
    moving = {
        *(_family(first, placements) if not _placed(first, placements).story else ()),
        *_family(second, placements),
        *_those(placements, lambda one: gone != "" and one.story == gone),
    }
    after = {one: replace(_placed(one, placements), story=story) for one in sorted(moving)}
    if first != second and gone != story:
        join = Join(relation=Relation.STORY, other=first, evidence="joined by hand", rule=RULE)
        after[second] = replace(after[second], joins=(*after[second].joins, join))
    return list(after.values())


def _kept_apart(entry: str, other: str, placements: Mapping[str, Placement]) -> list[Placement]:
    """Whichever of the two is a copy stands for itself; two that only share a story get one each."""
    one, two = _placed(entry, placements), _placed(other, placements)
    copies_of_one = _root(entry, placements) == _root(other, placements)
    if copies_of_one or (one.story != "" and one.story == two.story):
        leaving = other if two.copy_of or not one.copy_of else entry
        if not copies_of_one:
            leaving = _root(other, placements)
        after = {placement.entry: placement for placement in _parted(leaving, placements)}
    else:
        after = {}
    for mine, theirs in ((one, two), (two, one)):
        if mine.edition_of == theirs.entry:
            after[mine.entry] = replace(after.get(mine.entry, mine), edition_of=None)
    return list(after.values())


def _placed(entry: str, placements: Mapping[str, Placement]) -> Placement:
    return placements.get(entry) or Placement(entry=entry)


def _root(entry: str, placements: Mapping[str, Placement]) -> str:
    return _placed(entry, placements).copy_of or entry


def _family(root: str, placements: Mapping[str, Placement]) -> Iterable[str]:
    return (root, *_those(placements, lambda one: one.copy_of == root))


def _those(placements: Mapping[str, Placement], which: Callable[[Placement], bool]) -> list[str]:
    return sorted(one.entry for one in placements.values() if which(one))
