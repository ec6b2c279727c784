"""The feed of what goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from feeds import render
from feeds.model import CONFIG, STORE, Notice, Origin, Site
from feeds.polling import Condition
from tests.validity.validating import avoidable

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=NOON - timedelta(days=30))
HARBOUR = Origin(
    id="harbour", title="Harbour & Post", url="https://harbour.example/rss", home="https://harbour.example/"
)
FAILING = Notice(at=NOON, about="harbour", condition="failing", reason="no connection: the name was not found")
REFUSED = Notice(at=NOON + timedelta(hours=1), about=CONFIG, condition="refused", reason="one problem in line 3")
RIGHT = Notice(at=NOON + timedelta(hours=2), about=CONFIG, condition="refused", ended=True)
FULL = Notice(at=NOON + timedelta(hours=3), about=STORE, condition="stopped", reason="the disk is full")
URL = "https://feeds.example/feeds/_health.atom"


def prepared(*notices: Notice, origin: Origin = HARBOUR) -> render.Prepared:
    known = {origin.id: origin}
    return render.notices_feed(notices, site=SITE, base_url="https://feeds.example", title="My feeds", origins=known)


def faults(found: render.Prepared) -> set[tuple[str, str]]:
    now = NOON + timedelta(days=1)
    return avoidable(render.atom(found), content_type="application/atom+xml", url=URL, now=now)


def test_it_tells_the_newest_first_in_words_that_need_no_manual():
    found = prepared(FAILING, REFUSED, RIGHT, FULL)
    assert [(one.title, one.summary) for one in found.entries] == [
        ("Nothing can be stored", "Fetching pauses, and what is published stays: the disk is full"),
        ("The config is right again", "The config is right again"),
        ("The config is refused", "Everything goes on by the config before: one problem in line 3"),
        ("Harbour & Post cannot be fetched", "no connection: the name was not found"),
    ]
    assert found.updated == FULL.at
    assert found.refused == ()


def test_every_condition_that_is_told_has_a_headline():
    told = {condition: Notice(at=NOON, about="harbour", condition=condition) for condition in Condition}
    headlines = {condition: render.headline(notice, "Harbour Post") for condition, notice in told.items()}
    quiet = {Condition.NEW, Condition.DISABLED}
    assert {one for one, text in headlines.items() if text == f"Harbour Post: {one}"} == quiet


def test_ids_follow_from_what_is_told_and_a_new_name_of_the_source_changes_none():
    before, after = prepared(FAILING), prepared(FAILING, origin=Origin(id="harbour", title="The Post", url=""))
    assert [one.id for one in before.entries] == [one.id for one in after.entries]
    assert after.entries[0].title == "The Post cannot be fetched"
    ids = {one.id for one in prepared(FAILING, REFUSED, RIGHT, FULL).entries}
    assert len(ids) == 4


def test_sources_that_share_a_name_are_told_apart():
    origins = {one: Origin(id=one, title="harbour.example", url="") for one in ("ferries", "tides")}
    told = [Notice(at=NOON, about=one, condition="failing") for one in origins]
    found = render.notices_feed(told, site=SITE, base_url="https://feeds.example", title="My feeds", origins=origins)
    assert [one.title for one in found.entries] == [
        "harbour.example (tides) cannot be fetched",
        "harbour.example (ferries) cannot be fetched",
    ]


def test_a_source_that_left_the_config_goes_by_its_id():
    assert prepared(Notice(at=NOON, about="gone", condition="parked")).entries[0].title == "gone is gone for good"


def test_a_validator_has_nothing_to_say_of_it_full_or_empty():
    assert faults(prepared(FAILING, REFUSED, RIGHT, FULL)) == set()
    assert faults(prepared()) == set()
    assert prepared().updated == SITE.since


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=60)
drawn = st.builds(
    Notice,
    at=st.timedeltas(timedelta(), timedelta(days=20)).map(lambda span: NOON - span),
    about=st.sampled_from(["harbour", CONFIG, STORE, "gone"]),
    condition=st.sampled_from([*Condition]),
    ended=st.booleans(),
    reason=texts,
)


@given(st.lists(drawn, max_size=6, unique_by=lambda one: (one.at, one.about, one.condition)))
def test_whatever_a_publisher_says_it_is_a_sound_document_and_the_same_each_time(notices):
    found = prepared(*sorted(notices, key=lambda one: one.at))
    made = render.document(render.atom(found), render.ATOM, found.updated)
    assert render.flaw(made) == ""
    assert len(found.entries) == len(notices)
    assert render.atom(prepared(*sorted(notices, key=lambda one: one.at))) == made.body
