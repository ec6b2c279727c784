"""Facts move between stores of any two kinds, whole and unchanged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.errors import StoreError, StoreFailed
from feeds.model import Decision, DecisionKind, Placement, SourceState, TopicSeen
from storage.memory import MemoryStore
from storage.moving import STEP, digest, move
from storage.port import Change
from tests.fakes.stored_values import NOON, entry_of, revision_of


def filled(entries: int = 3) -> MemoryStore:
    """Entries with revisions and placements, tombstones out of the order of their ids, and one of all the rest."""
    store = MemoryStore()
    for n in range(entries):
        entry = entry_of(f"e{n}", title=f"Ferry {n}\x00", first_seen=NOON + timedelta(minutes=n))
        store.commit(
            Change(
                entries=(entry,),
                revisions=(revision_of(entry.id, 0),),
                placements=(Placement(entry=entry.id, story="s", copy_of="e0" if n else None),),
            )
        )
    store.commit(Change(buried=(entry_of("z"), entry_of("y"))))
    store.commit(
        Change(
            buried=(entry_of("x"),),
            decisions=(Decision(kind=DecisionKind.HIDE, entry="e1", made=NOON),),
            states=(SourceState(source="harbour-post", url="https://harbour.example/feed"),),
            topics=(TopicSeen(id="boats"),),
        )
    )
    return store


def test_a_moved_store_holds_the_same_and_a_second_move_writes_nothing(store):
    source = filled()
    moved = move(source, store)
    assert (moved.entries, moved.tombstones, moved.written) == (3, 3, 6)
    assert moved.digest == digest(source) == digest(store)
    assert list(store.entries()) == list(source.entries())
    assert store.tombstones_beyond(0) == ("z", "y", "x")
    assert move(source, store).written == 0


def test_a_move_that_was_broken_off_goes_on(store, monkeypatch):
    source, commits = filled(STEP + 5), []
    remember = type(store).commit

    def refuse_the_second(self, change):
        commits.append(change)
        if len(commits) == 2:
            raise StoreFailed("no room")
        remember(self, change)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "commit", refuse_the_second)
        with pytest.raises(StoreFailed):
            move(source, store)
    seen = []
    moved = move(source, store, progress=seen.append)
    assert (moved.entries, moved.written) == (STEP + 5, 5 + 3)
    assert seen == [STEP, 5] * 3
    assert digest(store) == digest(source)


def test_a_store_that_holds_something_else_is_left_alone(store):
    store.commit(Change(entries=(entry_of("stranger"),)))
    before = digest(store)
    with pytest.raises(StoreError, match="holds other entries already"):
        move(filled(), store)
    assert digest(store) == before


def test_and_back_again(store):
    source, back = filled(), MemoryStore()
    move(source, store)
    move(store, back)
    assert digest(back) == digest(source)
