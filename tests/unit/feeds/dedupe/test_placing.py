from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.placing import compared, take_back
from feeds.model import Join, Placement, Relation
from tests.budget import examples
from tests.fakes.remembered_facts import RememberedFacts, prose
from tests.fakes.seen_entries import HOUR, MONDAY, seen


def told(source, text, *, title="River treaty signed", page="", hour=0, at=MONDAY, **facts):
    return seen(
        f"{source}{page}",
        f"https://{source}.example/{page or 'treaty'}",
        title,
        source=source,
        summary=text,
        at=at,
        published=MONDAY + hour * HOUR,
        **facts,
    )


AGENCY, HERALD = told("agency", prose(0, 200)), told("herald", prose(0, 100), title="States sign", hour=1)


def test_the_full_text_is_what_the_others_repeat_whichever_came_first():
    one, other = RememberedFacts(), RememberedFacts()
    one.remember(AGENCY)
    assert one.remember(HERALD) == {
        HERALD.id: Placement(entry=HERALD.id, copy_of=AGENCY.id, joins=(_line(AGENCY),)),
        AGENCY.id: Placement(entry=AGENCY.id, joins=(_line(HERALD),)),
    }
    other.remember(HERALD)
    other.remember(AGENCY)
    assert one.placed == other.placed


def _line(other):
    said = "100% of 96 word sequences of the shorter text stand in the other"
    return Join(relation=Relation.COPY, other=other.id, score=1.0, evidence=said, rule="copies/1")


def test_what_is_alone_needs_no_placement():
    assert RememberedFacts().remember(AGENCY, told("agency", prose(500, 600), page="2")) == {}


def test_a_published_one_stays_though_a_better_one_comes():
    facts = RememberedFacts()
    facts.remember(HERALD)
    facts.placed[HERALD.id] = Placement(entry=HERALD.id, published=MONDAY)
    facts.remember(AGENCY)
    assert facts.roots() == {HERALD.id: HERALD.id, AGENCY.id: HERALD.id}


def test_an_edit_that_makes_it_another_text_ends_a_copy():
    facts = RememberedFacts()
    facts.remember(AGENCY, HERALD)
    edited = replace(told("herald", prose(700, 900), hour=1), id=HERALD.id)
    facts.remember(edited)
    assert facts.roots() == {HERALD.id: HERALD.id, AGENCY.id: AGENCY.id}
    assert [placement.joins for placement in facts.placed.values()] == [(), ()]


def test_a_person_may_forbid_it():
    facts = RememberedFacts(forbidden={frozenset((AGENCY.id, HERALD.id))})
    assert facts.remember(AGENCY, HERALD) == {}


def test_one_address_makes_copies_in_whatever_order_they_come():
    first, second = told("feed-a", "Three states."), told("feed-b", "Other words here.", title="Signed")
    first, second = (
        replace(one, url="https://x.example/1", canonical_url="https://x.example/1") for one in (first, second)
    )
    facts, turned = RememberedFacts(), RememberedFacts()
    facts.remember(first)
    facts.remember(second)
    turned.remember(second)
    turned.remember(first)
    assert facts.placed == turned.placed
    assert len(set(facts.roots().values())) == 1


def test_an_address_that_turns_out_to_be_a_mere_link_makes_copies_no_longer():
    at = {"url": "https://x.example/live", "canonical_url": "https://x.example/live"}
    first, second = told("feed-a", "Three states."), told("feed-b", "Other words here.", title="Signed")
    third = told("feed-b", "Yet other words.", title="Signed again", page="2")
    first, second, third = (replace(one, **at) for one in (first, second, third))
    facts = RememberedFacts()
    facts.remember(first, second)
    assert len(set(facts.roots().values())) == 1
    facts.remember(third)
    assert len(set(facts.roots().values())) == 3


def test_copies_end_where_what_they_share_turns_out_to_be_boilerplate():
    tail = prose(9_000, 9_060)
    pages = [told("gazette", f"{prose(n * 100, n * 100 + 8)} {tail}", title=f"t{n}", page=str(n)) for n in range(1, 5)]
    other = told("herald", f"{prose(5_000, 5_008)} {tail}")
    facts = RememberedFacts()
    facts.remember(other, *pages[:3])
    assert len(set(facts.roots().values())) < 4
    facts.remember(pages[3])
    assert len(set(facts.roots().values())) == 5


def test_what_was_not_remembered_is_taken_back():
    facts = RememberedFacts()
    facts.remember(AGENCY)
    edited = replace(told("agency", prose(700, 900)), id=AGENCY.id)
    before = dict(facts.by_id)
    facts.remember(edited, HERALD)
    take_back([edited, HERALD], index=facts.index, before=before)
    assert facts.index.look(HERALD).candidates == (AGENCY.id,)
    assert HERALD.id not in facts.index


def test_two_that_are_compared_are_told_what_joins_them_or_what_refuses():
    facts = RememberedFacts()
    other = told("third", prose(0, 30) + " " + prose(600, 800))
    facts.remember(AGENCY, HERALD, other)
    asked = {"index": facts.index, "facts": facts}
    assert compared(AGENCY, HERALD, **asked) == Join(
        relation=Relation.COPY,
        other=HERALD.id,
        evidence="100% of 96 word sequences of the shorter text stand in the other",
        rule="copies/1",
    )
    assert compared(AGENCY, other, **asked).endswith("of 60% needed")
    assert compared(AGENCY, replace(other, sketch=""), **asked) == "one of them was read before texts were compared"
    at_one_address = replace(other, canonical_url=AGENCY.canonical_url)
    assert compared(AGENCY, at_one_address, **asked).evidence == "same address"
    forbidden = {frozenset((AGENCY.id, HERALD.id))}
    assert compared(AGENCY, HERALD, forbidden=forbidden, **asked) == "a person said that they are not"


def _day():
    tail = prose(9_000, 9_030)
    made = [
        told("agency", prose(0, 200), hour=3),
        told("herald", prose(0, 100), title="States sign", hour=1),
        told("courier", f"{prose(60, 200)} {prose(3_000, 3_060)}", title="Signed", hour=2),
        told("third", prose(150, 200) + " " + prose(3_000, 3_060), title="At last", hour=0),
        told("brief", "Three states signed the treaty today.", title="Signed"),
        told("brief-b", "Three states signed the treaty today.", title="Signed"),
    ]
    return (
        made
        + [
            told("gazette", f"{prose(n * 1_000, n * 1_000 + 40)} {tail}", title=f"t{n}", page=str(n))
            for n in range(1, 5)
        ]
        + [told("mirror", f"{prose(1_000, 1_030)} {tail}", title="Mirror")]
    )


@examples(60)
@given(st.permutations(range(len(_day()))), st.integers(1, 4))
def test_before_publication_the_order_of_arrival_changes_nothing(order, size):
    day = _day()
    straight, shuffled = RememberedFacts(), RememberedFacts()
    straight.remember(*day)
    listed = [day[number] for number in order]
    for start in range(0, len(listed), size):
        shuffled.remember(*listed[start : start + size])
    assert shuffled.roots() == straight.roots()
    assert {one: placed for one, placed in shuffled.placed.items() if placed.joins} == {
        one: placed for one, placed in straight.placed.items() if placed.joins
    }
    assert shuffled.remember(*day) == {}
