"""How many entries came and went, counted in the commit in which they do, so that sums close whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from feeds.model import Entry, Intake, Skipped
from storage.port import Store


def intakes(store: Store) -> dict[str, Intake]:
    """By source; where nothing was counted yet, what is stored was taken in and nothing has left. Raises StoreError."""
    stored = {source: Intake(source=source, taken=count) for source, count in store.per_source().items()}
    return stored | dict(store.intakes())


def taken_in(store: Store, source: str, *, new: int, skipped: Sequence[Skipped] | None) -> tuple[Intake, ...]:
    """What a pass that took in `new` entries adds to the count of `source`; nothing where that is the same.

    `skipped` are the entries that could not be kept, None when no document was read: those beyond as many as the
    document before had are counted, as it is not known which of them is which. Raises StoreError.
    """
    if not new and skipped is None:
        return ()
    before = _intake(store, source)
    failing = before.failing if skipped is None else len(skipped)
    after = replace(
        before,
        taken=before.taken + new,
        failed=before.failed + max(0, failing - before.failing),
        failing=failing,
    )
    return () if after == before else (after,)


def left(store: Store, leaving: Iterable[Entry]) -> tuple[Intake, ...]:
    """What `leaving` add to the counts of their sources when they age out. Raises StoreError."""
    gone = Counter(entry.source for entry in leaving)
    before = {source: _intake(store, source) for source in sorted(gone)}
    return tuple(replace(count, pruned=count.pruned + gone[source]) for source, count in before.items())


def _intake(store: Store, source: str) -> Intake:
    """As `intakes`, of one source."""
    return store.intake(source) or Intake(source=source, taken=store.entries_of(source))
