"""What a decision does to placements, when nothing else is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.by_hand import decided, shown_again
from feeds.model import Decision, DecisionKind, Join, Placement, Relation

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPLIT, JOIN, NEVER, HIDE = DecisionKind.SPLIT, DecisionKind.JOIN, DecisionKind.NEVER, DecisionKind.HIDE
BY_HAND = Join(relation=Relation.STORY, other="a", evidence="joined by hand", rule="hand/1")


def placed(*placements: Placement) -> dict[str, Placement]:
    return {placement.entry: placement for placement in placements}


def story(name: str, *ids: str) -> list[Placement]:
    return [Placement(entry=one, story=name) for one in ids]


def copy(entry: str, of: str, name: str = "") -> Placement:
    return Placement(entry=entry, copy_of=of, story=name)


def after(kind: DecisionKind, entry: str, other: str, *placements: Placement) -> dict[str, Placement]:
    decision = Decision(kind=kind, entry=entry, other=other, made=NOON)
    return placed(*decided(decision, placed(*placements)))


def test_a_hidden_entry_is_held_where_it_stands():
    assert after(HIDE, "a", "", Placement(entry="a", story="s")) == placed(
        Placement(entry="a", story="s", held="hidden by hand")
    )
    assert after(HIDE, "a", "") == placed(Placement(entry="a", held="hidden by hand"))


def test_what_is_no_longer_hidden_is_not_held_unless_for_another_reason():
    hidden, doubted = Placement(entry="a", held="hidden by hand"), Placement(entry="a", held="a redesign")
    assert shown_again("a", placed(hidden)) == (Placement(entry="a"),)
    assert shown_again("a", placed(doubted)) == shown_again("a", {}) == ()


def test_an_entry_that_is_split_off_takes_its_copies_along_and_keeps_the_joins_with_them():
    with_copy = Join(relation=Relation.COPY, other="b", evidence="same words")
    with_story = Join(relation=Relation.STORY, other="z", evidence="12 words")
    assert after(
        SPLIT,
        "a",
        "s",
        Placement(entry="a", story="s", joins=(with_copy, with_story)),
        copy("b", "a", "s"),
        copy("c", "z", "s"),
        *story("s", "z"),
    ) == placed(Placement(entry="a", story="a", joins=(with_copy,)), copy("b", "a", "a"))


def test_a_copy_that_is_split_off_is_none_any_more():
    assert after(SPLIT, "b", "s", copy("b", "a", "s"), copy("c", "a", "s"), *story("s", "a")) == placed(
        *story("b", "b")
    )


def test_the_entry_that_a_story_is_named_after_leaves_under_another_name():
    assert after(SPLIT, "a", "a", *story("a", "a", "b")) == placed(*story("a-apart", "a"))


def test_an_entry_that_is_in_another_story_by_now_stays_there():
    assert after(SPLIT, "a", "s", *story("other", "a")) == {}


def test_the_whole_story_of_the_other_entry_joins():
    assert after(
        JOIN, "a", "b", *story("s", "a", "x"), *story("t", "b", "y"), copy("z", "b", "t"), *story("u", "w")
    ) == placed(Placement(entry="b", story="s", joins=(BY_HAND,)), *story("s", "y"), copy("z", "b", "s"))


def test_entries_without_a_story_get_one_together_copies_too():
    assert after(JOIN, "a", "b", copy("c", "a"), copy("d", "b")) == placed(
        *story("a", "a"), Placement(entry="b", story="a", joins=(BY_HAND,)), copy("c", "a", "a"), copy("d", "b", "a")
    )


def test_a_copy_joins_by_what_it_copies():
    assert after(
        JOIN, "c", "d", *story("s", "a"), copy("c", "a", "s"), *story("t", "b"), copy("d", "b", "t")
    ) == placed(Placement(entry="b", story="s", joins=(BY_HAND,)), copy("d", "b", "s"))


@pytest.mark.parametrize("other", ["b", "c"])
def test_what_is_one_story_already_stays_as_it_is(other):
    assert after(JOIN, "a", other, *story("s", "a", "b"), copy("c", "a", "s")) == {}


@pytest.mark.parametrize(("entry", "other"), [("a", "b"), ("b", "a")])
def test_a_copy_and_its_original_that_are_kept_apart_are_two_entries_of_two_stories(entry, other):
    assert after(NEVER, entry, other, *story("s", "a"), copy("b", "a", "s"), copy("c", "a", "s")) == placed(
        *story("b", "b")
    )


def test_of_two_copies_of_one_entry_the_other_one_leaves():
    assert after(NEVER, "b", "c", *story("s", "a"), copy("b", "a", "s"), copy("c", "a", "s")) == placed(
        *story("c", "c")
    )


def test_two_of_one_story_that_are_kept_apart_are_in_two_their_copies_with_them():
    assert after(NEVER, "a", "d", *story("s", "a", "b"), copy("c", "a", "s"), copy("d", "b", "s")) == placed(
        *story("b", "b"), copy("d", "b", "b")
    )


@pytest.mark.parametrize(("entry", "other"), [("a", "b"), ("b", "a")])
def test_what_is_kept_apart_is_no_edition_of_the_other(entry, other):
    edition = Placement(entry="b", story="s", edition_of="a")
    assert after(NEVER, entry, other, *story("t", "a"), edition) == placed(*story("s", "b"))


def test_who_has_nothing_in_common_stays():
    assert after(NEVER, "a", "b", *story("s", "a"), *story("t", "b")) == {}
    assert after(NEVER, "a", "b") == {}


ids = st.sampled_from("abcd")
decisions = st.builds(
    Decision, kind=st.sampled_from(DecisionKind), entry=ids, other=ids | st.just("s"), made=st.just(NOON)
).filter(lambda one: one.entry != one.other and (one.other != "s" or one.kind is SPLIT))


@given(st.lists(decisions, max_size=8))
def test_decisions_after_each_other_keep_copies_flat_and_in_the_story_of_what_they_copy(taken):
    placements = placed(*story("s", "a", "b"), copy("c", "a", "s"), Placement(entry="d"))
    for decision in taken:
        changes = placed(*decided(decision, placements))
        placements |= changes
        assert not decided(decision, placements) or decision.kind is NEVER, "a decision taken twice is taken once"
        for one in placements.values():
            if one.copy_of is not None:
                assert placements[one.copy_of].copy_of is None
                assert placements[one.copy_of].story == one.story
