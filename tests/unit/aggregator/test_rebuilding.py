"""A rebuild that does not come to its end changes nothing, and entries are compared as before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.rebuilding import GivenUp, rebuild
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.errors import StoreFailed
from feeds.model import Placement
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.stored_values import entry_of

TEXT_OF_BOTH = (
    "The harbour ferry will not sail on Monday, the company said, because two of its four engines have to be replaced "
    "after a survey found cracks in their casings. Passengers are asked to take the bus across the old bridge, which "
    "runs every twenty minutes until midnight. Tickets bought for that day stay valid for a month."
)
SKETCH = write_parts({TEXT: text_part("Ferry stays in port", TEXT_OF_BOTH)})
FIRST = entry_of("first", content=f"<p>{TEXT_OF_BOTH}</p>", sketch=SKETCH)
AGAIN = replace(FIRST, id="again", source="river-times", guid="2", canonical_url="https://river.example/2")


class Refusing(MemoryStore):
    """A store whose disk is full when it is told so."""

    full = False

    def commit(self, change: Change) -> None:
        if self.full:
            raise StoreFailed("the disk is full")
        super().commit(change)


@pytest.fixture
def store() -> Refusing:
    store = Refusing()
    store.commit(Change(entries=(FIRST,), placements=(Placement(entry="first", story="by hand"),)))
    return store


def knows_the_first(judge: Judge) -> bool:
    return any(one.copy_of for one in judge.judge([AGAIN], []).placements)


def test_a_rebuild_that_is_given_up_changes_nothing(store):
    judge = Judge(store)
    with pytest.raises(GivenUp, match="nothing was rebuilt"):
        rebuild(store, judge, lambda: True)
    assert store.placements(["first"]) == {"first": Placement(entry="first", story="by hand")}
    assert knows_the_first(judge)


def test_a_rebuild_that_breaks_leaves_the_judge_with_all_that_it_knew(store, monkeypatch):
    judge = Judge(store)
    with monkeypatch.context() as broken:
        broken.setattr(judge, "judge_over", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            rebuild(store, judge)
    assert knows_the_first(judge)


def test_a_rebuild_that_is_not_remembered_is_none(store):
    judge = Judge(store)
    store.full = True
    with pytest.raises(StoreFailed):
        rebuild(store, judge)
    store.full = False
    assert store.placements(["first"]) == {"first": Placement(entry="first", story="by hand")}
    assert knows_the_first(judge)
    assert rebuild(store, judge) == ("first",)
