"""What a topic's feed has no room for: archives that stay, and a short one until the next entry comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from feeds.model import Archive, Site, Succession
from feeds.query.expr import Where
from feeds.query.syntax import parse_query
from feeds.topics import Masthead, cut, divide, edition, resolve, spent, written
from feeds.topics.archives import PAGE
from tests.fakes.histories import a_topic, names, tellings
from tests.fakes.topic_feeds import NOON

TOPIC = a_topic()
PRESENT = edition(TOPIC)
MASTHEAD = Masthead(site=Site(id=UUID(int=7), since=NOON), base_url="https://wire.example", language="en", origins={})


def archive(number, *entries, of=PRESENT):
    return Archive(topic="harbours", number=number, edition=of, entries=names(*entries))


def divided(shown, archives=(), topic=TOPIC):
    return [
        (part.name.partition("-")[0], [one.original for one in part.tellings])
        for part in divide(topic, shown, archives)
    ]


def test_a_feed_with_room_for_everything_has_no_archive():
    shown = tellings(1, 2, 3)
    assert cut(TOPIC, shown, ()) == ()
    assert divided(shown) == [("", ["e3", "e2", "e1"])]


def test_what_the_feed_has_no_room_for_is_a_short_archive_named_by_what_is_in_it():
    before, after = divide(TOPIC, tellings(*range(1, 6)), ()), divide(TOPIC, tellings(*range(1, 7)), ())
    assert [(part.name[:2], part.lasts, len(part.tellings)) for part in before] == [("", False, 3), ("1-", False, 2)]
    assert [(part.name[:2], part.lasts, len(part.tellings)) for part in after] == [("", False, 3), ("1-", False, 3)]
    assert before[1].name != after[1].name


def test_the_oldest_are_cut_off_as_soon_as_they_are_a_page():
    shown = tellings(*range(1, PAGE + 3))
    assert cut(TOPIC, shown, ()) == ()
    shown = tellings(*range(1, PAGE + 4))
    assert cut(TOPIC, shown, ()) == (archive(1, *range(1, PAGE + 1)),)
    assert divided(shown, cut(TOPIC, shown, ())) == [
        ("", ["e53", "e52", "e51"]),
        ("1", [f"e{n}" for n in range(PAGE, 0, -1)]),
    ]


def test_a_long_history_is_cut_from_its_oldest_end():
    shown = tellings(*range(1, 2 * PAGE + 6))
    first, second = cut(TOPIC, shown, ())
    assert (first, second) == (archive(1, *range(1, PAGE + 1)), archive(2, *range(PAGE + 1, 2 * PAGE + 1)))
    assert [(name, len(held)) for name, held in divided(shown, (first, second))] == [
        ("", 3),
        ("3", 2),
        ("2", 50),
        ("1", 50),
    ]


def test_who_comes_late_is_with_those_that_no_archive_has():
    held = archive(1, *range(1, 2 * PAGE, 2))
    shown = tellings(*range(1, 2 * PAGE, 2), 4, 201, 202, 203)
    assert cut(TOPIC, shown, (held,)) == ()
    assert divided(shown, (held,)) == [("", ["e203", "e202", "e201"]), ("2", ["e4"]), ("1", list(held.entries))]


def test_entries_leave_an_archive_and_may_come_back_to_it():
    held = archive(1, 1, 2, 3)
    assert divided(tellings(1, 3, 9), (held,)) == [("", ["e9"]), ("1", ["e3", "e1"])]
    assert divided(tellings(1, 2, 3, 9), (held,)) == [("", ["e9"]), ("1", ["e3", "e2", "e1"])]


def test_an_archive_of_which_nothing_is_left_is_left_out_of_the_chain():
    archives = [archive(1, 1), archive(2, 2), archive(3, 3)]
    assert [name for name, _ in divided(tellings(1, 3, 9), archives)] == ["", "3", "1"]
    assert spent(TOPIC, tellings(1, 3, 9), archives) == (archives[1],)


def test_a_topic_that_asks_for_something_else_has_other_archives_under_other_numbers():
    old = archive(7, 1, 2, of="before")
    shown = tellings(*range(1, PAGE + 5))
    (fresh,) = cut(TOPIC, shown, (old,))
    assert fresh == archive(8, *range(1, PAGE + 1))
    assert [name for name, _ in divided(shown, (old, fresh))] == ["", "9", "8"]
    assert spent(TOPIC, shown, (old, fresh)) == (old,)


def test_no_number_comes_again_though_nothing_is_left_of_the_last_archive():
    last = archive(7, 1, 2)
    assert spent(TOPIC, [], (archive(6, 0), last)) == (archive(6, 0),)
    assert [one.number for one in cut(TOPIC, tellings(*range(3, PAGE + 6)), (last,))] == [8]


CHANGES = [
    {"match": {"any": (parse_query("pier"),)}},
    {"match": {"en": (parse_query("harbour"),)}},
    {"exclude": {"any": (parse_query("pier"),)}},
    {"where": Where(sources=("gazette",))},
    {"where": Where(max_age=timedelta(days=1))},
    {"min_score": 2},
    {"collapse": "stories"},
    {"limit": 4},
]


@pytest.mark.parametrize("change", CHANGES)
def test_another_question_is_another_edition(change):
    assert edition(replace(TOPIC, **change)) != PRESENT


def test_what_is_only_said_of_a_topic_is_no_part_of_its_edition():
    said = {"id": "ports", "title": "Ports", "formerly": ("harbours",), "token": "secret", "max_age": timedelta(days=9)}
    assert edition(replace(TOPIC, **said)) == PRESENT


def test_a_topic_that_is_asked_is_part_of_the_edition():
    def asking(line):
        other, asks = a_topic(match=[line], id="other"), a_topic(match=["@other"], id="asks")
        (_, bound), wrong = resolve((other, asks))
        assert wrong == ()
        return edition(bound)

    assert asking("pier") == asking("pier")
    assert asking("pier") != asking("quay")


def test_documents_lead_to_those_beside_them_and_none_for_good_to_one_that_passes():
    base = "https://wire.example/feeds/harbours"
    archives = [archive(n, n) for n in (1, 2)]
    parts = divide(TOPIC, tellings(1, 2, 11, 12, 13, 14), archives)
    short = f"{base}{parts[1].path}"
    feeds = [written(TOPIC, parts, place, MASTHEAD) for place in range(len(parts))]
    assert [(feed.feed_url, feed.succession) for feed in feeds] == [
        (base, Succession(previous=short)),
        (short, Succession(current=base, previous=f"{base}/archive/2")),
        (f"{base}/archive/2", Succession(current=base, previous=f"{base}/archive/1")),
        (f"{base}/archive/1", Succession(current=base, following=f"{base}/archive/2")),
    ]
    assert {feed.id for feed in feeds} == {feeds[0].id}
