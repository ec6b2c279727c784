"""Which entries are one article because they lead to the same page."""

from __future__ import annotations

import pytest

from feeds.dedupe.copies import address_join, is_mere_link
from feeds.model import Entry, Join, Relation
from tests.fakes.seen_entries import HOUR, MONDAY, seen

LATER = MONDAY + HOUR
LIVE = "https://live.example/monday"
BRIDGE = seen("1", f"{LIVE}#p1", "Bridge opens")


def evidence(one: Entry, other: Entry, *, also: tuple[Entry, ...] = ()) -> str:
    """Why the two are copies; empty: they are not. `also` is known at their address besides them."""
    join = address_join(one, other, link=is_mere_link(one.canonical_url, (one, other, *also)))
    back = address_join(other, one, link=is_mere_link(one.canonical_url, (*also, other, one)))
    assert (join is None) == (back is None)
    assert join is None or join == Join(
        relation=Relation.COPY, other=other.id, evidence=join.evidence, rule="address/1"
    )
    return join.evidence if join else ""


def test_two_sources_with_one_address_have_one_article():
    known = seen("1", "https://daily.example/1", source="daily")
    other = seen("a", "http://daily.example/1/?utm_source=rss", "Their own title", source="digest", at=LATER)
    assert evidence(known, other) == "same address"


def test_a_link_to_a_front_page_makes_no_copy_unless_the_words_are_equal_too():
    known = seen("1", "https://daily.example/", "Morning", source="daily")
    assert evidence(known, seen("a", "https://daily.example/", "Evening", source="digest", at=LATER)) == ""
    equal = seen("b", "https://daily.example/", "Morning", source="digest", at=LATER)
    assert evidence(known, equal) == "same address and words"


@pytest.mark.parametrize(
    ("guid", "url", "title", "expected"),
    [
        pytest.param("2", f"{LIVE}#p2", "Mayor resigns", "", id="another place"),
        pytest.param("3", LIVE, "All of Monday", "", id="the whole page"),
        pytest.param("4", f"{LIVE}#p1", "New bridge opens", "same address", id="the same place"),
        pytest.param("5", f"{LIVE}#p3", "Bridge opens", "same address and words", id="equal words"),
    ],
)
def test_different_words_at_different_places_of_one_page_make_no_copy(guid, url, title, expected):
    assert evidence(BRIDGE, seen(guid, url, title, source="weekly", at=LATER)) == expected


def test_a_fragment_that_counts_clicks_is_no_place_in_a_page():
    known = seen("1", "https://daily.example/1#xtor=RSS-1", "Bridge opens")
    other = seen("2", "https://daily.example/1", "New bridge opens", source="weekly", at=LATER)
    assert evidence(known, other) == "same address"


def test_pages_that_scripts_fill_are_told_apart_by_their_fragment():
    known = seen("1", "https://app.example/#!/story/1", "Bridge opens")
    other = seen("2", "https://app.example/#!/story/2", "Mayor resigns", source="weekly", at=LATER)
    again = seen("3", "https://app.example/#!/story/1", "New bridge opens", source="weekly", at=LATER)
    assert (evidence(known, other), evidence(known, again)) == ("", "same address")


def test_an_address_that_several_texts_of_one_source_share_makes_no_copy_whichever_came_first():
    updates = [
        seen(str(n), "https://daily.example/live", f"Update {n}", source="daily", published=MONDAY - n * HOUR)
        for n in range(2)
    ]
    page = seen("a", "https://daily.example/live", "Live page", source="digest", at=LATER)
    assert evidence(updates[0], page, also=(updates[1],)) == ""


def test_two_guids_of_one_source_for_the_same_words_at_one_address_are_copies_unless_their_dates_differ():
    first = seen("1", "https://daily.example/1")
    assert evidence(first, seen("1-amp", "https://daily.example/1")) == "same address and words"
    notice = seen("2", "https://daily.example/1", published=MONDAY - 30 * HOUR)
    assert evidence(first, notice) == ""
