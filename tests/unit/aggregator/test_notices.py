"""What subscribers are told besides news: put down as facts, published in a feed of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.ingesting.notices import Notices, refusal
from aggregator.ingesting.remember import Pace, Quiet, remember_quiet
from aggregator.observing.events import ConfigRefused, ConfigTaken, Ingested, IngestResumed, IngestStopped
from aggregator.publishing.health_feed import PATH
from aggregator.publishing.publish import Publisher
from feeds.errors import Problem, StoreFailed
from feeds.model import CONFIG, STORE, Failed, FailureKind, Notice, Source, Unchanged
from feeds.polling import Bounds
from feeds.text.forms import Analyser
from storage.memory import MemoryStore
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stores import new_store
from tests.unit.aggregator.test_published_pages import NOON, SITE, SOURCES, TREATY, Imprint

HOUR = timedelta(hours=1)
PROBLEMS = (
    Problem(line=3, column=1, message='unknown key "limt", token = "geheim"'),
    Problem(line=9, column=1, message="x"),
)
REFUSED = ConfigRefused(file="/etc/topicwire/config.toml", problems=PROBLEMS)
TAKEN = ConfigTaken(file="/etc/topicwire/config.toml")
SAID = "2 problems, the first in line 3; the log and `topicwire check` say what it is"
DOWN = Failed(kind=FailureKind.HTTP, reason="the server answered 503", status=503)
NO_ANSWER = Failed(kind=FailureKind.CONNECT, reason="the name was not found")
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=24 * HOUR), jitter=0)


class Desk:
    """Notices over a store, at a time that the test tells."""

    def __init__(self, store=None) -> None:
        self.store = store or new_store()
        self.now = NOON
        self.notices = Notices(self.store, clock=lambda: self.now)

    def hear(self, *events) -> None:
        for event in events:
            self.now += HOUR
            self.notices.observe(event)

    def publisher(self) -> Publisher:
        publisher = Publisher(
            store=self.store,
            topics=(TREATY,),
            sources=SOURCES,
            settings=Imprint(base_url="https://feeds.example", title="My feeds"),
            analyser=Analyser(),
            site=SITE,
            clock=lambda: self.now,
            observe=self.notices.observe,
            notices=self.notices.settle,
        )
        publisher.load()
        publisher.publish()
        return publisher


class Full(MemoryStore):
    """A store that refuses for as long as it is told to."""

    full = True

    def commit(self, change: Change) -> None:
        if self.full:
            raise StoreFailed("the disk is full")
        super().commit(change)


def pass_over(store, source: Source, *outcomes, began=NOON):
    """Passes of `source` that bring no entry, an hour apart."""
    for number, outcome in enumerate(outcomes, 1):
        state = store.states().get(source.id)
        quiet = Quiet(source=source, state=state, outcome=outcome, feed=None, pace=PACE)
        remember_quiet(store, [quiet], now=began + number * HOUR)


def test_a_refused_config_is_told_once_however_often_it_is_saved_and_so_is_its_mending():
    desk = Desk()
    desk.hear(REFUSED, REFUSED, REFUSED)
    begun = Notice(at=NOON + HOUR, about=CONFIG, condition="refused", reason=SAID)
    assert desk.notices.settle() == (begun,)
    assert refusal(desk.store.notices()) == begun
    desk.hear(TAKEN, TAKEN)
    ended = Notice(at=NOON + 4 * HOUR, about=CONFIG, condition="refused", ended=True)
    assert desk.notices.settle() == desk.store.notices() == (begun, ended)
    assert refusal(desk.store.notices()) is None


def test_what_is_told_of_a_config_has_no_word_of_it():
    assert "geheim" not in SAID
    desk = Desk()
    desk.hear(REFUSED)
    assert "geheim" not in str(desk.notices.settle())


def test_a_refusal_for_another_reason_is_the_same_one_and_says_the_new_reason():
    desk = Desk()
    desk.hear(REFUSED)
    desk.notices.settle()
    desk.hear(replace(REFUSED, problems=(), reason="permission denied"))
    assert desk.notices.settle() == (
        Notice(at=NOON + HOUR, about=CONFIG, condition="refused", reason="permission denied"),
    )


def test_a_process_that_starts_goes_by_its_config_so_a_refusal_of_before_has_ended():
    desk = Desk()
    desk.hear(REFUSED)
    desk.notices.settle()
    assert [(one.about, one.ended) for one in Desk(desk.store).notices.settle()] == [(CONFIG, False), (CONFIG, True)]


def test_a_store_that_refuses_is_told_of_when_it_takes_changes_again_and_shown_before():
    desk = Desk(Full())
    desk.hear(IngestStopped(reason="the disk is full"))
    stopped = Notice(at=NOON + HOUR, about=STORE, condition="stopped", reason="the disk is full")
    assert desk.notices.settle() == (stopped,)
    assert desk.store.notices() == ()
    desk.store.full = False
    desk.hear(IngestResumed())
    resumed = Notice(at=NOON + 2 * HOUR, about=STORE, condition="stopped", ended=True)
    assert desk.notices.settle() == desk.store.notices() == (stopped, resumed)


def test_a_clock_that_was_set_back_does_not_put_an_end_in_place_of_its_beginning():
    desk = Desk()
    desk.hear(REFUSED)
    desk.now = NOON - 9 * HOUR
    desk.hear(TAKEN)
    begun, ended = desk.notices.settle()
    assert (begun.ended, ended.ended) == (False, True)
    assert ended.at > begun.at


@pytest.mark.parametrize("restarted", [False, True])
def test_a_refusal_stands_though_the_clock_was_set_back_since_the_one_before(restarted):
    desk = Desk()
    desk.hear(REFUSED, TAKEN)
    desk.notices.settle()
    if restarted:
        desk = Desk(desk.store)
    desk.now = NOON - 9 * HOUR
    desk.hear(REFUSED)
    standing = refusal(desk.notices.settle())
    assert standing is not None
    assert standing.reason == SAID
    desk.hear(TAKEN)
    assert refusal(desk.notices.settle()) is None


def test_other_events_are_no_news():
    desk = Desk()
    desk.hear(Ingested(source="river", outcome=Unchanged()))
    assert desk.notices.settle() == ()


def test_a_source_that_dies_and_comes_back_has_two_entries_in_the_health_feed():
    desk = Desk()
    pass_over(desk.store, SOURCES[0], *[DOWN] * 9, *[Unchanged()] * 9)
    told = desk.publisher().shelf.documents[PATH].body.decode()
    assert told.count("</entry>") == 2
    assert "<title>river.example cannot be fetched</title>" in told
    assert "<title>river.example is in order again</title>" in told
    assert "the server answered 503" in told


def test_a_network_that_is_down_is_no_news_of_every_source():
    store, (river, dzvin) = new_store(), SOURCES
    pass_over(store, river, Unchanged())
    for hour in range(1, 10):
        for source in (dzvin, river):
            pass_over(store, source, NO_ANSWER, began=NOON + hour * HOUR)
    assert store.notices() == ()
    pass_over(store, river, Unchanged(), began=NOON + 20 * HOUR)
    assert store.notices() == ()
    pass_over(store, dzvin, NO_ANSWER, began=NOON + 21 * HOUR)
    assert store.notices() == ()
    pass_over(store, dzvin, NO_ANSWER, began=NOON + 22 * HOUR)
    told = Notice(at=NOON + 23 * HOUR, about="dzvin", condition="failing", reason="the name was not found")
    assert store.notices() == (told,)


def test_those_that_are_being_asked_when_the_network_comes_back_are_no_news():
    """They began before it did, and end behind the first that answer."""
    store, (river, dzvin) = new_store(), SOURCES
    for hour in range(5):
        for source in (dzvin, river):
            pass_over(store, source, NO_ANSWER, began=NOON + hour * HOUR)
    pass_over(store, river, Unchanged(), began=NOON + 9 * HOUR)
    pass_over(store, dzvin, NO_ANSWER, Unchanged(), NO_ANSWER, Unchanged(), began=NOON + 9 * HOUR)
    assert store.notices() == ()


def test_the_only_source_there_is_is_told_of_as_it_is():
    store = new_store()
    pass_over(store, SOURCES[0], *[NO_ANSWER] * 3)
    assert [notice.condition for notice in store.notices()] == ["failing"]


def test_the_health_feed_is_the_same_bytes_after_a_restart_and_is_drawn_once(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        desk = Desk(store)
        pass_over(store, SOURCES[0], *[DOWN] * 3)
        desk.hear(REFUSED, TAKEN)
        publisher = desk.publisher()
        before = publisher.shelf.documents[PATH]
        desk.now += 48 * HOUR
        publisher.publish()
        assert publisher.shelf.documents[PATH] is before
    with open_store(tmp_path, writable=True) as store:
        after = Desk(store)
        after.now += 99 * HOUR
        assert after.publisher().shelf.documents[PATH] == before


def test_only_so_many_notices_are_kept():
    store = new_store()
    for day in range(120):
        pass_over(store, SOURCES[0], *[DOWN] * 3, *[Unchanged()] * 3, began=NOON + timedelta(days=day))
    kept = store.notices()
    assert len(kept) == 100
    assert kept[-1].at == NOON + timedelta(days=119) + 6 * HOUR
