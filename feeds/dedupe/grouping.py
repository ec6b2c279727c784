"""From pairs that are alike to copies: which entry stands for itself, and which ones repeat it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from feeds.dedupe.shingles import words_in
from feeds.model import Decision, DecisionKind, Entry, Join, Placement, Relation

FULL_TEXT: Final = 150
"""Words from which on a text is no summary: of 68,261 real descriptions one in twenty has as many."""

Edges = Mapping[str, Mapping[str, Join]]
"""By entry id and the other one's id, in both directions: the pairs that are alike."""
Pairs = Collection[frozenset[str]]


def regroup(
    members: Iterable[Entry],
    edges: Edges,
    placements: Mapping[str, Placement],
    *,
    ranks: Mapping[str, int],
    forbidden: Pairs = (),
) -> dict[str, Placement]:
    """The placement of each of `members`, by id: what its text repeats, and all that it was found alike with.

    Until something of them is published, a function of the set: in the declared order each one repeats the best of
    those before it that stand for themselves and that it is alike with itself; with none it stands for itself. So
    `copy_of` is never itself a copy. Entries that are held come last. `ranks` are by source, 0 where one is missing;
    pairs of ids that are `forbidden` are never in one group.

    What was published under an id stays there: such an entry stands for itself, two of them stay two, and a text that
    is alike with both repeats the one that was published first. A copy stays with what it repeats if that was
    published, or is not among `members` (its time is over), as long as nothing says that they are not alike.
    """
    listed = {entry.id: entry for entry in members}
    before = {entry_id: placements.get(entry_id) or Placement(entry=entry_id) for entry_id in listed}
    groups, waiting = _settled(listed, before, edges, forbidden)
    for entry in sorted(waiting, key=lambda entry: (bool(before[entry.id].held), *declared_order(entry, ranks))):
        alike = edges.get(entry.id, {})
        root = next((one for one in groups if one in alike and _may(entry.id, groups[one], forbidden)), entry.id)
        groups.setdefault(root, []).append(entry.id)
    root_of = {one: root for root, group in groups.items() for one in group}  # some roots are not listed any more
    return {one: _placed(before[one], root_of[one], edges, before, listed) for one in listed}


def forbidden_pairs(decisions: Iterable[Decision]) -> frozenset[frozenset[str]]:
    """The pairs of entries that a person said are never copies."""
    return frozenset(
        frozenset((one.entry, one.other)) for one in decisions if one.kind is DecisionKind.NEVER and one.other
    )


def declared_order(entry: Entry, ranks: Mapping[str, int]) -> tuple[int, bool, int, datetime, str]:
    """By what copies are ordered, best first: who names fewer outlets that it has the text from, a full text before a
    summary, the rank of the source, the earliest.
    """
    return (*_worth(entry, ranks), entry.published, entry.id)


def shown(root: str, group: Sequence[Entry], ranks: Mapping[str, int]) -> Entry:
    """The text that is shown under the id `root`, of those that repeat it and itself.

    The best by the declared order; of equally good ones that of the root itself, as long as it is there. So it changes
    only when a better one comes, which is then an update of that id, or when the shown one is gone.
    """
    return min(group, key=lambda entry: (_worth(entry, ranks), entry.id != root, entry.published, entry.id))


def _worth(entry: Entry, ranks: Mapping[str, int]) -> tuple[int, bool, int]:
    named = len({credit.outlet for credit in entry.credits})
    return named, words_in(entry.sketch) < FULL_TEXT, -ranks.get(entry.source, 0)


def _settled(
    listed: Mapping[str, Entry], before: Mapping[str, Placement], edges: Edges, forbidden: Pairs
) -> tuple[dict[str, list[str]], list[Entry]]:
    """The groups that are fixed, by root, those published first in front; and the entries that are free."""
    published = [(one.published, one.entry) for one in before.values() if one.published and one.copy_of is None]
    groups = {entry_id: [entry_id] for _, entry_id in sorted(published)}
    waiting = []
    for entry_id in sorted(listed.keys() - groups.keys()):
        root = before[entry_id].copy_of
        if root is not None and root not in listed:
            groups.setdefault(root, [root])
        stays = root in groups and (root not in listed or root in edges.get(entry_id, {}))
        if root is not None and stays and _may(entry_id, groups[root], forbidden):
            groups[root].append(entry_id)
        else:
            waiting.append(listed[entry_id])
    return groups, waiting


def _may(entry_id: str, group: Iterable[str], forbidden: Pairs) -> bool:
    return not forbidden or all(frozenset((entry_id, other)) not in forbidden for other in group)


def _placed(
    before: Placement, root: str, edges: Edges, placements: Mapping[str, Placement], listed: Mapping[str, Entry]
) -> Placement:
    """`before` with what was found; what it was alike with and cannot be compared with any more stays in the ledger."""
    kept = [join for join in before.joins if join.relation is not Relation.COPY or join.other not in listed]
    found = sorted(edges.get(before.entry, {}).values(), key=lambda join: (-join.score, join.other))
    known = {(join.relation, join.other) for join in found}
    joins = (*(join for join in kept if (join.relation, join.other) not in known), *found)
    if root == before.entry:
        return replace(before, copy_of=None, joins=joins)
    story = (placements[root].story if root in placements else "") or before.story
    return replace(before, copy_of=root, story=story, joins=joins)
