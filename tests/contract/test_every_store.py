"""What `storage.port` promises, asked of every store there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from feeds.errors import StoreError
from feeds.model import (
    Allowance,
    Enclosure,
    Join,
    Placement,
    PublishedFrom,
    Reading,
    Relation,
    Site,
    SourceState,
    Validators,
)
from storage.port import Change, Counts, Keys
from tests.fakes.stored_values import NOON, entry_of, revision_of


def test_an_empty_store_answers_every_question(store):
    assert store.known(Keys(ids=frozenset({"a"}), guids=frozenset({("s", "g")}), urls=frozenset({"u"}))) == ()
    assert store.entry("a") is None
    assert list(store.entries()) == []
    assert store.placements(["a"]) == {}
    assert store.revisions("a") == ()
    assert store.story("s") == store.copies("a") == store.decisions() == ()
    assert store.boilerplate() == {}
    assert store.states() == {}
    assert store.site() is store.allowance() is None
    assert replace(store.counts(), size=0) == Counts(
        entries=0, copies=0, stories=0, held=0, revisions=0, sources=0, size=0
    )


def test_what_comes_out_equals_what_went_in(store):
    entry = entry_of(
        "a",
        summary="Пором запізнюється 🛟\u2028",
        content='<p>All <a href="https://harbour.example/">boats</a>\x00</p>',
        authors=("A. Skipper", "О. Лоцман"),
        categories=("boats",),
        enclosures=(Enclosure(url="https://harbour.example/a.mp3", media_type="audio/mpeg", length=12),),
        language="uk-UA",
        published=datetime(1, 1, 1, tzinfo=UTC),
        published_from=PublishedFrom.ASSUMED_ZONE,
        published_text="вчора",
        updated=datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        revision=3,
        fingerprint="f" * 64,
    )
    revision = revision_of("a", 0)
    placement = Placement(
        entry="a", copy_of="b", joins=(Join(relation=Relation.COPY, other="b", score=0.5, evidence="same address"),)
    )
    state = SourceState(
        source="harbour-post",
        url="https://harbour.example/feed",
        validators=Validators(etag='W/"ÿ"', last_modified="yesterday"),
        last_fetch=NOON,
        last_status=200,
        gone=True,
    )
    site = Site(id=UUID(int=7), since=NOON)
    allowance = Allowance(left=7, read=Reading(clock=NOON, boot="first", uptime=timedelta(microseconds=1)))
    store.commit(Change(entries=(entry,), revisions=(revision,), placements=(placement,), states=(state,)))
    store.commit(Change(site=site, allowance=allowance))
    assert store.entry("a") == entry
    assert store.revisions("a") == (revision,)
    assert store.placements(["a", "b"]) == {"a": placement}
    assert store.states() == {"harbour-post": state}
    assert (store.site(), store.allowance()) == (site, allowance)


def test_a_later_value_replaces_the_one_with_the_same_id(store):
    old, new = entry_of("a"), entry_of("a", title="Ferry a is on time")
    store.commit(Change(entries=(old, entry_of("b")), revisions=(revision_of("a", 0, "first"),)))
    store.commit(Change(entries=(new,), revisions=(revision_of("a", 0, "corrected"), revision_of("a", 1))))
    assert store.entry("a") == new
    assert [entry.id for entry in store.entries()] == ["a", "b"]
    assert [revision.title for revision in store.revisions("a")] == ["corrected", "Ferry is late"]


def test_of_equal_ids_in_one_change_the_last_one_holds(store):
    store.commit(Change(entries=(entry_of("a", title="One"), entry_of("a", title="Two"))))
    assert [entry.title for entry in store.entries()] == ["Two"]


def test_an_empty_change_is_no_change(store):
    before = store.counts()
    store.commit(Change())
    assert store.counts() == before


def test_entries_are_known_by_id_by_guid_within_their_source_and_by_address_anywhere(store):
    a = entry_of("a", source="harbour-post", guid="7", canonical_url="x.example/1")
    b = entry_of("b", source="river-times", guid="7", canonical_url="x.example/1")
    c = entry_of("c", source="river-times", guid="8", canonical_url="")
    store.commit(Change(entries=(c, b, a)))
    assert store.known(Keys(ids=frozenset({"c", "nobody"}))) == (c,)
    assert store.known(Keys(guids=frozenset({("river-times", "7"), ("gazette", "8")}))) == (b,)
    assert store.known(Keys(urls=frozenset({"x.example/1"}))) == (a, b)
    assert store.known(Keys(ids=frozenset({"a"}), guids=frozenset({("harbour-post", "7")}))) == (a,)


def test_entries_are_known_by_headline_and_by_date_within_their_source(store):
    a = entry_of("a", source="harbour-post", title="Ferry stays")
    b = entry_of("b", source="river-times", title="Ferry stays")
    store.commit(Change(entries=(a, b), buried=(replace(a, id="z"),)))
    day = a.published
    assert store.known(Keys(titles=frozenset({("harbour-post", "Ferry stays"), ("gazette", "x")}))) == (a,)
    assert store.known(Keys(moments=frozenset({("river-times", day)}))) == (b,)
    assert store.buried(Keys(moments=frozenset({("harbour-post", day)}))) == (replace(a, id="z"),)
    edited = replace(a, title="Ferry sails", published=day - timedelta(days=2))
    store.commit(Change(entries=(edited,)))
    assert store.known(Keys(titles=frozenset({("harbour-post", "Ferry sails")}))) == (edited,)
    assert store.known(Keys(titles=frozenset({("harbour-post", "Ferry stays")}))) == ()


def test_an_empty_guid_or_address_is_nobodys_key(store):
    store.commit(Change(entries=(entry_of("a", guid="", canonical_url=""),)))
    assert store.known(Keys(guids=frozenset({("harbour-post", "")}), urls=frozenset({""}))) == ()


def test_one_guid_for_every_entry_of_a_source_makes_all_of_them_known(store):
    shared = tuple(entry_of(f"{n:03}", guid="the-only-one") for n in range(50))
    store.commit(Change(entries=shared))
    assert store.known(Keys(guids=frozenset({("harbour-post", "the-only-one")}))) == shared


def test_an_entry_that_moved_is_known_at_its_new_address(store):
    moved = entry_of("a", canonical_url="new.example/a", guid="new")
    store.commit(Change(entries=(entry_of("a"),)))
    store.commit(Change(entries=(moved,)))
    assert store.known(Keys(urls=frozenset({"new.example/a"}))) == (moved,)
    assert store.known(Keys(guids=frozenset({("harbour-post", "new")}))) == (moved,)
    assert all(entry == moved for entry in store.known(Keys(urls=frozenset({"harbour.example/a"}))))


def test_entries_come_newest_first_and_by_id_within_a_moment(store):
    late = NOON + timedelta(microseconds=1)
    store.commit(Change(entries=(entry_of("b"), entry_of("c"), entry_of("z", first_seen=late))))
    store.commit(Change(entries=(entry_of("a"), entry_of("y", first_seen=late))))
    store.commit(Change(entries=(entry_of("x", first_seen=NOON - timedelta(days=1)),)))
    assert [entry.id for entry in store.entries()] == ["y", "z", "a", "b", "c", "x"]


def test_what_is_committed_while_somebody_reads_does_not_show_to_them(store):
    first, second = entry_of("a"), entry_of("b")
    store.commit(Change(entries=(first, second)))
    reading = store.entries()
    assert next(reading) == first
    store.commit(Change(entries=(entry_of("b", title="Changed"), entry_of("c"))))
    assert list(reading) == [second]


def test_revisions_come_oldest_first_and_of_that_entry_only(store):
    store.commit(Change(revisions=(revision_of("a", 10), revision_of("a", 2), revision_of("b", 0))))
    assert [revision.number for revision in store.revisions("a")] == [2, 10]


def test_counts_count_what_is_there_now(store):
    state = SourceState(source="harbour-post", url="https://harbour.example/feed")
    copy = Placement(entry="b", copy_of="a", story="s")
    store.commit(
        Change(
            entries=(entry_of("a"), entry_of("b"), entry_of("c")),
            revisions=(revision_of("a", 0),),
            placements=(Placement(entry="a", story="s"), copy, Placement(entry="c", story="t", held="a redesign")),
            states=(state,),
        )
    )
    store.commit(Change(entries=(entry_of("a"),), placements=(copy,), states=(replace(state, failures=1),)))
    assert replace(store.counts(), size=0) == Counts(
        entries=3, copies=1, stories=2, held=1, revisions=1, sources=1, size=0
    )
    store.commit(Change(placements=(Placement(entry="b"), Placement(entry="c", story="s"))))
    assert replace(store.counts(), size=0) == Counts(
        entries=3, copies=0, stories=1, held=0, revisions=1, sources=1, size=0
    )


def test_entries_are_counted_by_source(store):
    store.commit(Change(entries=(entry_of("a"), entry_of("b"), entry_of("c", source="bell"))))
    store.commit(Change(entries=(entry_of("a", title="Again"),), buried=(entry_of("c", source="bell"),)))
    assert store.per_source() == {entry_of("a").source: 2}
    store.commit(Change(entries=(entry_of("a", source="bell"),)))
    assert store.per_source() == {entry_of("b").source: 1, "bell": 1}


def test_a_buried_entry_leaves_a_tombstone_and_nothing_else(store):
    remains = entry_of("a", title="What remains")
    store.commit(
        Change(
            entries=(entry_of("a"), entry_of("b")),
            revisions=(revision_of("a", 0), revision_of("b", 0)),
            placements=(Placement(entry="a", copy_of="b"),),
        )
    )
    store.commit(Change(buried=(remains,)))
    assert [entry.id for entry in store.entries()] == ["b"]
    assert store.known(Keys(ids=frozenset({"a"}), guids=frozenset({("harbour-post", "guid-a")}))) == ()
    assert store.placements(["a"]) == {}
    assert store.revisions("a") == ()
    assert len(store.revisions("b")) == 1
    for keys in (
        Keys(ids=frozenset({"a"})),
        Keys(guids=frozenset({("harbour-post", "guid-a")})),
        Keys(urls=frozenset({"harbour.example/a"})),
    ):
        assert store.buried(keys) == (remains,)
    assert replace(store.counts(), size=0) == Counts(
        entries=1, copies=0, stories=0, held=0, revisions=1, sources=0, size=0
    )


def test_an_entry_that_is_remembered_again_has_no_tombstone(store):
    store.commit(Change(entries=(entry_of("a"),)))
    store.commit(Change(buried=(entry_of("a"),)))
    store.commit(Change(entries=(entry_of("a"),)))
    assert store.buried(Keys(ids=frozenset({"a"}))) == ()
    assert store.entry("a") == entry_of("a")


def test_aged_are_those_before_a_moment_and_those_beyond_a_number(store):
    seen = [NOON + timedelta(hours=n) for n in range(4)]
    store.commit(Change(entries=tuple(entry_of(one, first_seen=at) for one, at in zip("dcba", seen, strict=True))))
    assert store.aged(before=NOON, most=100) == ()
    assert store.aged(before=seen[2], most=100) == ("d", "c")
    assert store.aged(before=NOON, most=1) == ("d", "c", "b")
    assert store.aged(before=seen[3], most=3) == ("d", "c", "b")


def test_tombstones_are_forgotten_in_the_order_in_which_they_were_remembered(store):
    store.commit(Change(buried=(entry_of("a"),)))
    store.commit(Change(buried=(entry_of("b"),)))
    store.commit(Change(buried=(entry_of("a"),)))
    assert store.tombstones_beyond(1) == ("b",)
    assert store.tombstones_beyond(2) == ()
    store.commit(Change(forgotten=("b", "nobody")))
    assert store.tombstones_beyond(0) == ("a",)


def test_outdated_revisions_leave_alone(store):
    store.commit(Change(revisions=(revision_of("a", 0), revision_of("a", 1), revision_of("b", 0))))
    store.commit(Change(revisions=(revision_of("a", 2),), outdated=(("a", 0), ("nobody", 0))))
    assert [revision.number for revision in store.revisions("a")] == [1, 2]
    assert len(store.revisions("b")) == 1


def test_a_closed_store_takes_nothing_more_and_closes_twice(store):
    store.commit(Change(entries=(entry_of("a"),)))
    store.close()
    store.close()
    with pytest.raises(StoreError):
        store.commit(Change(entries=(entry_of("b"),)))
