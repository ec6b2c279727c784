"""Topics: what is shown, and in which order."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Origin, Placement, PublishedEntry, TopicFeed
from feeds.render import prepare
from feeds.topics import Where, entry_urn, feed_urn
from tests.decision_table import WHEN
from tests.fakes.candidates import CHRONICLE, DAY, GAZETTE, SITE, feed_of, seen, shown


def test_a_feed_is_whole():
    one = seen("one", revised=WHEN + timedelta(hours=2))
    copy = seen("copy", source="chronicle", copy_of="one", at=WHEN + timedelta(hours=1))
    assert feed_of([copy, one], WHEN + DAY) == TopicFeed(
        id=feed_urn(SITE, "harbours"),
        topic="harbours",
        title="Harbours",
        home="https://wire.example/topics/harbours",
        feed_url="https://wire.example/feeds/harbours",
        language="en",
        updated=WHEN + timedelta(hours=2),
        entries=(
            PublishedEntry(
                id=entry_urn(SITE, "harbours", "one"),
                entry=one.entry,
                original="one",
                origin=GAZETTE,
                also=(replace(CHRONICLE, page=copy.entry.url),),
            ),
        ),
    )


@pytest.mark.parametrize("collapse", ["none", "copies"])
def test_what_is_held_is_not_shown_its_copies_are(collapse):
    one, copy = seen("one"), seen("copy", source="chronicle", copy_of="one")
    held = replace(one, placement=Placement(entry="one", held="hidden by hand"))
    assert shown([held, copy, seen("two")], collapse=collapse) == ["copy", "two"]
    assert shown([one, replace(copy, placement=replace(copy.placement, held="doubtful"))], collapse=collapse) == ["one"]


def test_an_empty_feed_was_updated_when_the_site_began():
    assert feed_of([]).updated == SITE.since
    assert feed_of([]).entries == ()


def test_newest_first_seen_comes_first_and_old_news_of_a_new_source_goes_where_it_was_published():
    late = seen("late", first_seen=WHEN, published=WHEN - 3 * DAY)
    hours = seen("hours", first_seen=WHEN - timedelta(hours=1), published=WHEN - timedelta(hours=20))
    candidates = [late, hours, seen("old", at=WHEN - 2 * DAY), seen("new", at=WHEN), seen("older", at=WHEN - 4 * DAY)]
    assert shown(candidates) == ["new", "hours", "old", "late", "older"]


def test_entries_seen_together_are_ordered_by_published_then_id():
    first = {"first_seen": WHEN}
    candidates = [seen("c", **first), seen("b", **first), seen("a", **first, published=WHEN - timedelta(hours=2))]
    assert shown(candidates) == ["b", "c", "a"]


def test_a_copy_alone_is_shown():
    feed = feed_of([seen("copy", source="chronicle", copy_of="one")])
    assert [(one.entry.id, one.origin, one.also) for one in feed.entries] == [("copy", CHRONICLE, ())]


def test_of_copies_of_an_entry_that_did_not_match_the_first_seen_is_shown():
    candidates = [
        seen("b", source="chronicle", copy_of="one", at=WHEN + timedelta(minutes=1)),
        seen("z", copy_of="one"),
    ]
    assert shown(candidates) == ["z"]


def test_among_copies_the_source_with_the_higher_rank_is_shown_under_the_id_of_the_original():
    one = seen("one")
    better = seen("better", source="chronicle", copy_of="one", at=WHEN + timedelta(hours=1), rank=1)
    before, after = feed_of([one]), feed_of([one, better])
    assert [(e.entry.id, e.origin, e.also) for e in after.entries] == [
        ("better", CHRONICLE, (replace(GAZETTE, page=one.entry.url),))
    ]
    assert [e.id for e in after.entries] == [e.id for e in before.entries]


def test_a_better_copy_stands_where_the_first_one_stood_and_says_when_it_came():
    late = WHEN - timedelta(days=4)
    between, old = seen("between", at=WHEN + timedelta(hours=1)), seen("old", at=WHEN - 2 * DAY)
    one = seen("one", first_seen=WHEN, published=late)
    came = WHEN + timedelta(hours=5)
    better = seen("better", source="chronicle", copy_of="one", at=came, rank=1)
    assert shown([one, between, old]) == ["between", "old", "one"]
    feed = feed_of([one, between, old, better])
    assert [e.entry.id for e in feed.entries] == ["between", "old", "better"]
    assert [(e.first_seen, e.switched) for e in feed.entries] == [(None, None), (None, None), (WHEN, came)]


def test_a_better_copy_that_came_first_took_no_place():
    better = seen("better", source="chronicle", copy_of="one", rank=1)
    other = seen("other", copy_of="one", at=WHEN + timedelta(hours=1))
    (entry,) = feed_of([other, better]).entries
    assert (entry.entry.id, entry.first_seen, entry.switched) == ("better", None, None)


def test_of_copies_seen_together_without_their_original_the_one_published_first_gives_the_place():
    hour = timedelta(hours=1)
    late = seen("a", copy_of="one")
    early = seen("b", copy_of="one", first_seen=WHEN, published=WHEN - hour)
    between = seen("between", first_seen=WHEN, published=WHEN - hour / 2)
    assert shown([between, early]) == ["between", "b"]
    assert shown([between, early, late]) == ["between", "b"]


def test_an_age_counts_from_the_first_of_copies():
    better = seen("better", source="chronicle", copy_of="one", at=WHEN + timedelta(hours=9), rank=1)
    assert shown([seen("one"), better], WHEN + timedelta(hours=25), max_age=DAY) == []


def test_a_copy_that_comes_later_changes_the_feed_it_is_named_in():
    copy = seen("copy", source="chronicle", copy_of="one", at=WHEN + timedelta(hours=1))
    assert feed_of([seen("one"), copy]).updated == WHEN + timedelta(hours=1)


def test_copies_are_shown_where_a_topic_collapses_nothing():
    candidates = [seen("one"), seen("copy", source="chronicle", copy_of="one", at=WHEN + timedelta(minutes=1))]
    assert shown(candidates, collapse="none") == ["copy", "one"]


def test_a_copy_does_not_surface_when_its_original_grows_old():
    candidates = [seen("one"), seen("copy", source="chronicle", copy_of="one", at=WHEN + timedelta(hours=9))]
    assert shown(candidates, WHEN + timedelta(hours=25), max_age=DAY) == []


def test_each_other_source_is_credited_once_and_its_own_not_at_all():
    candidates = [
        seen("one"),
        seen("again", copy_of="one", at=WHEN + timedelta(minutes=1)),
        seen("c2", source="chronicle", copy_of="one", at=WHEN + timedelta(minutes=4)),
        seen("c1", source="chronicle", copy_of="one", at=WHEN + timedelta(minutes=3)),
        seen("gone", source="left-the-config", copy_of="one", at=WHEN + timedelta(minutes=2)),
    ]
    (one,) = feed_of(candidates).entries
    left = Origin(id="left-the-config", title="left-the-config", url="", page=candidates[4].entry.url)
    assert one.also == (left, replace(CHRONICLE, page=candidates[3].entry.url))


def test_max_age_counts_from_first_seen_and_that_of_where_from_published():
    slow = seen("slow", first_seen=WHEN - timedelta(hours=2), published=WHEN - timedelta(hours=20))
    assert shown([slow], max_age=timedelta(hours=3)) == ["slow"]
    assert shown([slow], max_age=timedelta(hours=1)) == []
    assert shown([slow], where=Where(max_age=timedelta(hours=3))) == []
    assert shown([slow], where=Where(max_age=timedelta(hours=20))) == ["slow"]


def test_the_limit_keeps_the_newest():
    candidates = [seen(str(day), at=WHEN - day * DAY) for day in range(6)]
    assert shown(candidates, limit=2) == ["0", "1"]


def test_ids_are_permanent_another_in_each_topic_and_know_nothing_of_addresses():
    assert feed_urn(SITE, "harbours") == "urn:uuid:" + str(UUID(feed_urn(SITE, "harbours")[9:]))
    assert UUID(entry_urn(SITE, "harbours", "one")[9:]).version == 5
    ids = {entry_urn(SITE, t, e) for t in ("harbours", "islands") for e in ("one", "two")}
    ids |= {feed_urn(SITE, "harbours"), feed_urn(SITE, "islands"), feed_urn(replace(SITE, id=UUID(int=1)), "harbours")}
    assert len(ids) == 7
    assert entry_urn(SITE, "harbours", "one") == "urn:uuid:2f530652-bdea-53ac-9708-f761e6de6383"


_MOMENTS = st.integers(0, 96).map(lambda hours: WHEN - timedelta(hours=hours))


@st.composite
def _stores(draw):
    ranks = {source: draw(st.integers(0, 2)) for source in ("gazette", "chronicle", "third")}

    def one(name):
        source = draw(st.sampled_from(sorted(ranks)))
        first_seen: datetime = draw(_MOMENTS)
        return seen(
            name,
            source=source,
            first_seen=first_seen,
            published=draw(_MOMENTS),
            revised=first_seen + draw(st.sampled_from([timedelta(0), DAY])),
            copy_of=draw(st.sampled_from([None, *"abc"])) if name not in "abc" else None,
            rank=ranks[source],
        )

    return [one(name) for name in "abcdefgh"]


@given(_stores(), st.data())
def test_shuffled_candidates_give_the_same_feed(candidates, data):
    fields = {"limit": 4, "max_age": 2 * DAY, "collapse": data.draw(st.sampled_from(["none", "copies"]))}
    assert feed_of(data.draw(st.permutations(candidates)), **fields) == feed_of(candidates, **fields)


@given(_stores())
def test_updated_never_goes_back_as_entries_come_in_and_no_copy_moves_what_is_there(candidates):
    def turn(one):
        return one.entry.first_seen, one.placement is not None, one.entry.published, one.entry.id

    arriving = sorted(candidates, key=turn)
    arriving = [replace(one, entry=replace(one.entry, revision=0)) for one in arriving]
    known: dict[str, datetime] = {}
    order: list[str] = []
    for count in range(1, len(arriving) + 1):
        prepared = prepare(feed_of(arriving[:count], limit=9))
        updated = {one.id: one.updated for one in prepared.entries}
        assert all(updated[i] >= moment for i, moment in known.items())
        known = updated
        assert [i for i in updated if i in order] == order
        order = list(updated)


@given(_stores())
def test_an_entry_is_shown_once_or_stands_behind_one_that_is(candidates):
    feed = feed_of(candidates)
    shown_ids = [one.entry.id for one in feed.entries]
    assert len(shown_ids) == len(set(shown_ids))
    for candidate in candidates:
        copy_of = candidate.placement.copy_of if candidate.placement else None
        assert entry_urn(SITE, "harbours", copy_of or candidate.entry.id) in {one.id for one in feed.entries}
