"""Only what is new in a document is parsed, and the answer is the same as if all of it were."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds.dedupe.identity import clue_mark
from feeds.model import ReadFeed, Source
from feeds.read import read
from feeds.read.marks import marks_of
from feeds.read.splice import splice

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
SOURCE = Source(id="port", url="https://news.example/rss")


def item(number: int, *, title: str = "", more: str = "") -> str:
    return (
        f"<item><guid>{number}</guid><title>{title or f'Ferry {number}'}</title>"
        f"<link>https://news.example/{number}</link><description>It sails at {number}.</description>{more}</item>"
    )


def rss(*items: str, opening: str = '<rss version="2.0">', head: str = "", tail: str = "") -> str:
    between = "\n  "
    return f"{opening}<channel><title>Port</title>{head}{between.join(items)}\n{tail}</channel></rss>"


def reading(document: str, seen: tuple[str, ...] = (), *, source: Source = SOURCE, url: str = SOURCE.url) -> ReadFeed:
    return read(document.encode(), source=source, url=url, content_type="", now=NOW, seen=frozenset(seen))


def titles(feed: ReadFeed) -> list[str]:
    return [entry.title for entry in feed.entries]


BEFORE = reading(rss(item(1), item(2), item(3)))


def test_a_first_reading_has_everything_and_marks_it():
    assert titles(BEFORE) == ["Ferry 1", "Ferry 2", "Ferry 3"]
    assert (len(BEFORE.seen), BEFORE.unread) == (4, ())


def test_only_new_and_changed_entries_are_read_again():
    document = rss(item(4), item(1), item(2, title="Ferry 2 is late"))

    feed = reading(document, BEFORE.seen)

    whole = reading(document)
    assert titles(feed) == ["Ferry 4", "Ferry 2 is late"]
    assert feed.entries == tuple(entry for entry in whole.entries if entry.title != "Ferry 1")
    assert feed.unread == (clue_mark("1", "https://news.example/1"),)
    assert set(feed.seen) == set(whole.seen)
    assert replace(feed, entries=whole.entries, seen=whole.seen, unread=()) == whole


def test_a_document_whose_entries_are_all_known_brings_its_title_and_nothing_else():
    document = rss(item(3), item(1), head="<lastBuildDate>Fri, 09 Jun 2023 10:00:00 GMT</lastBuildDate>")

    feed = reading(document.replace("Port", "Port and sea"), BEFORE.seen)

    assert (feed.title, feed.entries, len(feed.unread)) == ("Port and sea", (), 2)


def test_white_space_between_entries_is_no_change():
    assert reading(rss(item(1) + "\n\n\t", item(2)), BEFORE.seen).entries == ()


def test_what_moves_out_of_a_document_is_forgotten():
    second = reading(rss(item(2)), BEFORE.seen)

    assert titles(reading(rss(item(1), item(2)), second.seen)) == ["Ferry 1"]


@pytest.mark.parametrize(
    "changed",
    [
        rss(item(1), item(4), opening='<rss version="2.0" xml:base="https://other.example/">'),
        rss(item(1), item(4), opening='<rss version="2.0" xml:lang="uk">'),
        rss(item(1), item(4), opening='<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'),
        rss(item(1), item(4), head="<language>uk</language>"),
        rss(item(1), item(4), head="<link>https://other.example/</link>"),
        rss(item(1), item(4), tail="<language><![CDATA[uk]]></language>"),
    ],
)
def test_another_envelope_makes_all_entries_new(changed: str):
    assert titles(reading(changed, BEFORE.seen)) == ["Ferry 1", "Ferry 4"]


@pytest.mark.parametrize(
    "source", [replace(SOURCE, language="uk"), replace(SOURCE, timezone="Asia/Tokyo"), replace(SOURCE, id="quay")]
)
def test_another_config_makes_all_entries_new(source: Source):
    assert len(reading(rss(item(1), item(4)), BEFORE.seen, source=source).entries) == 2


def test_another_address_makes_all_entries_new():
    assert len(reading(rss(item(1), item(4)), BEFORE.seen, url="https://mirror.example/rss").entries) == 2


@pytest.mark.parametrize(
    "newcomer",
    [
        item(4).replace("<guid>4", "<guid>1"),
        item(4).replace("example/4", "example/1"),
        item(1, title="Ferry 1, told again"),
    ],
    ids=["guid", "address", "both"],
)
def test_an_entry_that_shares_a_name_with_a_known_one_has_both_read(newcomer: str):
    document = rss(newcomer, item(1), item(2))

    assert reading(document, BEFORE.seen) == reading(document)


def test_two_new_entries_with_one_name_have_all_read():
    document = rss(item(4), item(4, title="Another"), item(1))

    assert reading(document, BEFORE.seen) == reading(document)


def test_a_permalink_that_is_guid_and_address_is_no_clash():
    linked = item(5).replace("<guid>5", "<guid>https://news.example/5")

    assert titles(reading(rss(linked, item(1)), BEFORE.seen)) == ["Ferry 5"]


@pytest.mark.parametrize(
    "broken",
    [
        rss(item(4), item(1)) + "<oops>",
        rss(item(4), item(1), head="<b>"),
        rss(item(4, more="<b>"), item(1)),
        rss(item(4), item(1))[: -len("</channel></rss>")] + "</rss>",
        rss(item(4, more="<![CDATA[</item> <item>]]>"), item(1)),
        rss(item(4) + "<language>uk</language>", item(1)),
        rss(item(4, more="<item/>"), item(1)),
        rss(item(4), item(1)).replace("<item><guid>4", "<ITEM><guid>4"),
        rss(item(4).replace("item>", "entry>"), item(1)),
    ],
)
def test_what_does_not_come_apart_cleanly_is_read_as_a_whole(broken: str):
    whole = reading(broken)

    assert reading(broken, BEFORE.seen) == whole
    assert whole.unread == ()


def test_entries_beyond_a_limit_are_told_of_again_and_keep_their_places():
    long = item(7, more=f"<x>{'y' * 300_000}</x>")
    before = reading(rss(long, item(1), item(2)))

    feed = reading(
        rss(item(4, title=" ").replace("It sails at 4.", " ").replace("https://news.example/4", ""), long, item(1)),
        before.seen,
    )

    assert [(one.position, one.reason.split()[0]) for one in feed.skipped] == [(0, "it"), (1, "the")]


def test_atom_entries_keep_the_namespaces_and_base_of_their_feed():
    def atom(*entries: str) -> str:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/sea/" xml:lang="uk"'
            f' xmlns:m="http://search.yahoo.com/mrss/"><title>Port</title>{"".join(entries)}</feed>'
        )

    def entry(name: str) -> str:
        return (
            f'<entry><id>{name}</id><title>{name}</title><link href="{name}"/><m:thumbnail url="{name}.png"/></entry>'
        )

    feed = reading(atom(entry("b"), entry("a")), reading(atom(entry("a"))).seen)

    (only,) = feed.entries
    assert (only.url, only.image, only.language) == (
        "https://news.example/sea/b",
        "https://news.example/sea/b.png",
        "uk",
    )


def test_json_feeds_are_read_in_part_too():
    def document(*numbers: int) -> str:
        items = [{"id": str(n), "title": f"Ferry {n}", "url": f"https://news.example/{n}"} for n in numbers]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Port", "items": items})

    before = reading(document(1, 2))

    assert titles(reading(document(3, 2, 1), before.seen)) == ["Ferry 3"]
    assert titles(reading(document(3, 2).replace('"title": "Port"', '"language": "uk"'), before.seen)) == [
        "Ferry 3",
        "Ferry 2",
    ]


def test_marks_of_another_time_or_nonsense_change_nothing():
    document = rss(item(1), item(2))

    assert reading(document, ("", "nonsense", "envelope x", "é" * 28)) == reading(document)


@pytest.mark.parametrize("unit", ["<?", "<![CDATA[", "<language>", "<!--", "<a ", "</a"])
def test_a_head_that_was_built_to_be_slow_has_no_marks(unit: str):
    hostile = rss(item(1), head=unit * (500_000 // len(unit)))

    assert marks_of(splice(hostile)) is None
