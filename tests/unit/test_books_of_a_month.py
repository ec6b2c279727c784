"""The books of a simulated month notice what they are kept for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.replay.recorded import RecordedEntry
from tests.fakes.month.books import Books, expect_each_story_once, expect_nothing_lost, expect_told, missed
from tests.fakes.month.internet import Served
from tests.fakes.month.outlets import UPDATED, Outlet, Piece, outlets
from tests.fakes.month.subscriber import HEALTH, Subscriber
from tests.fakes.month.tempers import Temper, tempers
from tests.fakes.stored_values import entry_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def piece(name: str, group: int, **changed) -> Piece:
    entry = RecordedEntry(
        title="A title", link=f"https://{name}.example/{group}", published=NOON, description="<p>.</p>"
    )
    return Piece(group=group, subject="harbour", published=NOON, entry=entry, **changed)


def outlet(name: str, *pieces: Piece, **temper) -> Outlet:
    return Outlet(id=name, temper=Temper(name=name, **temper), host=0, form="rss", pieces=pieces)


PRESS = outlet("press", piece("press", 1), piece("press", 2))
RELAY = outlet("relay", piece("relay", 1))


def acknowledged(*given: Outlet, at: datetime = NOON) -> Books:
    books = Books(given)
    books.take([Served(outlet=one, at=at, pieces=one.pieces, whole=True) for one in given], acknowledged=True)
    return books


def kept(books: Books, *links: str):
    return {link: replace(entry_of("a"), url=link, content="") for link in links or books.acknowledged}


def test_what_was_acknowledged_and_is_nowhere_is_lost():
    books = acknowledged(PRESS)
    expect_nothing_lost(books, kept(books), set(), keep=DAY, now=NOON)
    with pytest.raises(AssertionError, match=r"1 lost, as \['https://press.example/2'\]"):
        expect_nothing_lost(books, kept(books, "https://press.example/1"), set(), keep=DAY, now=NOON)


def test_what_was_served_to_a_daemon_that_was_killed_over_it_may_be_there_or_not():
    books = Books([PRESS])
    books.take([Served(outlet=PRESS, at=NOON, pieces=PRESS.pieces, whole=True)], acknowledged=False)
    expect_nothing_lost(books, {}, set(), keep=DAY, now=NOON)
    expect_nothing_lost(books, kept(books, "https://press.example/1"), set(), keep=DAY, now=NOON)


def test_what_leaves_before_it_is_old_enough_is_noticed():
    books, gone = acknowledged(PRESS), {"https://press.example/1"}
    rest = kept(books, "https://press.example/2")
    expect_nothing_lost(books, rest, gone, keep=DAY, now=NOON + DAY)
    with pytest.raises(AssertionError, match="1 left too early"):
        expect_nothing_lost(books, rest, gone, keep=DAY, now=NOON + DAY / 2)


def test_what_a_killed_daemon_had_stored_by_then_may_leave_by_when_it_was_served():
    books, gone = Books([PRESS]), {one.link for one in PRESS.pieces}
    books.take([Served(outlet=PRESS, at=NOON, pieces=PRESS.pieces, whole=True)], acknowledged=False)
    expect_nothing_lost(books, {}, gone, keep=DAY, now=NOON + DAY)


def test_an_edit_that_was_served_and_not_taken_in_is_noticed():
    edited = outlet("press", piece("press", 1, edited=NOON))
    assert UPDATED in edited.pieces[0].at(NOON).description
    books = acknowledged(edited)
    with pytest.raises(AssertionError, match="1 edits were not taken in"):
        expect_nothing_lost(books, kept(books), set(), keep=DAY, now=NOON)


def test_what_an_honest_poller_saw_and_the_daemon_never_got_is_counted_by_outlet():
    books = Books([PRESS, RELAY])
    books.take([Served(outlet=RELAY, at=NOON, pieces=RELAY.pieces, whole=True)], acknowledged=True)
    books.offered |= {piece.link for piece in (*PRESS.pieces, *RELAY.pieces)}
    assert missed(books) == {"press": 2}


def reader(topic: str = "harbour", **links: set[str]) -> Subscriber:
    found = Subscriber(0)
    found.feeds[topic].links.update(links)
    return found


def test_one_text_under_two_ids_was_published_twice():
    books = acknowledged(PRESS, RELAY)
    own, copied = {"https://press.example/1"}, {"https://relay.example/1"}
    assert expect_each_story_once(books, reader(a=own | copied), {"harbour": "copies"}) == 1
    assert expect_each_story_once(books, reader(a=own, b=copied), {"harbour": "none"}) == 2
    with pytest.raises(AssertionError, match="was published twice, as a and b"):
        expect_each_story_once(books, reader(a=own, b=copied), {"harbour": "copies"})


def test_two_texts_under_one_id_are_noticed():
    books = acknowledged(PRESS)
    with pytest.raises(AssertionError, match="harbour: a was"):
        expect_each_story_once(books, reader(a=set(books.acknowledged)), {"harbour": "copies"})


@pytest.mark.parametrize("titles", [(), ("gone is gone for good",) * 2, ("gone cannot be fetched",)])
def test_a_change_that_is_told_twice_or_not_at_all_or_as_another_one_is_noticed(titles):
    books = Books([outlet("gone", told=(("parked", False),)), outlet("well")])
    subscriber = Subscriber(0)
    subscriber.feeds[HEALTH].titles.update(enumerate(titles))
    with pytest.raises(AssertionError):
        expect_told(books, subscriber, {})
    subscriber.feeds[HEALTH].titles = {"1": "gone is gone for good", "2": "The config is refused"}
    assert expect_told(books, subscriber, {"config": (("refused", False),)}) == 2


def test_outlets_are_the_same_for_the_same_seed_and_have_copies_edits_and_all_tempers():
    made, again, another = (
        outlets(tempers(10), count=18, began=NOON, days=10, per_day=8, on_subject=0.4, seed=seed) for seed in (7, 7, 8)
    )
    assert made == again != another
    assert [one.temper for one in made[: len(tempers(10))]] == list(tempers(10))
    pieces = [one for outlet in made for one in outlet.pieces if not one.is_empty]
    assert len({one.link for one in pieces}) == len(pieces) > len({one.group for one in pieces})
    assert any(one.edited for one in pieces)
