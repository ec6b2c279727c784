"""Placing anew what is stored: some entries after a decision, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import groupby

from aggregator.ingesting.judge import Judge, is_set_aside, lightened
from aggregator.ingesting.placed import Remembering
from aggregator.observing.events import Observer
from aggregator.observing.milestones import PlacingAnew
from feeds.errors import TopicwireError
from feeds.model import Placement
from storage.port import Change, Store


def place_again(store: Store, judge: Judge, entry_ids: Collection[str]) -> tuple[str, ...]:
    """Compare these entries anew, by what people decided since, and commit what follows.

    The answer are the ids of all entries that now stand elsewhere. Raises StoreError.
    """
    placements = judge.again(entry_ids)
    if placements:
        store.commit(Change(placements=placements))
    return tuple(placement.entry for placement in placements)


class GivenUp(TopicwireError):  # noqa: N818 - reads as the state it reports
    """Whoever rebuilds is to stop; everything stands where it stood."""


def rebuild(
    store: Store,
    judge: Judge,
    given_up: Callable[[], bool] = lambda: False,
    *,
    observe: Observer = lambda _: None,
) -> tuple[str, ...]:
    """Place everything anew, in the order in which it was first seen, and commit what follows, all at once.

    What was published stays under its id and in its story, what is held stays held; nothing else of the old placements
    plays a part. The answer are the ids of all entries that now stand elsewhere. Raises StoreError, and `GivenUp` soon
    after `given_up` says so; then nothing has changed, and `judge` knows what it knew.
    """
    entries = [lightened(entry) for entry in store.entries()]
    entries.reverse()
    before = store.placements(entry.id for entry in entries)
    kept = [_kept(before.get(entry.id) or Placement(entry=entry.id)) for entry in entries]
    remembering = Remembering(store, placements=kept)
    judge.forget()
    done = told = 0
    try:
        for _, together in groupby(entries, key=lambda entry: entry.first_seen):
            if given_up():
                raise GivenUp("the daemon stops, and nothing was rebuilt: do it again when it runs, or without it")
            moment = list(together)
            judge.judge_over(
                remembering, [entry for entry in moment if not is_set_aside(remembering.placement(entry.id))]
            )
            done += len(moment)
            if (done - told) * 100 >= len(entries):
                told = done
                observe(PlacingAnew(done=done, of=len(entries)))
        changed = remembering.changed()
        store.commit(Change(placements=changed))
    finally:
        judge.refresh()
    return tuple(placement.entry for placement in changed)


def _kept(placement: Placement) -> Placement:
    """What a rebuild leaves of a placement."""
    if placement.published and placement.copy_of is None:
        return Placement(
            entry=placement.entry, story=placement.story, held=placement.held, published=placement.published
        )
    return Placement(entry=placement.entry, held=placement.held)
