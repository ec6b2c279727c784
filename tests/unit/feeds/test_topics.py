"""Topics: who is in, what is shown, and in which order."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.model import Match, Origin, Placement, PublishedEntry, Site, Source, TopicFeed
from feeds.query.syntax import parse_query
from feeds.render import prepare
from feeds.text.forms import Analyser
from feeds.topics import Candidate, Topic, Where, check, decide, entry_urn, feed_urn, misjudged, select
from tests.decision_table import WHEN, entry

SITE = Site(id=UUID("7b6f4c1e-58f0-4a39-9d0d-0a1f6f3f6c11"), since=WHEN - timedelta(days=400))
GAZETTE = Origin(id="gazette", title="The Gazette", url="https://gazette.example/rss")
CHRONICLE = Origin(id="chronicle", title="The Chronicle", url="https://chronicle.example/rss")
DAY = timedelta(days=1)


def queries(*lines):
    return tuple(parse_query(line) for line in lines)


def topic(match=None, **fields):
    lines = match if isinstance(match, dict) else {"any": match or ["harbour"]}
    exclude = {language: queries(*lines) for language, lines in fields.pop("exclude", {}).items()}
    plain = {"id": "harbours", "title": "Harbours", "exclude": exclude} | fields
    return Topic(match={language: queries(*lines) for language, lines in lines.items()}, **plain)


def line_of(of, **fields):
    found = decide(topic(**fields), of, source=fields.get("source"), analyser=Analyser())
    return found.line if found else None


# --- decide


def test_a_match_names_its_line():
    found = decide(topic(["bridge", '"old harbour"']), entry("The old harbours"), source=None, analyser=Analyser())
    assert found == Match(line='"old harbour"')


@pytest.mark.parametrize(
    ("language", "title", "line"),
    [
        ("en", "The harbours", "harbour"),
        ("en-GB", "The harbours", "harbour"),
        ("uk", "У портах", "порт"),
        ("en", "В port", None),
        ("uk", "The harbours", None),
        ("", "The harbours", None),
        ("de", "Seaside", "seaside"),
        ("", "Seaside", "seaside"),
        ("en", "Seaside harbours", "harbour"),
    ],
)
def test_an_entry_meets_the_lines_of_its_language_and_of_any(language, title, line):
    assert line_of(entry(title, language), match={"en": ["harbour"], "uk": ["порт"], "any": ["seaside"]}) == line


def test_lines_of_not_keep_out_by_the_same_rule():
    rules = {"match": ["harbour"], "exclude": {"en": ["fish"], "any": ["strike"]}}
    assert line_of(entry("The harbour"), **rules) == "harbour"
    assert line_of(entry("The harbour fish"), **rules) is None
    assert line_of(entry("The harbour fish", "de"), **rules) == "harbour"
    assert line_of(entry("The harbour strike", "de"), **rules) is None


@pytest.mark.parametrize(
    ("where", "yes"),
    [
        (Where(), True),
        (Where(languages=("EN",)), True),
        (Where(languages=("uk", "ru")), False),
        (Where(sources=("gazette",)), True),
        (Where(sources=("chronicle",)), False),
        (Where(tags=("coast", "war")), True),
        (Where(tags=("war",)), False),
        (Where(min_words=3), True),
        (Where(min_words=4), False),
        (Where(languages=("en",), tags=("war",)), False),
    ],
)
def test_every_condition_of_where_must_hold(where, yes):
    source = Source(id="gazette", url="https://gazette.example/rss", tags=("coast",))
    of = entry("The harbour", "en-GB", summary="It is closed")
    assert (decide(topic(where=where), of, source=source, analyser=Analyser()) is not None) is yes


def test_an_entry_whose_source_left_the_config_has_no_tags():
    assert decide(topic(where=Where(tags=("coast",))), entry("harbour"), source=None, analyser=Analyser()) is None


def test_everything_is_allowed_only_under_a_where_that_narrows():
    with pytest.raises(QueryError, match=r"allowed only when \[topic.where\] narrows"):
        check(topic(["*"]))
    check(topic(["*"], where=Where(sources=("gazette",))))
    check(topic(["harbour"]))
    assert line_of(entry("Whatever"), match=["*"], where=Where(sources=("gazette",))) == "*"


@pytest.mark.parametrize(
    ("title", "language", "wanted", "reason"),
    [
        ("The harbours", "en", True, ""),
        ("A bridge", "en", False, ""),
        ("Harbour fish", "en", False, ""),
        ("The bridge", "en", True, 'no line for "en" or any takes this, but the example says yes'),
        ("Порт", "", True, "no line for an unknown language or any takes this, but the example says yes"),
        ("Old harbour", "en", False, "the line harbour takes this, but the example says no"),
        (
            "Harbour fish",
            "en",
            True,
            "the line fish of `not` keeps this out, though harbour takes it, but the example says yes",
        ),
    ],
)
def test_an_example_that_a_topic_gets_wrong_is_told_with_the_reason(title, language, wanted, reason):
    of = topic({"en": ["harbour"]}, exclude={"en": ["fish"]}, where=Where(sources=("chronicle",)))
    assert misjudged(of, title, language=language, wanted=wanted, analyser=Analyser()) == reason


# --- select


def seen(name, *, at=WHEN, source="gazette", copy_of=None, rank=0, **fields):
    times = {"published": at, "updated": at, "first_seen": at, "revised": at}
    of = entry(f"Harbour {name}", id=name, source=source, **(times | fields))
    placement = Placement(entry=name, copy_of=copy_of) if copy_of else None
    return Candidate(entry=of, placement=placement, match=Match(line="harbour"), rank=rank)


def feed_of(candidates, now=WHEN, **fields):
    return select(
        topic(**fields),
        candidates,
        site=SITE,
        base_url="https://wire.example/",
        language="en",
        origins={"gazette": GAZETTE, "chronicle": CHRONICLE},
        now=now,
    )


def shown(candidates, now=WHEN, **fields):
    return [one.entry.id for one in feed_of(candidates, now, **fields).entries]


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
            PublishedEntry(id=entry_urn(SITE, "harbours", "one"), entry=one.entry, origin=GAZETTE, also=(CHRONICLE,)),
        ),
    )


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
    assert [(e.entry.id, e.origin, e.also) for e in after.entries] == [("better", CHRONICLE, (GAZETTE,))]
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
    assert one.also == (Origin(id="left-the-config", title="left-the-config", url=""), CHRONICLE)


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
    def one(name):
        first_seen: datetime = draw(_MOMENTS)
        return seen(
            name,
            source=draw(st.sampled_from(["gazette", "chronicle", "third"])),
            first_seen=first_seen,
            published=draw(_MOMENTS),
            revised=first_seen + draw(st.sampled_from([timedelta(0), DAY])),
            copy_of=draw(st.sampled_from([None, *"abc"])) if name not in "abc" else None,
            rank=draw(st.integers(0, 2)),
        )

    return [one(name) for name in "abcdefgh"]


@given(_stores(), st.data())
def test_shuffled_candidates_give_the_same_feed(candidates, data):
    fields = {"limit": 4, "max_age": 2 * DAY, "collapse": data.draw(st.sampled_from(["none", "copies"]))}
    assert feed_of(data.draw(st.permutations(candidates)), **fields) == feed_of(candidates, **fields)


@given(_stores())
def test_updated_never_goes_back_as_entries_come_in_and_no_copy_moves_what_is_there(candidates):
    arriving = sorted(candidates, key=lambda one: (one.entry.first_seen, one.placement is not None, one.entry.id))
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
