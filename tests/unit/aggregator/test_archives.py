"""Archives in print: cut and remembered, rendered a few at a time, served and written as files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from aggregator.observing.events import EntryRefused
from aggregator.publishing import archives
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.serving.server import application
from feeds.errors import StoreError
from feeds.model import Placement, Site, Source
from feeds.query.syntax import parse_query
from feeds.render import flaw
from feeds.text.forms import Analyser
from feeds.topics import Topic
from feeds.topics.archives import PAGE
from storage.memory import MemoryStore
from storage.port import Change, Store
from tests.fakes.archived import read, walk
from tests.fakes.serving import ask, served
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
BASE = "https://feeds.example"
TREATY = Topic(id="treaty", title="Treaty", match={"any": (parse_query("treaty"),)}, limit=3)
ANALYSER = Analyser()


def entries(first: int, last: int):
    """So many treaties; those with a higher number came later."""
    return tuple(an_entry(-number, id=f"river:{number}", title=f"Treaty {number}") for number in range(first, last + 1))


class Press:
    """A publisher over a store, and what it takes to read what it publishes."""

    def __init__(self, *some: Topic, store=None, folder: Path | None = None) -> None:
        self.store = store or new_store()
        self.events: list = []
        self.publisher = Publisher(
            store=self.store,
            topics=some or (TREATY,),
            sources=(Source(id="river", url="https://river.example/feed"),),
            settings=Imprint(base_url=BASE, title="My feeds", folder=folder),
            analyser=ANALYSER,
            site=SITE,
            clock=lambda: NOON + timedelta(days=99),
            observe=self.events.append,
            timer=count().__next__,  # every archive takes a second
        )
        self.publisher.load()

    def bring(self, *some, placements=()) -> None:
        self.store.commit(Change(entries=some, placements=placements))
        self.publisher.take([entry.id for entry in some])
        self.settle()

    def settle(self) -> int:
        """Publish until nothing is left to do; how many rounds it took."""
        rounds = 1
        while self.publisher.publish():
            rounds += 1
        return rounds

    @property
    def shelf(self):
        return self.publisher.shelf.documents

    def walk(self, suffix: str = ".atom", topic: str = "treaty"):
        return list(walk(f"{BASE}/feeds/{topic}{suffix}", lambda url: self.shelf[url.removeprefix(BASE)].plain))

    def archive_paths(self) -> set[str]:
        return {path for path in self.shelf if "/archive/" in path}


def stored(*some) -> Store:
    store = new_store()
    store.commit(Change(entries=some))
    return store


@pytest.mark.parametrize("suffix", [".atom", ".rss", ".json"])
def test_a_history_is_walked_from_the_feed_and_meets_every_entry_once(suffix):
    press = Press(store=stored(*entries(1, 2 * PAGE + 10)))
    press.settle()
    documents = press.walk(suffix)
    assert [len(one.ids) for one in documents] == [3, 7, PAGE, PAGE]
    assert [one.is_archive for one in documents] == [False, True, True, True]
    met = [entry for one in documents for entry in one.ids]
    assert len(met) == len(set(met)) == 2 * PAGE + 10
    assert [flaw(press.shelf[path]) for path in sorted(press.archive_paths())] == [""] * 9


def test_every_archive_leads_back_to_the_feed():
    press = Press(store=stored(*entries(1, PAGE + 10)))
    press.settle()
    for suffix in (".atom", ".rss"):
        feed, *rest = press.walk(suffix)
        assert [one.links["current"] for one in rest] == [feed.url, feed.url]
        assert [one.links["self"] for one in rest] == [one.url for one in rest]


def test_archives_are_rendered_for_a_while_in_a_round_the_newest_first_while_the_feed_is_there(monkeypatch):
    monkeypatch.setattr("aggregator.publishing.publish.ROUND", 2)
    press = Press(store=stored(*entries(1, 5 * PAGE + 10)))
    assert press.publisher.publish() is True
    assert {path for path in press.archive_paths() if path.endswith(".rss")} == {
        read("x.rss", press.shelf["/feeds/treaty.rss"].body).links["prev-archive"].removeprefix(BASE),
        "/feeds/treaty/archive/5.rss",
    }
    before = press.shelf["/feeds/treaty.atom"]
    assert press.settle() == 2
    assert press.shelf["/feeds/treaty.atom"] is before
    assert len(press.walk()) == 7


def test_an_archive_is_rendered_once_and_the_last_one_again_when_another_follows():
    press = Press()
    press.bring(*entries(1, 2 * PAGE + 3))
    before = press.shelf
    press.bring(*entries(2 * PAGE + 4, 3 * PAGE + 2))
    kept = {path: press.shelf[path] is before[path] for path in before if "/archive/" in path}
    assert set(kept.values()) == {True}
    press.bring(*entries(3 * PAGE + 3, 3 * PAGE + 3))
    changed = {path for path in before if "/archive/" in path and press.shelf[path] is not before[path]}
    assert changed == {f"/feeds/treaty/archive/2{suffix}" for suffix in archives.SUFFIXES}
    for path in changed - {"/feeds/treaty/archive/2.json"}:
        older, newer = read(path, before[path].plain), read(path, press.shelf[path].plain)
        suffix = path[path.index(".") :]
        assert newer.links == {**older.links, "next-archive": f"{BASE}/feeds/treaty/archive/3{suffix}"}
        assert newer.ids == older.ids


def test_the_same_store_gives_the_same_archives_after_a_restart():
    press = Press()
    for first in range(1, 4 * PAGE, 37):  # several rounds: cut as they came, not all at once
        press.bring(*entries(first, first + 36))
    again = Press(store=press.store)
    again.settle()
    assert again.shelf == press.shelf


def test_a_corrected_entry_is_corrected_in_its_archive_which_holds_the_same_entries():
    press = Press()
    press.bring(*entries(1, PAGE + 3))
    before = press.walk()
    (first,) = entries(1, 1)
    press.bring(replace(first, title="Treaty, corrected", revision=1, revised=NOON + timedelta(days=90)))
    assert [(one.url, one.ids) for one in press.walk()] == [(one.url, one.ids) for one in before]
    assert b"Treaty, corrected" in press.shelf["/feeds/treaty/archive/1.atom"].plain


def test_what_is_held_leaves_its_archive_and_what_ages_out_takes_the_oldest_with_it():
    press = Press()
    press.bring(*entries(1, 2 * PAGE + 3))
    press.bring(*entries(7, 7), placements=(Placement(entry="river:7", held="hidden by hand"),))
    assert [len(one.ids) for one in press.walk()] == [3, PAGE, PAGE - 1]
    gone = entries(1, PAGE)
    press.store.commit(Change(buried=gone))
    press.publisher.take([entry.id for entry in gone])
    press.settle()
    assert [len(one.ids) for one in press.walk()] == [3, PAGE]
    assert {path for path in press.archive_paths() if "/1." in path} == set()


def test_another_query_makes_other_archives_under_other_addresses():
    press = Press()
    press.bring(*entries(1, 2 * PAGE + 3))
    before = press.archive_paths()
    list(press.publisher.adopt(replace(TREATY, match={"any": (parse_query("treaty OR pact"),)})))
    press.settle()
    assert press.archive_paths() & before == set()
    assert [one.url.rpartition("/")[2] for one in press.walk()] == ["treaty.atom", "4.atom", "3.atom"]
    assert [(one.number, len(one.entries)) for one in press.store.archives()] == [(3, PAGE), (4, PAGE)]


def test_a_renamed_topic_keeps_its_archives_under_the_new_name():
    press = Press()
    press.bring(*entries(1, PAGE + 3))
    again = Press(replace(TREATY, id="pacts", formerly=("treaty",)), store=press.store)
    again.settle()
    before, after = press.walk()[-1], again.walk(topic="pacts")[-1]
    assert (after.ids, after.url) == (before.ids, f"{BASE}/feeds/pacts/archive/1.atom")
    with served(application(again.publisher.shelf, max_age=timedelta)) as port:
        answer = ask(port, "/feeds/treaty/archive/1.atom")
        assert (answer.status, answer.headers["location"]) == (308, "../../../feeds/pacts/archive/1.atom")


class RefusingStore(MemoryStore):
    """It remembers no archive."""

    def commit(self, change: Change) -> None:
        if change.archives:
            raise StoreError("the disk is full")
        super().commit(change)


def test_a_store_that_refuses_costs_no_reader_an_entry():
    press = Press(store=RefusingStore())
    press.bring(*entries(1, 2 * PAGE + 3))
    assert [len(one.ids) for one in press.walk()] == [3, 2 * PAGE]


def test_files_follow_and_stay_over_a_restart_until_they_are_rendered_anew(tmp_path, monkeypatch):
    press = Press(store=stored(*entries(1, 3 * PAGE + 5)), folder=tmp_path)
    press.settle()
    folder = tmp_path / "feeds" / "treaty" / "archive"
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {path.rpartition("/")[2] for path in press.archive_paths()} == {n for n in files if not n.endswith(".gz")}
    (folder / "77.atom").write_text("of former times")
    monkeypatch.setattr("aggregator.publishing.publish.ROUND", 1)
    again = Press(store=press.store, folder=tmp_path)
    assert again.publisher.publish() is True
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files
    again.settle()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files
    list(again.publisher.adopt(replace(TREATY, limit=500)))
    again.settle()
    assert not folder.exists()


@pytest.fixture
def half_done(monkeypatch):
    """A public topic and a private one of which not all archives are in print."""
    monkeypatch.setattr("aggregator.publishing.publish.ROUND", 0)
    secret = replace(TREATY, id="secret", token="opensesame")
    press = Press(TREATY, secret, store=stored(*entries(1, 2 * PAGE + 5)))
    press.publisher.publish()
    with served(application(press.publisher.shelf, max_age=timedelta)) as port:
        yield press, port


@pytest.mark.parametrize("folder", ["/feeds/treaty", "/feeds/opensesame/secret"])
def test_who_asks_for_an_archive_that_is_coming_is_told_to_ask_again(half_done, folder, monkeypatch):
    press, port = half_done
    answer = ask(port, f"{folder}/archive/1.atom")
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    monkeypatch.setattr("aggregator.publishing.publish.ROUND", 9)
    press.settle()
    assert [ask(port, f"{folder}/archive/{n}.atom").status for n in (1, 2)] == [200, 200]
    documents = list(walk(f"{BASE}{folder}.rss", lambda url: ask(port, url.removeprefix(BASE)).body))
    assert [len(one.ids) for one in documents] == [3, 2, PAGE, PAGE]


@pytest.mark.parametrize("folder", ["/feeds/treaty", "/feeds/opensesame/secret"])
def test_an_archive_that_was_followed_leads_to_the_feed_and_one_that_is_no_more_is_gone(half_done, folder):
    _, port = half_done
    followed = ask(port, f"{folder}/archive/3-0badcafe.atom")
    assert (followed.status, followed.headers["location"]) == (302, "../" * folder.count("/") + f"..{folder}.atom")
    assert ask(port, f"{folder}/archive/9.atom").status == 410
    assert [ask(port, f"{folder}/archive/{name}").status for name in ("x.atom", "1.html", "1")] == [404, 404, 404]


def test_nobody_finds_a_private_archive_without_its_token(half_done):
    _, port = half_done
    assert {ask(port, f"/feeds/secret/archive/{name}.atom").status for name in ("1", "9", "3-0badcafe")} == {404}


def test_other_settings_make_archives_anew_while_readers_keep_those_of_before(monkeypatch):
    press = Press(store=stored(*entries(1, 2 * PAGE + 5)))
    press.settle()
    before = press.shelf
    press.publisher.revise(Imprint(base_url=BASE, title="My feeds", ttl=timedelta(minutes=77)))
    monkeypatch.setattr("aggregator.publishing.publish.ROUND", 1)
    press.publisher.publish()
    assert press.shelf["/feeds/treaty/archive/1.rss"] is before["/feeds/treaty/archive/1.rss"]
    press.settle()
    assert b"<ttl>77</ttl>" in press.shelf["/feeds/treaty/archive/1.rss"].plain
    assert press.archive_paths() == {path for path in before if "/archive/" in path}


def test_archives_to_which_feeds_lead_come_first_in_all_topics(monkeypatch):
    monkeypatch.setattr("aggregator.publishing.publish.ROUND", 2)
    press = Press(TREATY, replace(TREATY, id="pacts", limit=5), store=stored(*entries(1, 3 * PAGE + 10)))
    press.publisher.publish()
    led = {
        read("x.rss", press.shelf[f"/feeds/{topic}.rss"].body).links["prev-archive"] for topic in ("treaty", "pacts")
    }
    assert {f"{BASE}{path}" for path in press.archive_paths() if path.endswith(".rss")} == led


def test_an_entry_that_no_archive_can_carry_costs_itself_only_and_is_told_once():
    whole, broken = entries(1, PAGE + 9), replace(*entries(10, 10), url="https://river.example/\x1b")
    press = Press(store=stored(*whole, broken))
    press.settle()
    assert [len(one.ids) for one in press.walk()] == [3, 6, PAGE - 1]
    press.bring(*entries(PAGE + 10, PAGE + 10))
    told = [event.entry for event in press.events if isinstance(event, EntryRefused)]
    assert told == ["river:10"]
