"""What a pass brings is laid over what is stored, and the store is asked no more than it has to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aggregator.ingesting.placed import Remembering
from feeds.model import Placement
from storage.memory import MemoryStore
from storage.port import Change

A, B = (Placement(entry=name * 32, story=name * 32) for name in "ab")


class Counting(MemoryStore):
    """Notes for which placements it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ...]] = []

    def placements(self, entry_ids: Iterable[str]) -> Mapping[str, Placement]:
        self.asked.append(tuple(entry_ids))
        return super().placements(self.asked[-1])


def test_a_store_is_asked_once_for_what_it_has_and_for_what_it_has_not():
    store = Counting()
    store.commit(Change(placements=(A,)))
    remembering = Remembering(store)
    assert remembering.placements([A.entry, B.entry]) == {A.entry: A}
    assert [remembering.placement(one.entry) for one in (A, B)] == [A, Placement(entry=B.entry)]
    remembering.place([B])
    assert remembering.changed() == (B,)
    assert store.asked == [(A.entry, B.entry)]


def test_a_store_is_not_asked_for_what_was_laid_over_it():
    store = Counting()
    store.commit(Change(placements=(A,)))
    later = Placement(entry=A.entry, story=B.story)
    remembering = Remembering(store, placements=[later])
    assert remembering.placement(A.entry) == later
    assert store.asked == []
    assert remembering.changed() == (later,)
