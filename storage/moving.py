"""All facts of one store, in another one: in steps that may be repeated, and compared at the end.

Everything goes through the port, so any store moves to any other. A move that was broken off is asked for again: what
is there already is found equal and not written twice. Ids are facts like all others, so subscribers notice nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from json import dumps
from typing import TypeVar

from feeds.errors import StoreError
from feeds.model import Boilerplate, Entry, TopicSeen
from storage.codec import encode
from storage.port import Change, Keys, Store

T = TypeVar("T")

STEP = 500
"""Entries a commit: with their texts a few megabytes, and one flush of the disk for all of them."""

Progress = Callable[[int], None]
"""Told how many entries were looked at since it was told last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did, and what both stores hold now."""

    entries: int
    tombstones: int
    written: int
    """Entries and tombstones that the target did not have yet."""
    digest: str
    """Of all facts of the source, and of all of the target: they are the same."""


def move(source: Store, target: Store, *, progress: Progress = lambda _: None) -> Moved:
    """Bring all facts of `source`, which nobody changes meanwhile, into `target`.

    `progress` is told of every entry three times: it is moved, and read from both.

    Raises `StoreError` when the target holds entries that the source lacks, before anything is written; when a store
    refuses; and when the two do not hold the same afterwards.
    """
    _refuse_strangers(source, target)
    entries = written = 0
    for batch in _batches(source.entries(), STEP):
        written += _bring(source, target, batch)
        entries += len(batch)
        progress(len(batch))
    tombstones = source.tombstones_beyond(0)
    for ids in _batches(iter(tombstones), STEP):
        written += _bury(source, target, ids)
    target.commit(_rest(source))
    wanted, found = digest(source, progress=progress), digest(target, progress=progress)
    if wanted != found:
        raise StoreError("the two stores differ after the move: was one of them written to meanwhile? Ask for it again")
    return Moved(entries=entries, tombstones=len(tombstones), written=written, digest=wanted)


def digest(store: Store, *, progress: Progress = lambda _: None) -> str:
    """One word for all facts of a store: two stores that hold the same have the same, whatever their kind."""
    state = blake2b(digest_size=16)
    for batch in _batches(store.entries(), STEP):
        ids = [entry.id for entry in batch]
        placements = store.placements(ids)
        for entry in batch:
            _add(state, (entry, *store.revisions(entry.id), *filter(None, [placements.get(entry.id)])))
        progress(len(batch))
    tombstones = store.tombstones_beyond(0)
    for ids_left in _batches(iter(tombstones), STEP):
        found = {entry.id: entry for entry in store.buried(Keys(ids=frozenset(ids_left)))}
        _add(state, [found[entry_id] for entry_id in ids_left])
    rest = _rest(store)
    for group in (rest.decisions, rest.boilerplate, rest.states, rest.topics):
        _add(state, group)
    for others in (rest.archives, rest.subscriptions, rest.notices, rest.intakes):
        _add(state, others)
    _add(state, [one for one in (rest.site, rest.allowance) if one is not None])
    return state.hexdigest()


def _refuse_strangers(source: Store, target: Store) -> None:
    for batch in _batches(target.entries(), STEP):
        ids = frozenset(entry.id for entry in batch)
        asked = Keys(ids=ids)
        known = {entry.id for entry in (*source.known(asked), *source.buried(asked))}
        if strangers := ids - known:
            raise StoreError(
                f"the store to move to holds other entries already ({min(strangers)}, …): choose an empty one"
            )


def _bring(source: Store, target: Store, batch: list[Entry]) -> int:
    """Entries with what belongs to them; how many the target lacked."""
    ids = [entry.id for entry in batch]
    there = {entry.id: entry for entry in target.known(Keys(ids=frozenset(ids)))}
    fresh = [entry for entry in batch if there.get(entry.id) != entry]
    revisions = [one for entry in fresh for one in source.revisions(entry.id)]
    placements = source.placements(ids)
    stand = target.placements(ids)
    moved = [placement for placement in placements.values() if stand.get(placement.entry) != placement]
    if fresh or moved:
        target.commit(Change(entries=tuple(fresh), revisions=tuple(revisions), placements=tuple(moved)))
    return len(fresh)


def _bury(source: Store, target: Store, ids: list[str]) -> int:
    """Tombstones in their order, which decides who is forgotten first."""
    wanted = {entry.id: entry for entry in source.buried(Keys(ids=frozenset(ids)))}
    there = {entry.id for entry in target.buried(Keys(ids=frozenset(ids)))}
    fresh = tuple(wanted[entry_id] for entry_id in ids if entry_id not in there)
    if fresh:
        target.commit(Change(buried=fresh))
    return len(fresh)


def _rest(store: Store) -> Change:
    """What is not about single entries."""
    learnt = sorted(store.boilerplate().items())
    return Change(
        decisions=store.decisions(),
        boilerplate=tuple(Boilerplate(host=host, line=line) for host, lines in learnt for line in sorted(lines)),
        states=tuple(state for _, state in sorted(store.states().items())),
        site=store.site(),
        allowance=store.allowance(),
        topics=tuple(TopicSeen(id=topic) for topic in sorted(store.topics())),
        archives=store.archives(),
        subscriptions=store.subscriptions(),
        notices=store.notices(),
        intakes=tuple(intake for _, intake in sorted(store.intakes().items())),
    )


def _add(state: blake2b, values: Iterable[object]) -> None:
    for value in values:
        text = dumps(encode(value), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        state.update(type(value).__name__.encode() + text.encode("ascii") + b"\n")


def _batches(values: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(values, size)):
        yield batch
