"""What one pass brought becomes facts: known → judge → commit, as one step that nobody else takes meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.dedupe.identity import Judged, judge
from feeds.model import Copy, Entry, New, Outcome, PublishedFrom, ReadFeed, Revised, Same, Source, SourceState
from feeds.polling import Bounds, HealthChange, advance, changes
from storage.port import Change, Keys, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the next fetch of a source depends on besides its outcome; see `feeds.polling.advance`."""

    bounds: Bounds
    jitter: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What was committed: the source's new state, and how many entries got which verdict."""

    state: SourceState
    new: int = 0
    revised: int = 0
    copies: int = 0
    same: int = 0
    changed: tuple[str, ...] = ()
    """Ids of entries that are new, copies or revised, in the order of the document."""
    health: tuple[HealthChange, ...] = ()
    """What has changed about the source."""


def remember(  # noqa: PLR0913 - what a pass found out, and when
    store: Store,
    *,
    source: Source,
    state: SourceState | None,
    outcome: Outcome,
    feed: ReadFeed | None,
    now: datetime,
    pace: Pace,
) -> Remembered:
    """Judge the entries of `feed` (None: nothing was read) against the store, and commit them with the state.

    One commit, so that the source is never asked only for what came after entries that were lost. Blocks while the
    store writes. Raises StoreError.
    """
    entries, unread = (tuple(_met(entry, now) for entry in feed.entries), feed.unread) if feed else ((), ())
    known = store.known(keys_of(entries)) if entries else ()
    placements = store.placements(entry.id for entry in known)
    judged = judge(entries, known=known, placements=placements, unread=unread)
    tally = Counter(type(one.verdict) for one in judged)
    after = advance(
        source,
        state,
        outcome,
        now=now,
        new=tally[New] + tally[Copy],
        known=tally[Same] + tally[Revised] + len(unread),
        feed=feed,
        bounds=pace.bounds,
        jitter=pace.jitter,
    )
    store.commit(_change(judged, {entry.id: entry for entry in known}, after))
    changed = (one.entry.id for one in judged if not isinstance(one.verdict, Same))
    return Remembered(
        state=after,
        new=tally[New],
        revised=tally[Revised],
        copies=tally[Copy],
        same=tally[Same] + len(unread),
        changed=tuple(dict.fromkeys(changed)),
        health=changes(source, state, after),
    )


def _met(entry: Entry, now: datetime) -> Entry:
    """`entry` as first seen at the commit, not when it was read, which may be long before.

    Otherwise a source that was slow to read would slip entries in behind others that readers know already, and the
    newest change of a feed, by which readers may ask whether it changed, would not move.
    """
    undated = entry.published_from is PublishedFrom.FIRST_SEEN
    return replace(
        entry,
        first_seen=now,
        revised=now,
        published=now if undated else entry.published,
        updated=max(entry.updated, now) if undated else entry.updated,
    )


def keys_of(entries: Iterable[Entry]) -> Keys:
    """By what the store finds every entry that one of these might be, or repeat."""
    listed = tuple(entries)
    return Keys(
        ids=frozenset(entry.id for entry in listed),
        guids=frozenset((entry.source, entry.guid) for entry in listed if entry.guid),
        urls=frozenset(entry.canonical_url for entry in listed if entry.canonical_url),
    )


def _change(judged: Iterable[Judged], known: Mapping[str, Entry], state: SourceState) -> Change:
    """Only what differs from what the store holds: a quiet feed writes its state and nothing else."""
    listed = tuple(judged)
    entries = {one.entry.id: one.entry for one in listed if known.get(one.entry.id) != one.entry}
    return Change(
        entries=tuple(entries.values()),
        revisions=tuple(one.revision for one in listed if one.revision),
        placements=tuple(one.placement for one in listed if one.placement),
        states=(state,),
    )
