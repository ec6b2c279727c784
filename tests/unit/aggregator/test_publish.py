"""The publisher: what it renders, when, and what stays when something breaks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aggregator.observing.events import EntryRefused, ExportFailed, KeptBack, Published
from aggregator.publishing.health_feed import PATH
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from feeds.model import Placement, Site, Source, SourceState
from feeds.query.syntax import parse_query
from feeds.render import atom
from feeds.text.forms import Analyser
from feeds.topics import Topic, decide
from storage.port import Change, Store
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
RIVER = Source(id="river", url="https://river.example/feed")
DZVIN = Source(id="dzvin", url="https://www.dzvin.example/rss", name="Дзвін")


def a_topic(word: str = "treaty", **changes) -> Topic:
    plain = Topic(id=word, title=f"About {word}", match={"any": (parse_query(word),)})
    return replace(plain, **changes)


class Newsroom:
    """A publisher over a store in memory, with a clock to turn and a list of what was observed."""

    def __init__(self, *some: Topic, topics=None, folder=None, store: Store | None = None) -> None:
        self.store = store or new_store()
        self.now = NOON
        self.events: list = []
        self.publisher = Publisher(
            store=self.store,
            topics=(some or (a_topic(),)) if topics is None else topics,
            sources=(RIVER, DZVIN),
            settings=Imprint(base_url="https://feeds.example", title="My feeds", folder=folder),
            analyser=Analyser(),
            site=SITE,
            clock=lambda: self.now,
            observe=self.events.append,
        )
        self.publisher.load()

    def bring(self, *entries, placements=()) -> None:
        self.store.commit(Change(entries=entries, placements=placements))
        self.publisher.take([entry.id for entry in entries])
        self.publisher.publish()

    @property
    def shelf(self):
        return self.publisher.shelf.documents

    def titles(self, topic: str = "treaty") -> list[str]:
        return [item["title"] for item in json.loads(self.shelf[f"/feeds/{topic}.json"].body)["items"]]


def test_an_empty_store_is_published_as_valid_empty_feeds():
    room = Newsroom()
    room.publisher.publish()
    assert sorted(room.shelf) == [
        "/", "/404.html", PATH, "/feeds/treaty.atom", "/feeds/treaty.json", "/feeds/treaty.rss", "/index.json",
        "/sources", "/sources.json", "/topics.opml", "/topics/treaty", "/topics/treaty.json",
    ]  # fmt: skip
    assert room.titles() == []
    assert {document.last_modified for document in room.shelf.values()} == {SITE.since}
    assert room.events == [Published(topic="treaty", entries=0)]


def test_a_site_without_topics_has_its_pages():
    room = Newsroom(topics=())
    room.publisher.publish()
    assert sorted(room.shelf) == ["/", "/404.html", PATH, "/index.json", "/sources", "/sources.json", "/topics.opml"]


def test_what_is_stored_is_published_after_a_start():
    store = new_store()
    store.commit(Change(entries=(an_entry(1, title="A treaty"), an_entry(2, title="A fair"))))
    room = Newsroom(store=store)
    room.publisher.publish()
    assert room.titles() == ["A treaty"]


def test_the_same_store_gives_the_same_documents_after_a_restart():
    room = Newsroom()
    room.bring(an_entry(1, title="A treaty"), an_entry(2, title="The treaty"))
    again = Newsroom(store=room.store)
    again.now += timedelta(days=3)
    again.publisher.publish()
    assert again.shelf == room.shelf


def test_a_topic_is_rendered_only_when_its_feed_changed():
    room = Newsroom(a_topic("treaty"), a_topic("bridge"))
    room.publisher.publish()
    before, room.events[:] = room.shelf, []
    room.bring(an_entry(1, title="A treaty"))
    assert room.events == [Published(topic="treaty", entries=1)]
    assert room.shelf["/feeds/bridge.atom"] is before["/feeds/bridge.atom"]
    room.events.clear()
    room.bring(an_entry(2, title="A fair"))
    room.publisher.take(["river:1"])
    room.publisher.publish()
    assert room.events == []


def test_an_edit_can_bring_an_entry_in_and_take_it_out():
    room = Newsroom()
    room.bring(an_entry(1, title="A fair"))
    assert room.titles() == []
    room.bring(an_entry(1, title="A treaty", revision=1, revised=NOON))
    assert room.titles() == ["A treaty"]
    room.bring(an_entry(1, title="A bridge", revision=2, revised=NOON))
    assert room.titles() == []


def test_an_entry_leaves_when_it_grows_too_old_for_its_topic():
    room = Newsroom(a_topic(max_age=timedelta(days=2)), a_topic("bridge"))
    room.bring(an_entry(1, title="A treaty"))
    assert room.titles() == ["A treaty"]
    room.events.clear()
    room.now += timedelta(days=3)
    room.publisher.publish()
    assert room.titles() == []
    assert room.events == [Published(topic="treaty", entries=0)]


def test_an_entry_that_aged_out_of_the_store_leaves_its_topic():
    room = Newsroom()
    room.bring(an_entry(1, title="A treaty"), an_entry(2, title="Another treaty"))
    gone, _ = room.store.entries()
    room.store.commit(Change(buried=(gone,)))
    room.publisher.take([gone.id])
    room.publisher.publish()
    assert gone.title not in room.titles()
    assert len(room.titles()) == 1


def test_a_copy_credits_the_other_outlet_and_makes_no_second_entry():
    room = Newsroom()
    room.bring(an_entry(2, title="A treaty"))
    copy = an_entry(1, id="dzvin:1", source="dzvin", title="A treaty")
    room.bring(copy, placements=(Placement(entry="dzvin:1", copy_of="river:2"),))
    assert room.titles() == ["A treaty"]
    (item,) = json.loads(room.shelf["/feeds/treaty.json"].body)["items"]
    dzvin = {"id": "dzvin", "title": "Дзвін", "feed_url": "https://www.dzvin.example/rss"}
    assert item["_topicwire"]["also"] == [dzvin | {"url": copy.url}]


def test_a_source_is_named_by_the_config_then_by_its_feed_then_by_its_host():
    room = Newsroom()
    room.bring(an_entry(1, title="A treaty"))
    assert b"river.example</a></p>" in room.shelf["/feeds/treaty.json"].body
    room.store.commit(Change(states=(SourceState(source="river", url=RIVER.url, title="River Post"),)))
    room.publisher.publish()
    assert b"River Post</a></p>" in room.shelf["/feeds/treaty.json"].body


def test_an_entry_of_a_source_that_left_the_config_keeps_its_name():
    room = Newsroom()
    room.store.commit(Change(states=(SourceState(source="old", url="https://old.example/f", title="Old Post"),)))
    room.bring(an_entry(1, id="old:1", source="old", title="A treaty"))
    assert b"Old Post" in room.shelf["/feeds/treaty.atom"].body


def test_an_entry_that_cannot_be_written_is_named_once_and_costs_only_itself():
    room = Newsroom()
    room.bring(an_entry(1, title="A treaty"), an_entry(2, title="A treaty\x00"))
    room.bring(an_entry(3, title="Another treaty"))
    assert room.titles() == ["A treaty", "Another treaty"]
    reason = "its title holds the character U+0000, which XML cannot carry"
    refused = [event for event in room.events if isinstance(event, EntryRefused)]
    assert refused == [EntryRefused(topic="treaty", entry="river:2", reason=reason)]


def test_documents_that_cannot_be_rendered_leave_the_last_good_ones_and_other_topics_alone(monkeypatch):
    room = Newsroom(a_topic("treaty"), a_topic("bridge"))
    room.bring(an_entry(1, title="A treaty"))
    good = room.shelf["/feeds/treaty.atom"]
    room.events.clear()

    def broken(prepared):
        if prepared.feed.topic == "treaty":
            raise ValueError("no such luck")
        return atom(prepared)

    monkeypatch.setattr("feeds.render.atom", broken)
    room.bring(an_entry(2, title="A treaty about a bridge"))
    assert room.shelf["/feeds/treaty.atom"] is good
    assert room.titles("bridge") == ["A treaty about a bridge"]
    assert room.events == [
        KeptBack(topic="treaty", reason="ValueError: no such luck"),
        Published(topic="bridge", entries=1),
    ]


def test_what_cannot_be_rendered_is_told_once_until_it_is_another_feed(monkeypatch):
    room = Newsroom(a_topic(max_age=timedelta(days=1)))
    monkeypatch.setattr("feeds.render.atom", lambda prepared: 1 / 0)
    for _ in range(3):
        room.publisher.publish()  # a topic with an age limit is looked at every time
    room.bring(an_entry(1, title="A treaty"))
    told = KeptBack(topic="treaty", reason="ZeroDivisionError: division by zero")
    health = KeptBack(topic="", reason="/feeds/_health.atom: ZeroDivisionError: division by zero")
    assert [event for event in room.events if isinstance(event, KeptBack)] == [told, health, told]
    monkeypatch.undo()
    room.bring(an_entry(2, title="Another treaty"))
    assert sorted(room.titles()) == ["A treaty", "Another treaty"]


def test_an_entry_that_trips_the_matcher_costs_only_itself(monkeypatch):
    def trips(topic, entry, **rest):
        if entry.title == "A broken treaty":
            raise RecursionError("too deep")
        return decide(topic, entry, **rest)

    room = Newsroom()
    monkeypatch.setattr("aggregator.publishing.deciding.decide", trips)
    broken = an_entry(1, title="A broken treaty")
    room.bring(broken, an_entry(2, title="A treaty"))
    assert room.titles() == ["A treaty"]
    assert EntryRefused(
        topic="treaty", entry=broken.id, reason="it cannot be decided on (RecursionError: too deep)"
    ) in set(room.events)


def test_documents_that_do_not_parse_back_are_kept_back(monkeypatch):
    room = Newsroom()
    room.bring(an_entry(1, title="A treaty"))
    good = dict(room.shelf)
    room.events.clear()
    monkeypatch.setattr("feeds.render.rss", lambda prepared, ttl_minutes: b"<rss>")
    room.bring(an_entry(2, title="Another treaty"))
    assert dict(room.shelf) == good
    assert room.events == [KeptBack(topic="treaty", reason="/feeds/treaty.rss: no element found: line 1, column 5")]


def test_the_folder_mirrors_the_addresses(tmp_path):
    room = Newsroom(folder=tmp_path / "site")
    room.bring(an_entry(1, title="A treaty"))
    files = {path.relative_to(tmp_path / "site").as_posix(): path for path in (tmp_path / "site").rglob("*.*")}
    names = [
        "404.html", "feeds/_health.atom", "feeds/treaty.atom", "feeds/treaty.json", "feeds/treaty.rss", "index.html",
        "index.json", "sources.json", "sources/index.html", "topics.opml", "topics/treaty.json",
        "topics/treaty/index.html",
    ]  # fmt: skip
    assert sorted(files) == sorted([*names, *(f"{name}.gz" for name in names)])
    assert files["feeds/treaty.rss"].read_bytes() == room.shelf["/feeds/treaty.rss"].body
    assert files["topics/treaty/index.html"].read_bytes() == room.shelf["/topics/treaty"].body
    assert files["topics/treaty/index.html.gz"].read_bytes() == room.shelf["/topics/treaty"].gzip


def test_files_that_are_up_to_date_are_left_alone_after_a_restart(tmp_path):
    room = Newsroom(folder=tmp_path)
    room.bring(an_entry(1, title="A treaty"))
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*.*")}
    again = Newsroom(folder=tmp_path, store=room.store)
    again.publisher.publish()
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*.*")} == before


def test_a_file_that_cannot_be_written_is_served_all_the_same_and_written_later(tmp_path):
    (tmp_path / "feeds").write_text("a file where a folder belongs")
    room = Newsroom(folder=tmp_path)
    room.bring(an_entry(1, title="A treaty"))
    assert room.titles() == ["A treaty"]
    failed = [event.path for event in room.events if isinstance(event, ExportFailed)]
    assert failed == ["/feeds/_health.atom", "/feeds/treaty.atom", "/feeds/treaty.json", "/feeds/treaty.rss"]
    room.events.clear()
    room.publisher.publish()
    assert room.events == []  # it was told when it broke
    (tmp_path / "feeds").unlink()
    room.publisher.publish()
    assert (tmp_path / "feeds" / "treaty.atom").read_bytes() == room.shelf["/feeds/treaty.atom"].body


def test_a_changed_topic_is_published_once_all_that_is_stored_was_looked_through():
    room = Newsroom(a_topic("treaty"), a_topic("bridge"))
    room.bring(an_entry(1, title="A treaty"), an_entry(2, title="A bridge"), an_entry(3, title="A fair"))
    before = room.shelf
    steps = room.publisher.adopt(replace(a_topic("fair"), id="treaty"))
    next(steps)
    room.publisher.publish()
    assert room.shelf == before
    assert list(steps) == []
    room.publisher.publish()
    assert room.titles() == ["A fair"]
