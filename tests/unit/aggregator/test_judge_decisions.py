"""What people decide about stories and copies holds, whatever comes in later and however often all is rebuilt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.control.commands import Decide
from feeds.dedupe.by_hand import HIDDEN
from feeds.model import DecisionKind
from tests.fakes.wire import FERRY, HOUR, TREATY, Told, Wire, five, links, near_copies, print_all

HEADLINE = "River treaty signed in Lindholm"
NAMES = ("harbour", "orla", "tarn", "lantern", "valley", "north", "south", "east", "west")


def told_twice() -> Wire:
    """Five outlets print the one text, four others the other one."""
    wire = Wire(sources=five(NAMES))
    print_all(wire, HEADLINE, near_copies(TREATY), wire.sources[:5])
    print_all(wire, "Ferry runs aground", near_copies(FERRY)[:4], wire.sources[5:])
    return wire


def test_what_is_decided_survives_rebuilds_and_a_second_rebuild_changes_nothing():
    wire = told_twice()
    ids = wire.ids()
    wire.decide(DecisionKind.NEVER, ids["harbour"], ids["tarn"])
    wire.decide(DecisionKind.HIDE, ids["valley"])
    wire.decide(DecisionKind.JOIN, ids["harbour"], ids["north"])
    wire.decide(DecisionKind.SPLIT, ids["west"], wire.placements()["west"].story)
    published = {item["id"] for item in wire.items()}
    stories = {name: placement.story for name, placement in wire.placements().items()}
    check_decided(wire)
    wire.rebuild()
    check_decided(wire)
    assert {name: placement.story for name, placement in wire.placements().items()} == stories
    assert {item["id"] for item in wire.items()} == published
    once = wire.everything()
    for _ in range(2):
        wire.rebuild()
        assert wire.everything() == once
        wire.restart()


def check_decided(wire: Wire) -> None:
    placed, ids = wire.placements(), wire.ids()
    groups = {name: placed[name].copy_of or one for name, one in ids.items()}
    assert groups["harbour"] != groups["tarn"]
    assert placed["harbour"].story != placed["tarn"].story
    assert placed["valley"].held == HIDDEN
    assert not any("https://valley.example/1" in links(item) for item in wire.items())
    assert placed["harbour"].story == placed["north"].story
    assert (groups["west"], placed["west"].story != placed["north"].story) == (ids["west"], True)


def test_a_copy_that_was_split_from_its_story_stays_apart_from_later_copies_too():
    wire = Wire(sources=five())
    texts = near_copies(TREATY)
    print_all(wire, HEADLINE, texts[:3], wire.sources[:3])
    ids = wire.ids()
    wire.decide(DecisionKind.SPLIT, ids["tarn"], wire.placements()["tarn"].story)
    print_all(wire, HEADLINE, texts[3:], wire.sources[3:])
    placed = wire.placements()
    assert placed["tarn"].copy_of is None
    assert placed["tarn"].story != placed["harbour"].story
    wire.rebuild()
    assert wire.placements()["tarn"].copy_of is None


def test_a_split_that_is_undone_before_it_was_published_leaves_no_trace():
    wire = Wire(sources=five())
    print_all(wire, HEADLINE, near_copies(TREATY)[:3], wire.sources[:3])
    before, tarn = wire.everything(), wire.ids()["tarn"]
    split = Decide(kind=DecisionKind.SPLIT, entry=tarn, other=before[tarn].story)
    wire.editor.carry_out(split)
    assert wire.everything()[tarn].copy_of is None
    wire.editor.carry_out(replace(split, undo=True))
    assert wire.everything() == before


@pytest.mark.parametrize("again", [False, True], ids=["at once", "rebuilt"])
def test_two_that_are_never_one_are_kept_apart_when_one_becomes_a_copy_of_the_other(again):
    placed = became_a_copy(DecisionKind.NEVER, again=again)
    assert (placed["harbour"].copy_of, placed["orla"].copy_of) == (None, None)
    assert placed["harbour"].story != placed["orla"].story


@pytest.mark.parametrize("again", [False, True], ids=["at once", "rebuilt"])
def test_two_that_were_joined_before_they_met_are_one_story(again):
    placed = became_a_copy(DecisionKind.JOIN, again=again)
    assert placed["harbour"].story == placed["orla"].story


def became_a_copy(kind: DecisionKind, *, again: bool):
    """The placements after a decision about two texts, one of which is edited into the other one later."""
    wire = Wire(sources=five())
    harbour, orla = wire.sources[:2]
    wire.take(harbour, Told(title=HEADLINE, text=TREATY, at=wire.now))
    wire.take(orla, Told(title="Ferry runs aground", text=FERRY, at=wire.now))
    wire.decide(kind, wire.ids()["harbour"], wire.ids()["orla"])
    wire.now += HOUR
    wire.take(orla, Told(title=HEADLINE, text=near_copies(TREATY)[1], at=wire.now))
    if again:
        wire.rebuild()
    return wire.placements()


def test_what_is_hidden_is_named_nowhere_and_its_copies_go_on_without_it():
    wire = Wire(sources=five())
    print_all(wire, HEADLINE, near_copies(TREATY), wire.sources)
    (before,) = wire.items()
    wire.decide(DecisionKind.HIDE, wire.ids()["harbour"])
    for _ in range(2):
        (item,) = wire.items()
        assert item["id"] == before["id"]
        assert links(item) == {f"https://{source.id}.example/1" for source in wire.sources[1:]}
        wire.rebuild()


def test_what_is_hidden_and_edited_into_another_text_is_known_by_that_text():
    wire = Wire(sources=five())
    harbour, orla, tarn = wire.sources[:3]
    wire.take(harbour, Told(title=HEADLINE, text=TREATY, at=wire.now))
    hidden = wire.ids()["harbour"]
    wire.decide(DecisionKind.HIDE, hidden)
    wire.now += HOUR
    wire.take(harbour, Told(title="Ferry runs aground", text=FERRY, at=wire.now))
    wire.now += HOUR
    wire.take(orla, Told(title=HEADLINE, text=near_copies(TREATY)[1], at=wire.now))
    wire.take(tarn, Told(title="Ferry runs aground", text=near_copies(FERRY)[2], at=wire.now))
    alike = {name: {join.other for join in placement.joins} for name, placement in wire.placements().items()}
    assert (hidden in alike["orla"], hidden in alike["tarn"]) == (False, True)
    assert len(wire.items()) == 2
