"""Documents that take over from the last one what is as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from feeds.render import ATOM, JSON, RSS, Flawed, Prepared, Written, atom, json_feed, prepare, rss, written
from tests.fakes.topic_feeds import a_feed, an_entry, published


def quarter_hourly(prepared: Prepared) -> bytes:
    return rss(prepared, ttl_minutes=15)


FORMS = pytest.mark.parametrize(("write", "media_type"), [(atom, ATOM), (quarter_hourly, RSS), (json_feed, JSON)])
ONE, TWO, THREE, FOUR = (published(an_entry(number, content=f"<p>Told {number} times</p>")) for number in range(1, 5))


def a_document(write, media_type, *entries, before=None) -> Written:
    made = written(prepare(a_feed(*entries)), write, media_type, before=before)
    assert isinstance(made, Written)
    return made


class Pen:
    """A format that remembers which entries it wrote."""

    def __init__(self, write) -> None:
        self._write = write
        self.wrote: list[tuple[str, ...]] = []

    def __call__(self, prepared: Prepared) -> bytes:
        self.wrote.append(tuple(shown.entry for shown in prepared.entries))
        return self._write(prepared)


@FORMS
def test_only_new_entries_are_written(write, media_type):
    pen = Pen(write)
    before = a_document(pen, media_type, TWO, THREE)
    after = a_document(pen, media_type, ONE, TWO, FOUR, before=before)
    assert pen.wrote == [("river:2", "river:3"), ("river:1", "river:4")]
    assert after == a_document(write, media_type, ONE, TWO, FOUR)
    assert after.document.body == write(prepare(a_feed(ONE, TWO, FOUR)))


@FORMS
def test_an_edited_entry_is_written_anew(write, media_type):
    edited = replace(TWO, entry=replace(TWO.entry, title="Another headline"))
    pen = Pen(write)
    after = a_document(pen, media_type, ONE, edited, before=a_document(write, media_type, ONE, TWO))
    assert pen.wrote == [("river:2",)]
    assert after == a_document(write, media_type, ONE, edited)


@FORMS
@pytest.mark.parametrize("entries", [(), (ONE,), (TWO, ONE), (ONE, TWO)])
def test_what_only_left_or_moved_needs_a_head_and_a_tail(write, media_type, entries):
    before = a_document(write, media_type, ONE, TWO, THREE)
    assert a_document(write, media_type, *entries, before=before) == a_document(write, media_type, *entries)


@FORMS
def test_an_empty_feed_hands_on_nothing(write, media_type):
    before = a_document(write, media_type)
    assert a_document(write, media_type, ONE, before=before) == a_document(write, media_type, ONE)


@FORMS
def test_a_topic_by_another_name_is_written_anew(write, media_type):
    before = a_document(write, media_type, ONE, TWO)
    renamed = prepare(a_feed(ONE, TWO, title="River  treaty & border"))  # readers see no difference, but it is one
    made = written(renamed, write, media_type, before=before)
    assert made == written(renamed, write, media_type)
    assert isinstance(made, Written)
    assert made.document.body == write(renamed)


@FORMS
def test_an_entry_that_does_not_come_back_keeps_the_document_back(write, media_type):
    def forgetful(prepared: Prepared) -> bytes:
        return write(replace(prepared, entries=prepared.entries[1:]))

    two = prepare(a_feed(ONE, TWO))
    assert written(two, forgetful, media_type) == Flawed(reason="other entries come back: 1 of 2")


@pytest.mark.parametrize(
    ("write", "media_type", "words"),
    [
        (lambda prepared: atom(prepared).replace(b"</title>", b"</titel>", 1), ATOM, "mismatched tag"),
        (lambda prepared: quarter_hourly(prepared).replace(b"Headline", b""), RSS, "other entries come back"),
        (lambda prepared: json_feed(prepared).replace(b"urn:", b"uri:"), JSON, "other entries come back"),
    ],
)
def test_a_document_that_reads_back_otherwise_is_kept_back(write, media_type, words):
    flawed = written(prepare(a_feed(ONE)), write, media_type)
    assert isinstance(flawed, Flawed)
    assert words in flawed.reason


def test_a_whole_that_is_broken_though_its_parts_are_not_is_kept_back():
    before = a_document(atom, ATOM, ONE, TWO)
    body = before.document.body.replace(b"<summary", b"<sUmmary", 1)
    spoilt = replace(before, document=replace(before.document, body=body))
    flawed = written(prepare(a_feed(THREE, ONE, TWO)), atom, ATOM, before=spoilt)
    assert isinstance(flawed, Flawed)
    assert "mismatched tag" in flawed.reason


def test_json_is_json_whatever_was_taken_over():
    before = a_document(json_feed, JSON, TWO, THREE)
    body = a_document(json_feed, JSON, ONE, THREE, before=before).document.body
    assert [item["title"] for item in json.loads(body)["items"]] == ["Headline 1", "Headline 3"]
