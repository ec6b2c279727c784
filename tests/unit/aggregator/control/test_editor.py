"""Decisions and rebuilds: what is remembered, what changes, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.control import Decide, Done, Editor, Rebuild, Refused
from aggregator.naming import HOW_TO_NAME
from feeds.errors import StoreError
from feeds.model import Decision, DecisionKind, Placement
from storage.port import Change
from tests.fakes.stored_values import NOON, entry_of
from tests.fakes.stores import new_store

SPLIT, JOIN, NEVER, HIDE = DecisionKind.SPLIT, DecisionKind.JOIN, DecisionKind.NEVER, DecisionKind.HIDE
FERRY, BRIDGE, COPY, FLOOD = "a" * 32, "ab" * 16, "c" * 32, "d" * 32
TIMES = "river-times"


@pytest.fixture
def store():
    """The ferry, with a copy, and the bridge are one story; the flood is in none."""
    held = new_store()
    entries = (
        entry_of(FERRY, title="Ferry is late", canonical_url="harbour.example/ferry"),
        entry_of(
            BRIDGE,
            title="Bridge reopens",
            url="https://www.harbour.example/bridge?utm_source=rss",
            canonical_url="https://harbour.example/bridge",
        ),
        entry_of(COPY, source=TIMES, title="Ferry is late", url="https://river.example/ferry", canonical_url="x"),
        entry_of(FLOOD, title="Flood"),
    )
    placements = (
        Placement(entry=FERRY, story="story-of-the-river"),
        Placement(entry=BRIDGE, story="story-of-the-river"),
        Placement(entry=COPY, copy_of=FERRY, story="story-of-the-river"),
    )
    held.commit(Change(entries=entries, placements=placements))
    return held


def editor(store, **hands) -> Editor:
    return Editor(store, clock=lambda: NOON, **hands)


def decide(store, kind, entry, other="", *, undo=False, **hands):
    return editor(store, **hands).carry_out(Decide(kind=kind, entry=entry, other=other, undo=undo))


def made(store) -> list[tuple[str, str, str]]:
    return [(str(one.kind), one.entry, one.other) for one in store.decisions()]


def test_hiding_is_remembered_and_holds_the_entry(store):
    assert decide(store, HIDE, FLOOD) == Done(text=f"hidden: “Flood” (harbour-post, {FLOOD})", changed=(FLOOD,))
    assert store.decisions() == (Decision(kind=HIDE, entry=FLOOD, made=NOON),)
    assert store.placements([FLOOD]) == {FLOOD: Placement(entry=FLOOD, held="hidden by hand")}


def test_what_is_decided_twice_changes_nothing_the_second_time(store):
    decide(store, HIDE, FLOOD)
    assert decide(store, HIDE, FLOOD).changed == ()
    assert made(store) == [("hide", FLOOD, "")]


@pytest.mark.parametrize(
    "typed", [BRIDGE, BRIDGE[:8], "https://www.harbour.example/bridge?utm_source=rss", "http://harbour.example/bridge/"]
)
def test_an_entry_is_named_by_its_id_the_beginning_of_it_or_any_spelling_of_its_address(store, typed):
    assert decide(store, HIDE, typed).changed == (BRIDGE,)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (
            "nobody-of-us",
            f"there is no entry nobody-of-us: {HOW_TO_NAME}",
        ),
        ("https://x.example/1", "there is no entry https://x.example/1"),
        ("abababa", "'abababa' is too short: type 8 or more characters of an id, or a URL"),
        ("", "'' is too short"),
    ],
)
def test_what_names_no_entry_is_refused_and_nothing_is_remembered(store, typed, reason):
    for answer in (decide(store, HIDE, typed), decide(store, JOIN, FERRY, typed), decide(store, SPLIT, typed, "s")):
        assert isinstance(answer, Refused)
        assert answer.reason.startswith(reason)
    assert store.decisions() == ()


def test_a_beginning_or_an_address_that_several_entries_share_is_refused_with_their_names(store):
    other = "abababab" + "0" * 24
    store.commit(
        Change(entries=(entry_of(other, title="Bridge, again", canonical_url="https://harbour.example/bridge"),))
    )
    for typed in ("abababab", "https://harbour.example/bridge"):
        answer = decide(store, HIDE, typed)
        assert answer == Refused(
            reason=f"{typed} names several entries: “Bridge, again” (harbour-post, {other}), "
            f"“Bridge reopens” (harbour-post, {BRIDGE})"
        )
    assert decide(store, HIDE, "https://www.harbour.example/bridge?utm_source=rss").changed == (BRIDGE,)


@pytest.mark.parametrize("story", ["story-of-the-river", "story-of", BRIDGE, COPY[:9]])
def test_an_entry_is_split_from_a_story_that_is_named_by_its_id_its_beginning_or_a_member(store, story):
    answer = decide(store, SPLIT, FERRY, story)
    assert answer == Done(
        text=f"split: “Ferry is late” (harbour-post, {FERRY}) is no part of the story story-of-the-river",
        changed=(FERRY, COPY),
    )
    assert made(store) == [("split", FERRY, "story-of-the-river")]
    assert (store.story("story-of-the-river"), store.story(FERRY)) == ((BRIDGE,), (FERRY, COPY))


def test_an_entry_is_not_split_from_a_story_that_it_is_not_in(store):
    assert decide(store, SPLIT, FLOOD, "story-of-the-river") == Refused(
        reason=f"“Flood” (harbour-post, {FLOOD}) is in no story"
    )
    assert "is not in the story" in decide(store, SPLIT, FERRY, FLOOD).reason
    assert "there is no entry" in decide(store, SPLIT, FERRY, "story-of-the-lake").reason
    assert store.decisions() == ()


def test_two_entries_are_joined_with_their_stories(store):
    answer = decide(store, JOIN, FLOOD, COPY)
    assert answer.text == (
        f"joined: “Flood” (harbour-post, {FLOOD}) and “Ferry is late” ({TIMES}, {COPY}) are one story"
    )
    assert made(store) == [("join", COPY, FLOOD)], "the order says nothing"
    assert store.story("story-of-the-river") == (FERRY, BRIDGE, COPY, FLOOD)


def test_a_copy_and_its_original_are_kept_apart(store):
    assert decide(store, NEVER, FERRY, COPY).changed == (COPY,)
    assert made(store) == [("never", FERRY, COPY)]
    assert store.copies(FERRY) == ()


def test_an_entry_is_not_joined_with_itself_or_kept_apart_from_itself(store):
    for kind in (JOIN, NEVER):
        answer = decide(store, kind, FERRY, FERRY[:10])
        assert answer == Refused(reason=f"“Ferry is late” (harbour-post, {FERRY}) is both: name two entries")
    assert store.decisions() == ()


def test_the_last_word_takes_the_place_of_what_it_contradicts(store):
    decide(store, NEVER, FERRY, BRIDGE)
    decide(store, JOIN, BRIDGE, FERRY)
    assert made(store) == [("join", FERRY, BRIDGE)]
    (story,) = {one.story for one in store.placements([FERRY, BRIDGE]).values()}
    decide(store, SPLIT, FERRY, story)
    assert made(store) == [("split", FERRY, story)]
    decide(store, JOIN, FERRY, BRIDGE)
    assert [kind for kind, *_ in made(store)] in (["join"], ["join", "split"])
    decide(store, NEVER, FERRY, BRIDGE)
    assert ("join", FERRY, BRIDGE) not in made(store)


def test_decisions_are_taken_back(store):
    decide(store, HIDE, FLOOD)
    decide(store, NEVER, FERRY, COPY)
    assert decide(store, HIDE, FLOOD[:8], undo=True) == Done(text=f"forgotten: hide {FLOOD}", changed=(FLOOD,))
    assert decide(store, NEVER, COPY, FERRY, undo=True) == Done(text=f"forgotten: never {FERRY} {COPY}")
    assert store.placements([FLOOD]) == {FLOOD: Placement(entry=FLOOD)}
    assert store.decisions() == ()
    assert decide(store, HIDE, FLOOD, undo=True) == Refused(reason="nobody decided that: there is no such `hide`")


def test_a_decision_about_an_entry_that_left_can_be_taken_back(store):
    decide(store, SPLIT, FERRY, "story-of-the-river")
    store.commit(Change(buried=(store.entry(FERRY),)))
    assert isinstance(decide(store, SPLIT, FERRY, "story-of", undo=True), Done)
    assert store.decisions() == ()


def test_where_entries_stand_is_asked_of_whoever_places_them(store):
    asked = []

    def replace_entries(ids):
        asked.append((set(ids), [one.kind for one in store.decisions()]))
        return ("placed",)

    answer = decide(store, SPLIT, FERRY, "story-of-the-river", replace_entries=replace_entries)
    assert answer.changed == (FERRY, COPY, "placed")
    assert asked == [({FERRY, BRIDGE, COPY}, [SPLIT])], "the decision is remembered before"
    assert store.story("story-of-the-river") == (BRIDGE,)
    decide(store, SPLIT, FERRY, "story", undo=True, replace_entries=replace_entries)
    assert asked[1] == ({FERRY, COPY}, [])


def test_a_rebuild_is_done_by_whoever_can(store):
    told = []
    one = editor(store, rebuild=lambda given_up: told.append(given_up()) or (FERRY, BRIDGE))
    assert one.carry_out(Rebuild()) == Done(text="rebuilt: 2 entries placed anew", changed=(FERRY, BRIDGE))
    one.give_up()
    one.carry_out(Rebuild())
    assert told == [False, True]


def test_a_rebuild_takes_every_decision_again(store):
    decide(store, HIDE, FLOOD)
    decide(store, NEVER, FERRY, COPY)
    before = store.placements([FERRY, COPY, BRIDGE, FLOOD])
    assert editor(store).carry_out(Rebuild()).changed == ()
    store.commit(Change(placements=(Placement(entry=FLOOD), Placement(entry=COPY, copy_of=FERRY, story="s"))))
    assert editor(store).carry_out(Rebuild()) == Done(text="rebuilt: 2 entries placed anew", changed=(FLOOD, COPY))
    assert store.placements([FERRY, COPY, BRIDGE, FLOOD]) == before
    store.commit(Change(buried=(store.entry(FLOOD),)))
    assert editor(store).carry_out(Rebuild()).changed == ()


def test_long_titles_are_cut_in_what_is_told(store):
    store.commit(Change(entries=(entry_of("e" * 32, title="Long " * 50, first_seen=NOON + timedelta(days=1)),)))
    assert decide(store, HIDE, "e" * 32).text == f"hidden: “{'Long ' * 15}Long…” (harbour-post, {'e' * 32})"


def test_what_the_store_refuses_is_its_error(store):
    store.close()
    with pytest.raises(StoreError):
        decide(store, HIDE, FLOOD)
