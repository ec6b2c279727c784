"""What commands do, the same in a running daemon and without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from threading import Event
from typing import assert_never

from aggregator.control.commands import Answer, Command, Decide, Done, Rebuild, Refused
from aggregator.naming import Unclear, entry_meant, shown, story_meant
from feeds.dedupe.by_hand import decided, shown_again
from feeds.model import Decision, DecisionKind, Entry, Placement
from storage.port import Change, Store

Replace = Callable[[tuple[str, ...]], tuple[str, ...]]
"""Places these entries anew, by texts and decisions, and commits that; the ids of all whose placement changed."""
Rebuilding = Callable[[Callable[[], bool]], tuple[str, ...]]
"""Places all entries anew, by texts and decisions, and commits that; the ids of all whose placement changed.

It is given what says that it is to be given up, and asks that again and again.
"""


class Editor:
    """Carries out commands; whoever calls it holds the store alone meanwhile.

    Without `replace_entries`, a decision changes the placements that it speaks of and no others; without `rebuild`,
    a rebuild does that again for every decision.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        replace_entries: Replace | None = None,
        rebuild: Rebuilding | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._replace_entries = replace_entries
        self._rebuild = rebuild or self._decide_again
        self._given_up = Event()

    def carry_out(self, command: Command) -> Answer:
        """Do it, durably. Raises StoreError when the store cannot remember it; then it took no effect."""
        match command:
            case Rebuild():
                changed = self._rebuild(self._given_up.is_set)
                return Done(text=f"rebuilt: {_counted(len(changed))} placed anew", changed=changed)
            case Decide():
                try:
                    return self._undo(command) if command.undo else self._decide(command)
                except Unclear as unclear:
                    return Refused(reason=str(unclear))
            case _:
                assert_never(command)

    def give_up(self) -> None:
        """Let what takes long end early, now and from now on: a stop waits for it. Called from any thread."""
        self._given_up.set()

    def _decide(self, command: Decide) -> Answer:
        entry = entry_meant(self._store, command.entry)
        decision, other = self._decision(command, entry)
        if other == entry:
            return Refused(reason=f"{shown(entry)} is both: name two entries")
        change = Change(decisions=(decision,), undone=self._contradicted(decision))
        touched = self._touched(decision)
        changed = self._settle(change, touched, decided(decision, self._placements(touched)))
        return Done(text=_told(decision, entry, other), changed=changed)

    def _settle(self, change: Change, touched: tuple[str, ...], plainly: tuple[Placement, ...]) -> tuple[str, ...]:
        """Remember `change`, and let `touched` stand where they then belong; who now stands elsewhere."""
        self._store.commit(replace(change, placements=plainly))
        changed = [placement.entry for placement in plainly]
        if self._replace_entries is not None:
            changed += self._replace_entries(touched)
        return tuple(dict.fromkeys(changed))

    def _decision(self, command: Decide, entry: Entry) -> tuple[Decision, Entry | None]:
        """As it is remembered, and the other entry, if it names one; the order of two equals says nothing."""
        made = self._clock()
        match command.kind:
            case DecisionKind.HIDE:
                return Decision(kind=command.kind, entry=entry.id, made=made), None
            case DecisionKind.SPLIT:
                story = story_meant(self._store, command.other, entry)
                return Decision(kind=command.kind, entry=entry.id, other=story, made=made), None
            case DecisionKind.JOIN | DecisionKind.NEVER:
                other = entry_meant(self._store, command.other)
                first, second = sorted((entry.id, other.id))
                return Decision(kind=command.kind, entry=first, other=second, made=made), other

    def _contradicted(self, decision: Decision) -> tuple[Decision, ...]:
        """Earlier decisions that say the contrary: the last word counts, and stands alone."""
        named = {decision.entry, decision.other}
        match decision.kind:
            case DecisionKind.JOIN:
                stories = {one.story for one in self._placements(tuple(named)).values()}
                return self._those(
                    lambda one: (
                        (one.kind is DecisionKind.NEVER and {one.entry, one.other} == named)
                        or (one.kind is DecisionKind.SPLIT and one.entry in named and one.other in stories)
                    )
                )
            case DecisionKind.NEVER:
                return self._those(lambda one: one.kind is DecisionKind.JOIN and {one.entry, one.other} == named)
            case DecisionKind.SPLIT:
                inside = {decision.entry, *self._store.story(decision.other)}
                return self._those(
                    lambda one: (
                        one.kind is DecisionKind.JOIN
                        and decision.entry in (one.entry, one.other)
                        and {one.entry, one.other} <= inside
                    )
                )
            case _:
                return ()

    def _undo(self, command: Decide) -> Answer:
        entry, other = self._id_meant(command.entry), command.other
        if command.kind in (DecisionKind.JOIN, DecisionKind.NEVER):
            entry, other = sorted((entry, self._id_meant(other)))
        # A story is named by the beginning of its id, too; `hide` speaks of no other.
        by_beginning = command.kind is DecisionKind.SPLIT
        made = self._those(
            lambda one: (
                (one.kind, one.entry) == (command.kind, entry)
                and (one.other.startswith(other) if by_beginning else one.other == other)
            )
        )
        if not made:
            return Refused(reason=f"nobody decided that: there is no such `{command.kind}`")
        touched = tuple(dict.fromkeys(one for decision in made for one in self._touched(decision)))
        hidden = command.kind is DecisionKind.HIDE
        plainly = shown_again(entry, self._placements((entry,))) if hidden else ()
        changed = self._settle(Change(undone=made), touched, plainly)
        return Done(text=f"forgotten: {command.kind} {' '.join(filter(None, (entry, other)))}", changed=changed)

    def _id_meant(self, typed: str) -> str:
        """An entry's id, also of one that left while a decision about it stays."""
        about = {one for decision in self._store.decisions() for one in (decision.entry, decision.other)}
        return typed if typed in about else entry_meant(self._store, typed).id

    def _touched(self, decision: Decision) -> tuple[str, ...]:
        """The entries that it names, what they copy, their copies, and everything in their stories."""
        named = [one for one in (decision.entry, decision.other) if self._store.entry(one)]
        found = dict.fromkeys(named)
        for placement in self._placements(named).values():
            root = placement.copy_of or placement.entry
            found.update(dict.fromkeys((root, *self._store.copies(root), *self._store.story(placement.story))))
        return tuple(found)

    def _placements(self, ids: Iterable[str]) -> dict[str, Placement]:
        """Of each; who has none stands for itself."""
        asked = list(ids)
        return {one: Placement(entry=one) for one in asked if self._store.entry(one)} | dict(
            self._store.placements(asked)
        )

    def _those(self, which: Callable[[Decision], bool]) -> tuple[Decision, ...]:
        return tuple(filter(which, self._store.decisions()))

    def _decide_again(self, _: Callable[[], bool]) -> tuple[str, ...]:
        changed: dict[str, None] = {}
        for decision in self._store.decisions():
            if self._store.entry(decision.entry) is not None:
                changes = decided(decision, self._placements(self._touched(decision)))
                self._store.commit(Change(placements=changes))
                changed.update(dict.fromkeys(placement.entry for placement in changes))
        return tuple(changed)


def _told(decision: Decision, entry: Entry, other: Entry | None) -> str:
    match decision.kind:
        case DecisionKind.HIDE:
            return f"hidden: {shown(entry)}"
        case DecisionKind.SPLIT:
            return f"split: {shown(entry)} is no part of the story {decision.other}"
        case DecisionKind.JOIN:
            return f"joined: {shown(entry)} and {shown(other or entry)} are one story"
        case DecisionKind.NEVER:
            return f"kept apart: {shown(entry)} and {shown(other or entry)} are never one story"


def _counted(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"
