"""What one pass brought becomes facts: known → judge → commit, as one step that nobody else takes meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from aggregator.ingesting.intake import taken_in
from aggregator.ingesting.judge import Judge, commit_judged
from aggregator.ingesting.notices import others_reached, with_notices
from aggregator.ingesting.retention import MET_AGAIN
from feeds.dedupe.echoes import Urns, no_urns, without_echoes
from feeds.dedupe.identity import Judged
from feeds.dedupe.identity import judge as identify
from feeds.model import (
    Entry,
    Held,
    New,
    Notice,
    Outcome,
    PublishedFrom,
    ReadFeed,
    Revised,
    Same,
    Source,
    SourceState,
)
from feeds.polling import Bounds, HealthChange, advance, changes, noted
from storage.port import Change, Keys, Store

REVISIONS = 20
"""Earlier states that are kept of an entry; live coverage is edited a hundred times a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the next fetch of a source depends on besides its outcome; see `feeds.polling.advance`."""

    bounds: Bounds
    jitter: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What was committed: the source's new state, and how many entries got which verdict.

    Entries of other sources that turned out to be copies of what came are not counted: each entry counts once.
    """

    state: SourceState
    new: int = 0
    revised: int = 0
    copies: int = 0
    held: int = 0
    same: int = 0
    changed: tuple[str, ...] = ()
    """Ids of entries that are new or revised, in the order of the document, and of those that stand elsewhere now."""
    health: tuple[HealthChange, ...] = ()
    """What has changed about the source."""
    stored: bool = True
    """False: what came of the pass is not in the store, not even as a failure, and the state holds for now only."""


def remember(  # noqa: PLR0913 - what a pass found out, and when
    store: Store,
    *,
    judge: Judge,
    source: Source,
    state: SourceState | None,
    outcome: Outcome,
    feed: ReadFeed | None,
    now: datetime,
    pace: Pace,
    own: Urns = no_urns,
) -> Remembered:
    """Judge the entries of `feed` (None: nothing was read) against the store, and commit them with the state.

    Who each of them is, its source alone decides; `judge` says where it stands among those of all sources.

    `own` gives the ids under which we publish an entry: what carries one is our own words come back, and adds nothing.

    One commit, so that the source is never asked only for what came after entries that were lost. Blocks while the
    store writes. Raises StoreError.
    """
    read, unread = (tuple(_met(entry, now) for entry in feed.entries), feed.unread) if feed else ((), ())
    known, buried, elsewhere = _remembered(store, source, read) if read else ((), (), ())
    placements = store.placements(entry.id for entry in known)
    entries = without_echoes(read, known=(*known, *buried, *elsewhere), placements=placements, urns=own)
    met = identify(entries, known=(*known, *buried), unread=unread, identity=source.identity)
    gone = {entry.id: entry for entry in buried}
    judged = tuple(one for one in met if one.entry.id not in gone)
    tally = Counter(type(one.verdict) for one in judged)
    came = tally[New] + tally[Held]
    again = tally[Same] + tally[Revised] + len(unread) + len(read) - len(judged)
    reached = others_reached(store.states, source.id)
    after, told = _follow(source, state, outcome, feed, pace, now=now, new=came, known=again, reached=reached)
    counts = taken_in(store, source.id, new=came, skipped=feed.skipped if feed else None)
    change = _change(judged, {entry.id: entry for entry in known}, after, buried=_renewed(met, gone, now))
    placed = commit_judged(
        store,
        judge,
        with_notices(store, replace(change, intakes=counts), told),
        new=[one.entry for one in judged if isinstance(one.verdict, New | Held)],
        edited=[one.entry for one in judged if isinstance(one.verdict, Revised)],
        placements=[one.placement for one in judged if one.placement],
    )
    changed = (one.entry.id for one in judged if not isinstance(one.verdict, Same))
    copied = sum(isinstance(one.verdict, New) and one.entry.id in placed.copies for one in judged)
    return Remembered(
        state=after,
        new=tally[New] - copied,
        revised=tally[Revised],
        copies=copied,
        held=tally[Held],
        same=tally[Same] + len(unread) + len(read) - len(judged),
        changed=tuple(dict.fromkeys((*changed, *(one.entry for one in placed.placements)))),
        health=changes(source, state, after),
    )


def _follow(  # noqa: PLR0913 - a pass, as `advance` and `noted` have it
    source: Source,
    state: SourceState | None,
    outcome: Outcome,
    feed: ReadFeed | None,
    pace: Pace,
    *,
    now: datetime,
    new: int,
    known: int,
    reached: Callable[[datetime], bool],
) -> tuple[SourceState, tuple[Notice, ...]]:
    """The state after a pass, and what is told of it."""
    after = advance(
        source,
        state,
        outcome,
        now=now,
        new=new,
        known=known,
        feed=feed,
        bounds=pace.bounds,
        jitter=pace.jitter,
    )
    return noted(source, state, after, outcome, now=now, new=new, reached=reached)


