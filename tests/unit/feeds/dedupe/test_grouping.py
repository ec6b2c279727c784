from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.grouping import forbidden_pairs, regroup, shown
from feeds.model import Credit, CreditRole, Decision, DecisionKind, Join, Placement, Relation, Span
from tests.fakes.remembered_facts import prose
from tests.fakes.seen_entries import HOUR, MONDAY, seen


def entry(name, *, hour=0, words=20, credited=0, source="daily"):
    named = tuple(
        Credit(outlet=f"Outlet {one}", role=CreditRole.VIA, text="", span=Span(field="body", start=0, end=0))
        for one in range(credited)
    )
    moment = MONDAY + hour * HOUR
    return seen(id=name, summary=prose(0, words), at=moment, published=moment, credits=named, source=source)


def edges(*pairs):
    found = {}
    for one, other in pairs:
        found.setdefault(one, {})[other] = join(other)
        found.setdefault(other, {})[one] = join(one)
    return found


def join(other):
    return Join(relation=Relation.COPY, other=other, score=0.9, evidence="alike", rule="copies/1")


def roots(members, alike, placements=None, **more):
    after = regroup(members, alike, placements or {}, ranks={}, **more)
    return {one: placement.copy_of or one for one, placement in after.items()}


def published(name, hour=0, **more):
    return Placement(entry=name, published=MONDAY + hour * HOUR, **more)


def test_the_order_is_named_origin_full_text_rank_earliest_id():
    ordered = [
        entry("z", hour=9, words=150, source="ranked"),
        entry("y", hour=8, words=150),
        entry("x", hour=8, words=20, source="ranked"),
        entry("m", hour=1),
        entry("a", hour=2),
        entry("b", hour=2),
        entry("c", hour=0, words=150, credited=1, source="ranked"),
        entry("d", hour=0, words=150, credited=2, source="ranked"),
    ]
    names = [one.id for one in ordered]
    for start, first in enumerate(names):
        others = names[start + 1 :]
        after = regroup(ordered[start:], edges(*((first, other) for other in others)), {}, ranks={"ranked": 1})
        assert {one: placement.copy_of for one, placement in after.items()} == {
            first: None,
            **dict.fromkeys(others, first),
        }


def test_every_pair_that_is_alike_is_in_the_ledger_of_both():
    after = regroup([entry("a"), entry("b"), entry("c")], edges(("a", "b"), ("b", "c")), {}, ranks={})
    assert after == {
        "a": Placement(entry="a", joins=(join("b"),)),
        "b": Placement(entry="b", copy_of="a", joins=(join("a"), join("c"))),
        "c": Placement(entry="c", joins=(join("b"),)),
    }


def test_what_is_alike_only_with_a_copy_stands_for_itself():
    assert roots([entry("a"), entry("b"), entry("c")], edges(("a", "b"), ("b", "c"))) == {"a": "a", "b": "a", "c": "c"}


def test_what_is_published_keeps_its_id_though_a_better_one_comes():
    members = [entry("a", hour=5), entry("b", hour=0, words=200)]
    assert roots(members, edges(("a", "b")), {"a": published("a")}) == {"a": "a", "b": "a"}


def test_two_that_are_published_stay_two_and_the_bridge_joins_the_first_published():
    members = [entry("a"), entry("b"), entry("c", hour=-1)]
    placements = {"a": published("a", 7), "b": published("b", 6)}
    assert roots(members, edges(("a", "c"), ("b", "c"), ("a", "b")), placements) == {"a": "a", "b": "b", "c": "b"}


def test_a_copy_stays_with_what_was_published_as_long_as_they_are_alike():
    members = [entry("a"), entry("b"), entry("c")]
    placements = {"a": published("a", 6), "b": published("b", 7), "c": Placement(entry="c", copy_of="b")}
    assert roots(members, edges(("a", "c"), ("b", "c")), placements)["c"] == "b"
    assert roots(members, edges(("a", "c")), placements)["c"] == "a"
    assert roots(members, {}, placements)["c"] == "c"


