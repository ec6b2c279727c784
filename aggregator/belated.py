"""Text that an article page brings only later, since it failed at first: told quietly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from aggregator.articles import Articles
from aggregator.judge import Judge, commit_judged
from aggregator.remember import REVISIONS
from feeds.model import Entry, Revision, RevisionKind, Source
from storage.port import Change, Keys, Store


async def late_texts(
    source: Source,
    *,
    articles: Articles,
    store: Store,
    judge: Judge,
    alone: asyncio.Lock,
    clock: Callable[[], datetime],
) -> tuple[str, ...]:
    """Ask again for the pages of `source` that failed, if it is time, and commit what they bring.

    Returns the ids of the entries that have another text now. `alone` is held whenever the store is asked, and a write
    that has begun is seen through by one who is cancelled. Raises StoreError.
    """
    if not (addresses := articles.wanting(source)):
        return ()
    async with alone:
        known = await asyncio.to_thread(store.known, Keys(urls=addresses))
    if not (found := await articles.again(source, known)):
        return ()

    async def write() -> tuple[str, ...]:
        async with alone:
            return await asyncio.to_thread(remember_late, store, judge, found, now=clock())

    writing = asyncio.create_task(write())
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        raise


def edited(known: Entry, found: Entry, *, now: datetime) -> tuple[Entry, Revision] | None:
    """The entry with the text that `found` has, and its earlier state; None when that is no other text.

    Dates stay, `updated` too: the publisher changed nothing, we only read it late.
    """
    changes = tuple(
        name for name in ("title", "summary", "content", "language") if getattr(known, name) != getattr(found, name)
    )
    if not changes:
        return None
    entry = replace(
        found,
        published=known.published,
        published_from=known.published_from,
        published_text=known.published_text,
        updated=known.updated,
        revised=now,
        revision=known.revision + 1,
    )
    return entry, Revision(
        entry=known.id,
        number=known.revision,
        replaced=now,
        changes=changes,
        kind=RevisionKind.SILENT,
        title=known.title,
        summary=known.summary,
        content=known.content,
        url=known.url,
    )


def remember_late(
    store: Store, judge: Judge, found: Iterable[tuple[Entry, Entry]], *, now: datetime
) -> tuple[str, ...]:
    """Commit late texts; the ids of the entries that have another one, or another place, now. Blocks while it writes.

    `found` are entries as they were known when their page was asked for, and as the page makes them: one that is
    another by now, or gone, stays as it is. Raises StoreError.
    """
    edits = [
        edit
        for known, late in found
        if store.entry(known.id) == known and (edit := edited(known, late, now=now)) is not None
    ]
    if not edits:
        return ()
    late = [entry for entry, _ in edits]
    placed = commit_judged(store, judge, _change(edits), edited=late)
    return tuple(dict.fromkeys((*(entry.id for entry in late), *(one.entry for one in placed.placements))))


def _change(edits: Collection[tuple[Entry, Revision]]) -> Change:
    revisions = tuple(revision for _, revision in edits)
    return Change(
        entries=tuple(entry for entry, _ in edits),
        revisions=revisions,
        outdated=tuple((one.entry, one.number - REVISIONS) for one in revisions if one.number >= REVISIONS),
    )