def _renewed(met: Iterable[Judged], gone: Mapping[str, Entry], now: datetime) -> tuple[Entry, ...]:
    """The tombstones that the document still lists, as seen now, where that was not noted lately."""
    listed = dict.fromkeys(one.entry.id for one in met if one.entry.id in gone)
    return tuple(replace(gone[one], revised=now) for one in listed if now - gone[one].revised > MET_AGAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A pass that brought no entry: a 304, a failure, a document in which nothing is new."""

    source: Source
    state: SourceState | None
    outcome: Outcome
    feed: ReadFeed | None
    pace: Pace


def remember_quiet(store: Store, passes: Sequence[Quiet], *, now: datetime) -> tuple[Remembered | Exception, ...]:
    """What came of each of `passes`, in their order, all of it in one commit.

    One that cannot be worked out is answered with what was raised, and costs itself alone. Blocks while the store
    writes. Raises StoreError, and then none is remembered.
    """
    states = cache(store.states)  # when the network is away, all that fail ask for them
    settled = tuple(_settled(one, now, others_reached(states, one.source.id)) for one in passes)
    kept = [one for one in settled if not isinstance(one, Exception)]
    change = Change(
        states=tuple(one.state for one, _ in kept),
        intakes=tuple(
            intake
            for quiet in passes
            if quiet.feed
            for intake in taken_in(store, quiet.source.id, new=0, skipped=quiet.feed.skipped)
        ),
    )
    store.commit(with_notices(store, change, [notice for _, told in kept for notice in told]))
    return tuple(one if isinstance(one, Exception) else one[0] for one in settled)


def _settled(
    quiet: Quiet, now: datetime, reached: Callable[[datetime], bool]
) -> tuple[Remembered, tuple[Notice, ...]] | Exception:
    unread = len(quiet.feed.unread) if quiet.feed else 0
    try:
        after, told = _follow(
            quiet.source,
            quiet.state,
            quiet.outcome,
            quiet.feed,
            quiet.pace,
            now=now,
            new=0,
            known=unread,
            reached=reached,
        )
        return Remembered(state=after, same=unread, health=changes(quiet.source, quiet.state, after)), told
    except Exception as error:  # noqa: BLE001 - told to the pass that it belongs to
        return error


def _remembered(
    store: Store, source: Source, entries: tuple[Entry, ...]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...], tuple[Entry, ...]]:
    """The entries that these may be or repeat; what is left of those that aged out: of their own source, of others."""
    keys = keys_of(entries)
    known, buried = store.known(keys), store.buried(keys)
    ids = {entry.id for entry in (*known, *buried)}
    names = {(entry.source, entry.guid) for entry in (*known, *buried) if entry.guid}
    unnamed = [entry for entry in entries if entry.id not in ids and (entry.source, entry.guid) not in names]
    if unnamed:
        likely = likely_keys_of(unnamed)
        known = tuple({entry.id: entry for entry in (*known, *store.known(likely))}.values())
        buried = tuple({entry.id: entry for entry in (*buried, *store.buried(likely))}.values())
    own = tuple(entry for entry in buried if entry.source == source.id)
    return known, own, tuple(entry for entry in buried if entry.source != source.id)


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


def likely_keys_of(entries: Iterable[Entry]) -> Keys:
    """By what the store finds those that these might be under other guids and addresses: headline and date."""
    listed = tuple(entries)
    return Keys(
        titles=frozenset((entry.source, entry.title) for entry in listed),
        moments=frozenset(
            (entry.source, entry.published) for entry in listed if entry.published_from is not PublishedFrom.FIRST_SEEN
        ),
    )


def _change(
    judged: Iterable[Judged], known: Mapping[str, Entry], state: SourceState, *, buried: tuple[Entry, ...]
) -> Change:
    """Only what differs from what the store holds: a quiet feed writes its state and nothing else."""
    listed = tuple(judged)
    entries = {one.entry.id: one.entry for one in listed if known.get(one.entry.id) != one.entry}
    return Change(
        entries=tuple(entries.values()),
        revisions=tuple(one.revision for one in listed if one.revision),
        outdated=tuple(
            (one.revision.entry, one.revision.number - REVISIONS)
            for one in listed
            if one.revision and one.revision.number >= REVISIONS
        ),
        states=(state,),
        buried=buried,
    )
