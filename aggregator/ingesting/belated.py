"""Text that an article page brings only later, since it failed at first: told quietly."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from aggregator.ingesting.judge import Judge, commit_judged
from aggregator.ingesting.remember import REVISIONS
from feeds.dedupe.revisions import kept
from feeds.model import Entry, Revision, RevisionKind
from feeds.read.fulltext import state_of
from storage.port import Change, Store

_TEXT = ("title", "summary", "content", "language")


def edited(known: Entry, found: Entry, *, now: datetime) -> tuple[Entry, Revision] | None:
    """The entry with the text that `found` has, and its earlier state; None when that is no other text.

    All else stays, `updated` too: the publisher changed nothing, we only read it late.
    """
    changes = tuple(name for name in _TEXT if getattr(known, name) != getattr(found, name))
    if not changes:
        return None
    entry = replace(
        known,
        title=found.title,
        summary=found.summary,
        content=found.content,
        language=found.language,
        sketch=found.sketch,
        credits=found.credits,
        revised=now,
        revision=known.revision + 1,
    )
    return entry, kept(known, replaced=now, changes=changes, kind=RevisionKind.SILENT)


def remember_late(
    store: Store, judge: Judge, found: Iterable[tuple[Entry, Entry]], *, now: datetime
) -> tuple[str, ...]:
    """Commit late texts; the ids of the entries that have another one, or another place, now. Blocks while it writes.

    `found` are entries as they were known when their page was asked for, and as the page makes them: one that has
    another text by now, or is gone, stays as it is. Raises StoreError.
    """
    edits = [
        edit
        for known, late in found
        if (entry := store.entry(known.id)) and _reads(entry, known) and (edit := edited(entry, late, now=now))
    ]
    if not edits:
        return ()
    late = [entry for entry, _ in edits]
    placed = commit_judged(store, judge, _change(edits), edited=late)
    return tuple(dict.fromkeys((*(entry.id for entry in late), *(one.entry for one in placed.placements))))


def _reads(entry: Entry, known: Entry) -> bool:
    """Whether `entry` has the words that it had as `known`, whatever else was edited meanwhile."""
    return state_of(entry) == state_of(known) and all(getattr(entry, name) == getattr(known, name) for name in _TEXT)


def _change(edits: Collection[tuple[Entry, Revision]]) -> Change:
    revisions = tuple(revision for _, revision in edits)
    return Change(
        entries=tuple(entry for entry, _ in edits),
        revisions=revisions,
        outdated=tuple((one.entry, one.number - REVISIONS) for one in revisions if one.number >= REVISIONS),
    )
