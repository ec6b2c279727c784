"""What topics took: followed as entries and topics come, change and go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.observing.events import EntryRefused
from aggregator.publishing.catch import Catches
from aggregator.publishing.deciding import COUNTED, Decisions
from feeds.model import Placement, Source
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic, Where, decide
from storage.port import Change, Store
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

RIVER = Source(id="river", url="https://river.example/feed", rank=3)


def a_topic(word: str, **changes) -> Topic:
    return replace(Topic(id=word, title=word, match={"any": (parse_query(word),)}), **changes)


@pytest.fixture
def store() -> Store:
    store = new_store()
    store.commit(Change(entries=tuple(an_entry(number, title=f"Treaty {number}") for number in range(1, 500))))
    store.commit(Change(entries=(an_entry(500, title="A bridge"),)))
    return store


def catches_of(store, *topics, observe=print) -> Catches:
    catches = Catches(topics, store=store, sources={"river": RIVER}, analyser=Analyser(), observe=observe)
    catches.load()
    return catches


def caught(catches) -> dict[str, list[str]]:
    return {catch.topic.id: sorted(catch.candidates) for catch in catches}


def bring(store, catches, *entries):
    store.commit(Change(entries=entries))
    catches.take([entry.id for entry in entries])


def test_what_came_changed_and_left_untold_is_noticed_by_loading_again(store):
    catches = catches_of(store, a_topic("treaty"), a_topic("bridge"))
    before = caught(catches)
    entry = store.entry("river:3")
    store.commit(Change(entries=(an_entry(600, title="A late bridge"), an_entry(2, title="A fair")), buried=(entry,)))
    assert caught(catches) == before
    catches.load()
    assert caught(catches)["bridge"] == ["river:500", "river:600"]
    assert set(before["treaty"]) - set(caught(catches)["treaty"]) == {"river:2", "river:3"}
    assert caught(catches) == caught(catches_of(store, a_topic("treaty"), a_topic("bridge")))


def test_a_new_topic_is_looked_for_in_what_is_stored_and_stands_behind_the_others(store):
    catches = catches_of(store, a_topic("treaty"))
    assert list(catches.adopt(a_topic("bridge"))) == [None]
    assert list(caught(catches)) == ["treaty", "bridge"]
    assert caught(catches)["bridge"] == ["river:500"]


def test_what_is_caught_shows_only_behind_the_last_step(store):
    catches = catches_of(store, a_topic("bridge", id="t"))
    steps = catches.adopt(a_topic("treaty", id="t"))
    for _ in steps:
        assert caught(catches) == {"t": ["river:500"]}
    assert len(caught(catches)["t"]) == 499
    assert [catch.stale for catch in catches] == [True]


def test_entries_that_come_change_and_leave_meanwhile_are_followed(store):
    catches = catches_of(store, a_topic("bridge"))
    steps = catches.adopt(a_topic("treaty"))
    next(steps)
    bring(store, catches, an_entry(600, title="A late treaty"), an_entry(1, title="A fair", revision=1, revised=NOON))
    store.commit(Change(buried=(an_entry(2),)))
    catches.take(["river:2"])
    list(steps)
    assert set(caught(catches)["treaty"]) == {f"river:{number}" for number in range(3, 500)} | {"river:600"}


def test_a_topic_that_is_given_up_half_way_leaves_no_trace(store):
    catches = catches_of(store, a_topic("bridge"))
    steps = catches.adopt(a_topic("treaty"))
    next(steps)
    steps.close()
    bring(store, catches, an_entry(600, title="A late treaty"), an_entry(601, title="The bridge of the treaty"))
    assert caught(catches) == {"bridge": ["river:500", "river:601"]}


def test_a_topic_that_is_dropped_takes_nothing_any_more_and_others_go_on(store):
    catches = catches_of(store, a_topic("treaty"), a_topic("bridge"), a_topic("fair"))
    catches.drop("bridge")
    bring(store, catches, an_entry(600, title="A fair on the bridge"), an_entry(500, title="A fair", revision=1))
    assert {topic: len(ids) for topic, ids in caught(catches).items()} == {"treaty": 499, "fair": 2}


def test_topics_stand_in_the_order_that_is_asked_for_and_take_what_is_theirs(store):
    catches = catches_of(store, a_topic("treaty"), a_topic("bridge"))
    catches.arrange(["bridge", "treaty"])
    bring(store, catches, an_entry(600, title="A bridge"))
    assert [(topic, len(ids)) for topic, ids in caught(catches).items()] == [("bridge", 2), ("treaty", 499)]


def test_topics_that_changed_leave_nothing_behind_in_memory(store):
    catches = catches_of(store, a_topic("treaty", id="t"))
    list(catches.adopt(a_topic("bridge", id="t")))
    steps = catches.adopt(a_topic("treaty", id="given-up"))
    next(steps)
    steps.close()
    catches.drop("t")
    assert not catches._holders


def test_entries_of_a_source_that_changed_are_decided_on_anew_and_others_are_not(store, monkeypatch):
    store.commit(Change(entries=(an_entry(700, id="dzvin:7", source="dzvin", title="A bridge"),)))
    named, local = a_topic('source:"Bell"', id="named"), a_topic("*", id="local", where=Where(tags=("local",)))
    catches = catches_of(store, named, local)
    decided = []
    monkeypatch.setattr(
        "aggregator.publishing.deciding.decide",
        lambda topic, entry, **k: decided.append(entry.source) or decide(topic, entry, **k),
    )
    bell = Source(id="dzvin", url="https://dzvin.example/feed", name="Bell", tags=("local",), rank=1)
    list(catches.follow({"river": RIVER, "dzvin": bell}))
    assert caught(catches) == {"named": ["dzvin:7"], "local": ["dzvin:7"]}
    assert [one.rank for catch in catches for one in catch.candidates.values()] == [1, 1]
    assert decided.count("river") < 500 / 10  # the sieve names a few that are not the source's
    list(catches.follow({"river": RIVER}))
    assert caught(catches) == {"named": [], "local": []}


def test_a_candidate_comes_with_its_placement_and_the_rank_of_its_source(store):
    placement = Placement(entry="river:500", copy_of="river:1")
    store.commit(Change(placements=(placement,)))
    (catch,) = catches_of(store, a_topic("bridge"))
    assert [(one.placement, one.rank) for one in catch.candidates.values()] == [(placement, 3)]


def test_an_entry_without_news_leaves_a_catch_as_it_was(store):
    catches = catches_of(store, a_topic("bridge"))
    (catch,) = catches
    catch.stale = False
    catches.take(["river:500", "river:1"])
    assert not catch.stale


def test_decisions_stay_the_same_once_it_is_counted_which_words_are_rare():
    topics = [a_topic('"peace treaty"'), a_topic("treaty -peace"), a_topic("lang:en -treaty")]
    decisions = Decisions(topics, sources={}, analyser=Analyser(), observe=print)
    entries = [an_entry(number, title="A peace treaty" if number % 7 else "A fair") for number in range(COUNTED + 20)]
    answers = [sorted(decisions.on(entry)) for entry in entries]
    decisions.drop()
    assert [sorted(decisions.on(entry)) for entry in entries] == answers
    assert answers[:2] == [[2], [0]]


def test_a_text_that_cannot_be_analysed_is_refused_by_every_topic(monkeypatch):
    def trips(*_args, **_named):
        raise ValueError("a trap")

    monkeypatch.setattr("aggregator.publishing.deciding.texts_of", trips)
    monkeypatch.setattr("aggregator.publishing.deciding.decide", trips)
    events = []
    decisions = Decisions([a_topic("a"), a_topic("b")], sources={}, analyser=Analyser(), observe=events.append)
    assert decisions.on(an_entry(1)) == {}
    reason = "it cannot be decided on (ValueError: a trap)"
    assert events == [EntryRefused(topic=topic, entry="river:1", reason=reason) for topic in ("a", "b")]
