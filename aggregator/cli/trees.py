"""Explanations as trees, for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from rich.tree import Tree

from aggregator.cli.passages import FOUND
from aggregator.observing.printable import escaped
from feeds.query.explain import Clause
from feeds.topics import Condition, Explanation, TriedLine

_YES, _NO = "green", "red"


def new_tree(head: Text) -> Tree:
    """One that begins with `head`."""
    return Tree(head, guide_style="dim")


def add_explanation(tree: Tree, why: Explanation, left_out: Sequence[str]) -> None:
    """Why a topic takes an entry or does not; `left_out` are reasons for which its feed has not what it takes."""
    branch = tree.add(
        _answer(f"{why.topic}: {'in' if why.takes else 'out'}", good=why.takes).append(
            f", {why.reason}", style="default"
        )
    )
    for reason in left_out if why.takes else ():
        branch.add(_truth(False).append(f"left out of its feed: {reason}"))
    if why.where:
        where = branch.add("where")
        for condition in why.where:
            where.add(_condition(condition))
    if why.min_score:
        enough = why.score >= why.min_score
        branch.add(_truth(enough).append(f"score {why.score:g}, min_score {why.min_score:g}"))
    _add_lines(branch, "match", why.match, counted=why.min_score > 0)
    _add_lines(branch, "not", why.exclude)


def _add_lines(branch: Tree, name: str, lines: Sequence[TriedLine], *, counted: bool = False) -> None:
    if not lines:
        return
    section = branch.add(name)
    for line in lines:
        text = _clause(line.clause, shown=f"{line.table}: {line.text}")
        if counted and line.clause.holds:
            text.append(f"  counts {line.clause.score:g}", style="dim")
        _add_parts(section.add(text), line.clause)


def _add_parts(node: Tree, clause: Clause) -> None:
    for part in clause.parts:
        _add_parts(node.add(_clause(part, shown=part.text)), part)


def _condition(condition: Condition) -> Text:
    has = condition.has or "nothing known"
    return _truth(condition.holds).append(f"{condition.key}: {condition.wanted}").append(f"  has {has}", style="dim")


def _clause(clause: Clause, *, shown: str) -> Text:
    text = _truth(clause.holds).append(escaped(shown))
    if clause.forms and not clause.parts:
        text.append("  ").append(", ".join(f"“{escaped(form)}”" for form in clause.forms), style=FOUND)
        fields = dict.fromkeys(span.field for span in clause.spans)
        text.append(f" in {', '.join(fields)}", style="dim")
    if clause.nearest:
        text.append(f"  nearest: {', '.join(map(escaped, clause.nearest))}", style="dim")
    return text


def _truth(holds: bool) -> Text:  # noqa: FBT001 - the value itself
    return _answer("✓ " if holds else "✗ ", good=holds)


def _answer(text: str, *, good: bool) -> Text:
    return Text().append(text, style=_YES if good else _NO)
