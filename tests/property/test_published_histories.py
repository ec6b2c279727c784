"""Whatever happens to a topic, its store and its process: who walks the feed meets every entry that it shows, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.serving.answering import Asked
from aggregator.serving.server import application
from feeds.model import Placement, Site, Source
from feeds.query.syntax import parse_query
from feeds.render import flaw
from feeds.text.forms import Analyser
from feeds.topics import Topic, archives
from storage.port import Change
from tests.budget import examples
from tests.fakes.archived import read
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

SITE = Site(id=UUID(int=7), since=datetime(2026, 1, 1, tzinfo=UTC))
BASE = "https://feeds.example"
ANALYSER = Analyser()
WORDS = ("treaty", "pact")
QUERIES = {text: parse_query(text) for text in ("treaty", "pact", "treaty OR pact")}


class Killed(BaseException):
    """The process ends in the middle of what it does."""


class MortalStore:
    """A store that ends its process at a commit that was foretold, before it is written or behind that."""

    left: int | None = None
    behind = False

    def __init__(self) -> None:
        self._store = new_store()

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    def commit(self, change: Change) -> None:
        if self.left is None:
            return self._store.commit(change)
        self.left -= 1
        if self.left >= 0:
            return self._store.commit(change)
        self.left = None
        if self.behind:
            self._store.commit(change)
        raise Killed


class Histories(RuleBasedStateMachine):
    """A topic from its first entry on. What readers are to meet is worked out from the store alone."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MortalStore()
        self.topic = Topic(id="treaty", title="Treaty", match={"any": (QUERIES["treaty"],)}, limit=3)
        self.words = "treaty"
        self.number = 0
        self.now = NOON
        self.titles: dict[str, str] = {}
        self.held: set[str] = set()
        self.copy_of: dict[str, str] = {}
        self.read: dict[str, tuple[str, set[str]]] = {}
        """The entries that an archive for good had when it was read, and what the topic asked for then."""

    def _published(self) -> Publisher:
        """What a process that starts now makes of the store."""
        publisher = Publisher(
            store=self.store,
            topics=(self.topic,),
            sources=(Source(id="river", url="https://river.example/feed"),),
            settings=Imprint(base_url=BASE, title="My feeds"),
            analyser=ANALYSER,
            site=SITE,
            clock=lambda: self.now,
            observe=lambda _: None,
        )
        publisher.load()
        return publisher

    @initialize()
    def start(self) -> None:
        self.publisher = self._published()

    # --- what happens ---

    def _bring(self, ids, seen, title: str) -> None:
        some = tuple(replace(an_entry(0, id=one, title=title), **_at(at)) for one, at in zip(ids, seen, strict=True))
        self.titles.update(dict.fromkeys(ids, title))
        self.store.commit(Change(entries=some))
        self.publisher.take(ids)

    @rule(count=st.integers(1, 11), word=st.sampled_from(WORDS))
    def come(self, count: int, word: str) -> None:
        self.now += timedelta(hours=1)
        ids = [f"river:{self.number + n}" for n in range(count)]
        self.number += count
        self._bring(ids, [self.now + timedelta(seconds=n) for n in range(count)], f"A {word}")

    @rule(count=st.integers(1, 5), days=st.integers(2, 40))
    def turn_up_late(self, count: int, days: int) -> None:
        ids = [f"river:{self.number + n}" for n in range(count)]
        self.number += count
        self._bring(ids, [NOON - timedelta(days=days, hours=n) for n in range(count)], "A treaty")

    @precondition(lambda self: self.titles)
    @rule(data=st.data(), word=st.sampled_from(WORDS))
    def correct(self, data, word: str) -> None:
        one = data.draw(st.sampled_from(sorted(self.titles)))
        entry = self.store.entry(one)
        revised = replace(entry, title=f"A {word}, anew", revision=entry.revision + 1, revised=self.now)
        self.titles[one] = revised.title
        self.store.commit(Change(entries=(revised,)))
        self.publisher.take([one])

    def _place(self, *some: str) -> None:
        known = self.store.placements(frozenset(some))
        placed = tuple(
            replace(
                known.get(one) or Placement(entry=one),
                copy_of=self.copy_of.get(one),
                held="hidden by hand" if one in self.held else "",
            )
            for one in some
        )
        self.store.commit(Change(placements=placed))
        self.publisher.take(some)

    @precondition(lambda self: self.titles)
    @rule(data=st.data())
    def hide_or_show(self, data) -> None:
        one = data.draw(st.sampled_from(sorted(self.titles)))
        self.held ^= {one}
        self._place(one)

    @precondition(lambda self: len(self.titles) > 1)
    @rule(data=st.data())
    def join_or_split(self, data) -> None:
        one, other = data.draw(st.lists(st.sampled_from(sorted(self.titles)), min_size=2, max_size=2, unique=True))
        if one in self.copy_of:
            del self.copy_of[one]
        else:
            assume(one not in self.copy_of.values() and other not in self.copy_of)
            self.copy_of[one] = other
        self._place(one)

    @precondition(lambda self: self.titles)
    @rule(share=st.floats(0, 1))
    def age(self, share: float) -> None:
        oldest = sorted(self.store.entries(), key=lambda one: (one.first_seen, one.id))
        leaving = [one for one in oldest[: round(share * len(oldest))] if one.id not in self.copy_of.values()]
        self.store.commit(Change(buried=tuple(leaving)))
        for one in leaving:
            del self.titles[one.id]
            self.held.discard(one.id)
            self.copy_of.pop(one.id, None)
        self.publisher.take([one.id for one in leaving])

    # --- what people do to it ---

    def _become(self, **changes) -> None:
        before, self.topic = self.topic, replace(self.topic, **changes)
        for _ in self.publisher.adopt(self.topic):
            self.publisher.publish()
        if before.id != self.topic.id:
            self.publisher.publish()  # others may, before all of a changed config is gone by
            self.publisher.drop(before.id)

    @rule(words=st.sampled_from(sorted(QUERIES)))
    def ask_for_something_else(self, words: str) -> None:
        self.words = words
        self._become(match={"any": (QUERIES[words],)})

    @rule(limit=st.integers(1, 6))
    def make_room(self, limit: int) -> None:
        self._become(limit=limit)

    @rule(token=st.sampled_from(["", "opensesame", "k3y"]))
    def open_or_shut(self, token: str) -> None:
        self._become(token=token)

    @rule(limit=st.integers(1, 6))
    def rename(self, limit: int) -> None:
        topic = self.topic
        assume(len(topic.formerly) < 3)
        self._become(id=f"name-{len(topic.formerly)}", formerly=(*topic.formerly, topic.id), limit=limit)

    @rule(title=st.sampled_from(["Treaty", "Treaties & pacts"]))
    def call_it(self, title: str) -> None:
        self._become(title=title)

    @rule()
    def publish_once(self) -> None:
        self.publisher.publish()

    @rule()
    def stop(self) -> None:
        self.start()

    @rule(left=st.integers(0, 3), behind=st.booleans())
    def end_at_any_moment(self, left: int, behind: bool) -> None:
        self.store.left, self.store.behind = left, behind
        try:
            while self.publisher.publish():
                pass
        except Killed:
            self.start()
        self.store.left = None

    # --- what holds ---

    def _expected(self) -> Counter[frozenset[str]]:
        """The texts that the topic shows: each as the ids that it may go by."""
        asked = self.words.split(" OR ")
        shown = [one for one, title in self.titles.items() if one not in self.held and any(w in title for w in asked)]
        texts: dict[str, set[str]] = {}
        for one in shown:
            root = self.copy_of.get(one, one)
            texts.setdefault(root, set()).update((one, root))
        return Counter(frozenset(map(self._urn, ids)) for ids in texts.values())

    def _urn(self, one: str) -> str:
        return uuid5(uuid5(SITE.id, f"topic:{self.topic.first_id}"), f"entry:{one}").urn

    def _get(self, url: str) -> bytes:
        headers = {"host": "feeds.example", "accept-encoding": "identity"}
        asked = Asked(method="GET", target=url.removeprefix(BASE), headers=headers)
        found = application(self.publisher.shelf, max_age=timedelta)(asked)
        assert found.head.startswith(b"HTTP/1.1 200 "), (url, found.head)
        return found.body

    @invariant()
    def a_walk_meets_every_entry_once(self) -> None:
        while self.publisher.publish():
            pass
        folder = f"{BASE}/feeds/{self.topic.token}/".replace("//feeds.example/feeds//", "//feeds.example/feeds/")
        for suffix in (".atom", ".rss", ".json"):
            met, url, feed = [], f"{folder}{self.topic.id}{suffix}", True
            while url:
                assert url.startswith(folder)
                document = read(url, self._get(url))
                assert len(document.ids) <= (self.topic.limit if feed else archives.PAGE)
                met += document.ids
                if not feed:
                    self._holds(url, set(document.ids))
                url, feed = document.links.get("prev-archive", ""), False
            assert len(met) == len(set(met))
            ways = self._expected()
            assert len(met) == sum(ways.values())
            assert all(any(one in ids for one in met) for ids in ways)

    def _holds(self, url: str, ids: set[str]) -> None:
        """An archive for good gains nothing."""
        name = url.rpartition("/")[2].partition(".")[0]
        if name.isdecimal():
            _, before = self.read.setdefault(name, (self.words, ids))
            assert ids <= before

    @invariant()
    def everything_is_as_after_a_restart(self) -> None:
        again = self._published()
        while again.publish():
            pass
        assert again.shelf.stock == self.publisher.shelf.stock
        for made in again.shelf.documents.values():
            assert flaw(made) == ""


def _at(moment: datetime) -> dict[str, datetime]:
    return {"published": moment, "updated": moment, "first_seen": moment, "revised": moment}


@pytest.fixture(autouse=True)
def small_archives(monkeypatch):
    """Of five entries each, so that histories need not be long."""
    monkeypatch.setattr(archives, "PAGE", 5)


TestHistories = pytest.mark.usefixtures("small_archives")(Histories.TestCase)
TestHistories.settings = examples(20, stateful_step_count=12)
