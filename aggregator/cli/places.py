"""Where entries stand, as branches of a tree, for people, and as plain values, for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.text import Text
from rich.tree import Tree

from aggregator.cli.tables import counted
from aggregator.observing.printable import escaped
from aggregator.operating.standing import Answer, Line, Pair, Standing
from feeds.model import Credit, Decision, DecisionKind, Entry, Join, Relation, Revision

MOST = 20
"""Entries of a story that are listed; `--json` has them all."""
_RESPECT: Mapping[Relation, tuple[str, str]] = {
    Relation.COPY: ("copies", "no copies"),
    Relation.STORY: ("one story", "two stories"),
    Relation.EDITION: ("editions of one article", "no editions of one article"),
}
"""What two entries are that were joined, and that were not."""


def head(entry: Entry) -> Text:
    """An entry's title, and below it what names it."""
    text = Text(escaped(entry.title), style="bold")
    about = (entry.id, entry.source, entry.language or "language unknown", escaped(entry.url))
    return text.append("\n" + "  ".join(filter(None, about)), style="not bold dim")


def add_place(tree: Tree, found: Standing) -> None:
    """What deduplication made of an entry, branch by branch; nothing where it stands alone."""
    placement = found.placement
    joins = {(join.relation, join.other): join for join in placement.joins}
    if placement.copy_of:
        original = tree.add("a copy: a topic that takes both shows one of them, unless collapse = none")
        known = found.copy_of
        original.add(_listed(known, joins.get((Relation.COPY, known.id))) if known else placement.copy_of)
    for title, relation, entries in (
        (counted(len(found.copies), "copy"), Relation.COPY, found.copies),
        (counted(len(found.editions), "edition") + " in other languages", Relation.EDITION, found.editions),
        (_story(found), Relation.STORY, found.tellings),
    ):
        if entries:
            _add_listed(tree.add(title), entries, {one.id: joins.get((relation, one.id)) for one in entries})
    if found.entry.credits:
        credited = tree.add("credits")
        for credit in found.entry.credits:
            credited.add(_credit(credit))
    if placement.held:
        tree.add(Text(f"held: {escaped(placement.held)}"))
    for decision in found.decisions:
        tree.add(_decision(decision))
    if found.revisions:
        revisions = tree.add(counted(len(found.revisions), "earlier state"))
        for revision in found.revisions:
            revisions.add(_revision(revision))


def pair_tree(found: Pair) -> Tree:
    """Two entries, and why they were joined or not."""
    tree = Tree("", guide_style="dim", hide_root=True)
    for one in (found.one, found.other):
        add_place(tree.add(head(one.entry)), one)
    for answer in found.answers:
        tree.add(_answer(answer))
    for decision in found.decisions:
        tree.add(_decision(decision))
    if found.ledger:
        ledger = tree.add("the ledger")
        for line in found.ledger:
            ledger.add(_line(line))
    return tree


def plain_place(found: Standing) -> dict[str, Any]:
    """All of it as plain JSON."""
    placement = found.placement
    return {
        **brief(found.entry),
        "copy_of": placement.copy_of,
        "copies": [brief(one) for one in found.copies],
        "story": placement.story,
        "tellings": [brief(one) for one in found.tellings],
        "origins": found.origins,
        "edition_of": placement.edition_of,
        "editions": [brief(one) for one in found.editions],
        "credits": [asdict(one) for one in found.entry.credits],
        "held": placement.held,
        "published": placement.published.isoformat() if placement.published else None,
        "joins": [asdict(one) for one in placement.joins],
        "decisions": [_plain_decision(one) for one in found.decisions],
        "revisions": [
            {"number": one.number, "replaced": one.replaced.isoformat(), "kind": one.kind, "changes": one.changes}
            for one in found.revisions
        ],
    }


def plain_pair(found: Pair) -> dict[str, Any]:
    """All of it as plain JSON."""
    return {
        "entries": [plain_place(found.one), plain_place(found.other)],
        "relations": {answer.relation: {"joined": answer.joined, "why": answer.why} for answer in found.answers},
        "ledger": [{"entry": line.entry, **asdict(line.join)} for line in found.ledger],
        "decisions": [_plain_decision(one) for one in found.decisions],
    }


def brief(entry: Entry) -> dict[str, Any]:
    """What names an entry."""
    return {
        "entry": entry.id,
        "source": entry.source,
        "language": entry.language,
        "url": entry.url,
        "title": entry.title,
    }


def _plain_decision(decision: Decision) -> dict[str, Any]:
    return {**asdict(decision), "made": decision.made.isoformat()}


def _add_listed(branch: Tree, entries: Sequence[Entry], joins: Mapping[str, Join | None]) -> None:
    for entry in entries[:MOST]:
        branch.add(_listed(entry, joins[entry.id]))
    if len(entries) > MOST:
        branch.add(f"and {len(entries) - MOST} more")


def _listed(entry: Entry, join: Join | None) -> Text:
    text = Text(escaped(entry.title))
    text.append(f"  {entry.id}  {entry.source}", style="dim")
    return text.append(f"  {_ground(join)}", style="dim") if join else text


def _story(found: Standing) -> str:
    first = ", ".join(map(escaped, found.origins))
    return f"story {found.placement.story}, told by {len(found.tellings)} more; first reported by {first}"


def _ground(join: Join) -> str:
    """Score, evidence and rule."""
    return f"{join.score:.2f}, {escaped(join.evidence)} ({join.rule})"


def _credit(credit: Credit) -> Text:
    text = Text(f"{credit.role}: {escaped(credit.outlet)}")
    span = credit.span
    said = f"“{escaped(credit.text)}” in {span.field}, {span.start}–{span.end}" if credit.text else "by a link"
    return text.append(f"  {said}", style="dim")


def _revision(revision: Revision) -> Text:
    text = Text(f"{revision.replaced:%Y-%m-%d %H:%M}  {revision.kind}: {', '.join(revision.changes)}")
    return text.append(f"  was “{escaped(revision.title)}”" if "title" in revision.changes else "", style="dim")


def _decision(decision: Decision) -> Text:
    names = (decision.entry, decision.other)
    said = " ".join((decision.kind, *(reversed(names) if decision.kind is DecisionKind.SPLIT else names)))
    return Text(f"decided on {decision.made:%Y-%m-%d %H:%M}: {escaped(said.rstrip())}")


def _answer(answer: Answer) -> Text:
    joined, apart = _RESPECT[answer.relation]
    text = Text("✓ " if answer.joined else "✗ ", style="green" if answer.joined else "red")
    return text.append(f"{joined if answer.joined else apart}: {escaped(answer.why)}", style="default")


def _line(line: Line) -> Text:
    return Text(f"{line.entry} {line.join.relation} {line.join.other}: {_ground(line.join)}")