def test_a_copy_of_what_is_out_of_sight_stays_where_it_is_and_draws_nobody_along():
    placements = {"b": Placement(entry="b", copy_of="a", joins=(join("a"),))}
    after = regroup([entry("b"), entry("c")], edges(("b", "c")), placements, ranks={})
    assert after == {
        "b": Placement(entry="b", copy_of="a", joins=(join("a"), join("c"))),
        "c": Placement(entry="c", joins=(join("b"),)),
    }


def test_forbidden_pairs_are_never_in_one_group():
    members = [entry("a"), entry("b"), entry("c")]
    alike = edges(("a", "b"), ("a", "c"))
    assert roots(members, alike, forbidden={frozenset("bc")}) == {"a": "a", "b": "a", "c": "c"}


def test_only_never_keeps_entries_apart():
    decisions = [Decision(kind=kind, entry="a", other=kind.value, made=MONDAY) for kind in DecisionKind]
    assert forbidden_pairs(decisions) == {frozenset(("a", "never"))}


def test_an_entry_that_is_held_stands_for_no_other_one():
    assert roots([entry("a"), entry("b")], edges(("a", "b")), {"a": Placement(entry="a", held="?")}) == {
        "a": "b",
        "b": "b",
    }


def test_a_copy_has_the_story_of_what_it_repeats():
    placements = {"a": Placement(entry="a", story="flood"), "b": Placement(entry="b", story="rain")}
    after = regroup([entry("a"), entry("b")], edges(("a", "b")), placements, ranks={})
    assert {one: placement.story for one, placement in after.items()} == {"a": "flood", "b": "flood"}


def test_a_better_copy_is_shown_and_an_equal_one_is_not():
    root, equal = entry("m", hour=5), entry("a", hour=0)
    better = entry("z", hour=9, words=200)
    assert shown("m", [equal, root], {}) == root
    assert shown("m", [equal, root, better], {}) == better
    assert shown("gone", [entry("b", hour=1), equal], {}) == equal


NAMES = "abcdef"
PAIRS = [(one, other) for one in NAMES for other in NAMES if one < other]


@st.composite
def components(draw):
    members = [
        entry(
            name, hour=draw(st.integers(0, 3)), words=draw(st.sampled_from([20, 200])), credited=draw(st.integers(0, 1))
        )
        for name in NAMES
    ]
    moments = st.none() | st.integers(0, 3)
    placements = {
        name: published(name, hour) for name in NAMES if (hour := draw(moments)) is not None and draw(st.booleans())
    }
    forbidden = {frozenset(pair) for pair in draw(st.lists(st.sampled_from(PAIRS), max_size=3))}
    return members, edges(*draw(st.lists(st.sampled_from(PAIRS)))), placements, forbidden


@given(components(), st.randoms())
def test_groups_follow_from_the_set_have_no_chains_and_stay(component, random):
    members, alike, placements, forbidden = component
    after = regroup(members, alike, placements, ranks={}, forbidden=forbidden)
    random.shuffle(members)
    assert regroup(members, alike, placements, ranks={}, forbidden=forbidden) == after
    assert regroup(members, alike, after, ranks={}, forbidden=forbidden) == after
    for name, placement in after.items():
        if placement.copy_of:
            assert placement.copy_of in alike[name]
            assert after[placement.copy_of].copy_of is None
            assert not placement.published
            assert frozenset((name, placement.copy_of)) not in forbidden
        assert placement.published == placements.get(name, placement).published


def test_the_ledger_of_another_relation_stays():
    story = replace(join("x"), relation=Relation.STORY)
    after = regroup([entry("a")], {}, {"a": Placement(entry="a", joins=(story,))}, ranks={})
    assert after == {"a": Placement(entry="a", joins=(story,))}
