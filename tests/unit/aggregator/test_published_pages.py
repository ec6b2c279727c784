"""The pages of what is published: which there are, when they are drawn anew, and when they leave."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from aggregator.observing.events import KeptBack
from aggregator.publishing import pages
from aggregator.publishing.export import file_of
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.publishing.story_set import with_a_page
from feeds.errors import StoreError
from feeds.model import Placement, Revision, Site, Source, SourceState
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Change, Store
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
SOURCES = (Source(id="river", url="https://river.example/feed"), Source(id="dzvin", url="https://dzvin.example/rss"))
TREATY = Topic(id="treaty", title="The treaty", match={"any": (parse_query("treaty"),)})
BRIDGE = Topic(id="bridge", title="Bridges", match={"any": (parse_query("bridge"),)})
SIGNED = an_entry(3, title="A treaty", summary="The treaty is signed.")
ABROAD = an_entry(2, id="dzvin:2", source="dzvin", title="Угоду підписано", language="uk")


class Newsroom:
    """A publisher over a store in memory."""

    def __init__(self, *topics: Topic, folder=None, store: Store | None = None) -> None:
        self.store = store or new_store()
        self.now = NOON
        self.events: list = []
        self.publisher = Publisher(
            store=self.store,
            topics=topics or (TREATY,),
            sources=SOURCES,
            settings=Imprint(base_url="https://feeds.example", title="My feeds", folder=folder),
            analyser=Analyser(),
            site=SITE,
            clock=lambda: self.now,
            observe=self.events.append,
        )
        self.publisher.load()

    def bring(self, *entries, story: str = "", **change) -> None:
        if story:
            change["placements"] = tuple(Placement(entry=entry.id, story=story) for entry in entries)
        self.store.commit(Change(entries=entries, **change))
        touched = {entry.id for entry in entries} | {placement.entry for placement in change.get("placements", ())}
        self.publisher.take(sorted(touched))
        self.publisher.publish()

    @property
    def shelf(self):
        return self.publisher.shelf.documents

    def values(self, path: str):
        return json.loads(self.shelf[path].body)

    def told(self, story: str = "s1") -> list[str]:
        return [telling["title"] for telling in self.values(f"/stories/{story}.json")["tellings"]]

    @property
    def stories(self) -> list[str]:
        return [path for path in sorted(self.shelf) if path.startswith("/stories/")]


def test_a_story_has_a_page_once_a_topic_shows_it():
    room = Newsroom()
    room.bring(ABROAD, story="s1")
    assert room.stories == []
    room.bring(SIGNED, story="s1")
    assert room.stories == ["/stories/s1", "/stories/s1.json"]
    assert room.told() == ["A treaty", "Угоду підписано"]
    assert [(line["path"], line["tellings"]) for line in room.values("/topics/treaty.json")["stories"]] == [
        ("/stories/s1", 2)
    ]


def test_stories_have_pages_up_to_a_number_the_first_of_each_topic_first(monkeypatch):
    monkeypatch.setattr("aggregator.publishing.page_set.with_a_page", partial(with_a_page, most=2))
    room = Newsroom(TREATY, BRIDGE)
    room.bring(SIGNED, story="s1")
    room.bring(an_entry(2, title="A treaty again"), story="s2")
    room.bring(an_entry(5, title="A bridge"), story="s3")
    assert room.stories == ["/stories/s2", "/stories/s2.json", "/stories/s3", "/stories/s3.json"]
    assert [line["path"] for line in room.values("/topics/treaty.json")["stories"]] == ["/stories/s2", ""]
    room.bring(placements=(Placement(entry="river:2", story="s2", held="hidden"),))
    assert [line["path"] for line in room.values("/topics/treaty.json")["stories"]] == ["/stories/s1"]


def test_a_telling_that_no_topic_takes_changes_the_page_of_its_story_and_what_the_topic_says_of_it():
    room = Newsroom()
    room.bring(SIGNED, story="s1")
    feed = room.shelf["/feeds/treaty.atom"]
    room.bring(ABROAD, story="s1")
    assert room.told() == ["A treaty", "Угоду підписано"]
    assert room.values("/topics/treaty.json")["stories"][0]["tellings"] == 2
    assert room.shelf["/feeds/treaty.atom"] is feed


def test_an_edit_shows_as_word_differences():
    room = Newsroom()
    room.bring(SIGNED, story="s1")
    before = Revision(
        entry=SIGNED.id, number=0, replaced=NOON, changes=("title",), title=SIGNED.title,
        summary=SIGNED.summary, content=SIGNED.content, url=SIGNED.url,
    )  # fmt: skip
    room.bring(replace(SIGNED, title="The treaty", revision=1, revised=NOON), revisions=(before,))
    (telling,) = room.values("/stories/s1.json")["tellings"]
    assert telling["edits"] == [
        {
            "at": "2026-03-14T12:00:00+00:00",
            "kind": "update",
            "title": [
                {"part": "gone", "text": "A"},
                {"part": "came", "text": "The"},
                {"part": "kept", "text": "treaty"},
            ],
            "text": [],
        }
    ]


def test_an_entry_that_moves_to_another_story_leaves_the_page_of_the_first():
    room = Newsroom()
    room.bring(SIGNED, ABROAD, story="s1")
    room.bring(an_entry(1, title="Another treaty"), story="s2")
    room.bring(ABROAD, story="s2")
    assert room.told("s1") == ["A treaty"]
    assert room.told("s2") == ["Угоду підписано", "Another treaty"]
    room.bring(ABROAD, story="s1")
    assert room.told("s1") == ["A treaty", "Угоду підписано"]


def test_what_is_hidden_is_on_no_page_and_a_story_without_entries_has_none():
    room = Newsroom()
    room.bring(SIGNED, ABROAD, story="s1")
    room.bring(placements=(Placement(entry=ABROAD.id, story="s1", held="hidden"),))
    assert room.told() == ["A treaty"]
    room.bring(placements=(Placement(entry=SIGNED.id, story="s1", held="hidden"),))
    assert room.stories == []


def test_an_outlet_that_goes_by_a_new_name_has_it_on_all_pages():
    room = Newsroom()
    room.bring(SIGNED, story="s1")
    state = SourceState(source="river", url=SOURCES[0].url, title="River Post", last_fetch=NOON)
    room.store.commit(Change(states=(state,)))
    room.publisher.publish()
    for path in ("/stories/s1", "/topics/treaty", "/sources"):
        assert b"River Post" in room.shelf[path].body


def test_only_pages_that_show_something_new_are_drawn(monkeypatch):
    room = Newsroom(TREATY, BRIDGE)
    room.bring(SIGNED, story="s1")
    room.bring(an_entry(2, title="A bridge"), story="s2")
    drawn = []
    monkeypatch.setattr(pages, "page", lambda view: drawn.append(type(view).__name__) or b"<p>")
    room.publisher.publish()
    assert drawn == []
    room.bring(an_entry(1, title="Another bridge"), story="s3")
    assert sorted(drawn) == ["IndexView", "StoryView", "TopicView"]


def test_a_fetch_that_brings_nothing_new_draws_no_page_anew():
    room = Newsroom()
    state = SourceState(source="river", url=SOURCES[0].url, last_fetch=NOON, last_ok=NOON, last_new=NOON)
    room.store.commit(Change(states=(state,)))
    room.publisher.publish()
    before = room.shelf
    later = NOON + timedelta(minutes=30)
    room.store.commit(Change(states=(replace(state, last_fetch=later, last_ok=later, next_fetch=later),)))
    room.publisher.publish()
    assert room.shelf is before


def test_the_same_store_gives_the_same_pages_after_a_restart(tmp_path):
    room = Newsroom(TREATY, BRIDGE)
    room.bring(SIGNED, ABROAD, story="s1")
    room.bring(an_entry(1, title="A bridge and a treaty"), story="s2")
    room.bring(replace(ABROAD, revision=1, revised=NOON))
    again = Newsroom(TREATY, BRIDGE, store=room.store)
    again.now += timedelta(days=3)
    again.publisher.publish()
    assert again.shelf == room.shelf


def test_a_page_that_cannot_be_drawn_costs_only_itself_and_is_told_once(monkeypatch):
    room = Newsroom()
    room.bring(SIGNED, story="s1")
    good, draw = room.shelf["/topics/treaty"], pages.page

    def broken(view):
        if type(view).__name__ == "TopicView":
            raise ValueError("no such luck")
        return draw(view)

    monkeypatch.setattr(pages, "page", broken)
    room.bring(an_entry(1, title="Another treaty"), story="s2")
    room.publisher.publish()
    assert room.shelf["/topics/treaty"] is good
    assert room.told("s2") == ["Another treaty"]
    told = [event for event in room.events if isinstance(event, KeptBack)]
    assert told == [KeptBack(topic="", reason="/topics/treaty: ValueError: no such luck")]


def test_a_store_that_cannot_be_asked_for_stories_keeps_no_feed_back_and_is_made_up_for(monkeypatch):
    room = Newsroom()
    room.bring(SIGNED, story="s1")

    def refuses(story):
        raise StoreError("the disk is gone")

    monkeypatch.setattr(room.store, "story", refuses)
    room.bring(an_entry(1, title="Another treaty"), story="s1")
    assert b"Another treaty" in room.shelf["/feeds/treaty.rss"].body
    assert room.told() == ["A treaty"]
    assert KeptBack(topic="", reason="the disk is gone") in room.events
    monkeypatch.undo()
    room.publisher.publish()
    assert room.told() == ["A treaty", "Another treaty"]


def files_in(folder) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def names_of(room: Newsroom) -> set[str]:
    plain = {file_of(path, made).as_posix() for path, made in room.shelf.items()}
    return plain | {f"{name}.gz" for name in plain}


def test_files_follow_what_comes_and_goes(tmp_path):
    room = Newsroom(folder=tmp_path)
    room.bring(SIGNED, story="s1")
    assert files_in(tmp_path) == names_of(room)
    assert (tmp_path / "stories/s1/index.html").read_bytes() == room.shelf["/stories/s1"].body
    assert (tmp_path / "stories/s1.json.gz").read_bytes() == room.shelf["/stories/s1.json"].gzip
    room.bring(placements=(Placement(entry=SIGNED.id, story="s1", held="hidden"),))
    assert files_in(tmp_path) == names_of(room)
    assert not (tmp_path / "stories/s1").exists()


def test_files_of_topics_that_left_the_config_are_removed_at_the_next_start_and_nothing_else_is(tmp_path):
    room = Newsroom(TREATY, BRIDGE, folder=tmp_path)
    room.bring(SIGNED, story="s1")
    own = {"robots.txt", "feeds/notes.txt", "topics/treaty/photo.png"}
    for name in own:
        (tmp_path / name).write_text("mine")
    again = Newsroom(BRIDGE, folder=tmp_path, store=room.store)
    again.publisher.publish()
    assert files_in(tmp_path) == names_of(again) | own


def test_files_of_a_topic_that_cannot_be_rendered_after_a_start_stay(tmp_path, monkeypatch):
    room = Newsroom(folder=tmp_path)
    room.bring(SIGNED)
    before = (tmp_path / "feeds/treaty.rss").read_bytes()
    monkeypatch.setattr("feeds.render.rss", lambda *args, **more: 1 / 0)
    again = Newsroom(folder=tmp_path, store=room.store)
    again.publisher.publish()
    assert (tmp_path / "feeds/treaty.rss").read_bytes() == before


def test_a_file_that_a_power_cut_left_empty_is_mended_at_the_next_start(tmp_path):
    room = Newsroom(folder=tmp_path)
    room.bring(SIGNED, story="s1")
    for name in ("feeds/treaty.rss.gz", "stories/s1.json"):
        (tmp_path / name).write_bytes(b"")
    again = Newsroom(folder=tmp_path, store=room.store)
    again.publisher.publish()
    assert (tmp_path / "feeds/treaty.rss.gz").read_bytes() == again.shelf["/feeds/treaty.rss"].gzip
    assert (tmp_path / "stories/s1.json").read_bytes() == again.shelf["/stories/s1.json"].body


def test_a_reader_holds_a_whole_shelf_while_the_next_one_is_made():
    room = Newsroom()
    room.publisher.publish()
    held = room.shelf
    room.bring(SIGNED)
    assert held["/feeds/treaty.json"] != room.shelf["/feeds/treaty.json"]
    with pytest.raises(TypeError):
        held["/"] = room.shelf["/"]
