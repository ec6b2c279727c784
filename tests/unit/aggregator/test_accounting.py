"""Every entry that is taken in ends in one way, and the sums close: held against a count that the test keeps itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.ingesting.intake import intakes
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, remember
from aggregator.ingesting.retention import Keeping, age_out
from aggregator.operating.accounting import ALL, Account, Accounting, account
from aggregator.publishing.archives import Archives
from aggregator.publishing.catch import Catches
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.press import Press
from feeds import render
from feeds.dedupe.by_hand import HIDDEN
from feeds.model import Entry, Fetched, Intake, ReadFeed, Skipped, Source
from feeds.polling import Bounds
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Change, Keys, Store
from storage.tinydb_store import open_store
from tests.fakes.stored_values import NOON, entry_of
from tests.fakes.stores import new_store
from tests.unit.aggregator.test_published_pages import SITE

HOUR = timedelta(hours=1)
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=24 * HOUR), jitter=0)
SOURCES = {f"s{n}": Source(id=f"s{n}", url=f"https://s{n}.example/rss") for n in range(10)}
TREATY = Topic(id="treaty", title="The treaty", match={"any": (parse_query("treaty"),)}, limit=30)
BRIDGE = Topic(id="bridge", title="Bridges", match={"any": (parse_query("bridge"),)}, limit=1000, collapse="none")
MIXTURE = ("treaty", "treaty", "treaty", "copy", "other", "other", "other", "hidden", "bridge", "skipped")
"""What every ten entries of a source are; a copy is of the treaty two before it, in another source."""


class Books:
    """Accounts of a store by the topics above."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def account(self, *topics: Topic) -> Accounting:
        catches = Catches(
            topics or (TREATY, BRIDGE), store=self._store, sources=SOURCES, analyser=Analyser(), observe=lambda _: None
        )
        catches.load()
        imprint = Imprint(base_url="https://feeds.example", title="My feeds")
        press = Press(imprint, archives=Archives(self._store), site=SITE, observe=lambda _: None)
        now = NOON + timedelta(days=400)
        return account(self._store, catches, lambda catch: render.prepare(press.select(catch, {}, now)))


class Soak:
    """Documents full of a mixture, remembered pass by pass, and the test's own count of what they were."""

    def __init__(self, store: Store, entries: int) -> None:
        self.store = store
        self.judge = Judge(store)
        self.kinds: Counter[str] = Counter()
        self.by_pass: list[Counter[str]] = []
        self.now = NOON
        numbers = iter(range(entries))
        while chunk := list(zip(range(100), numbers, strict=False)):
            self.remember([number for _, number in chunk])

    def remember(self, numbers: list[int]) -> None:
        """One pass of one source that lists these for the first time, and the copies of them that another one has."""
        self.now += HOUR
        source = SOURCES[f"s{len(self.by_pass) % 9}"]
        kinds = {number: MIXTURE[number % 10] for number in numbers}
        own = [
            made(number, kind, source.id, self.now) for number, kind in kinds.items() if kind not in ("copy", "skipped")
        ]
        copies = [made(number - 2, "treaty", "s9", self.now) for number, kind in kinds.items() if kind == "copy"]
        skipped = [
            Skipped(position=n, reason="it is empty") for n, kind in enumerate(kinds.values()) if kind == "skipped"
        ]
        self.take(source, own, skipped)
        self.take(source, own[:3], skipped)  # what cannot be kept is still listed, and counts once
        self.take(source, own[:3], ())
        self.take(SOURCES["s9"], copies, ())
        self.hide({f"{source.id}-{number}" for number, kind in kinds.items() if kind == "hidden"}, source)
        self.by_pass.append(Counter(kinds.values()))

    def hide(self, guids: set[str], source: Source) -> None:
        """As a person does."""
        found = self.store.known(Keys(guids=frozenset((source.id, guid) for guid in guids)))
        placed = self.store.placements(entry.id for entry in found)
        self.store.commit(Change(placements=tuple(replace(one, held=HIDDEN) for one in placed.values())))

    def take(self, source: Source, entries, skipped) -> None:
        feed = ReadFeed(title="", home="", language="", entries=tuple(entries), skipped=tuple(skipped))
        state = self.store.states().get(source.id)
        outcome = Fetched(url=source.url, body=b"")
        remember(
            self.store,
            judge=self.judge,
            source=source,
            state=state,
            outcome=outcome,
            feed=feed,
            now=self.now,
            pace=PACE,
        )

    def prune(self, passes: int) -> None:
        """Have all entries age out that these first passes brought."""
        keeping = Keeping(age=self.now - NOON - passes * HOUR - timedelta(minutes=30), most=10**9)
        while age_out(self.store, keeping, now=self.now):
            pass

    def expected(self, *, pruned: int) -> tuple[Account, Account, Account]:
        """(treaty, bridge, all), from what was put in alone."""
        gone, left = (sum(some, Counter()) for some in (self.by_pass[:pruned], self.by_pass[pruned:]))
        whole = gone + left
        treaty = Account(
            topic="treaty",
            taken_in=whole.total(),
            published=min(30, left["treaty"]),
            passed_over=left["treaty"] - min(30, left["treaty"]),
            copy=left["copy"],
            not_matched=left["other"] + left["bridge"],
            held=left["hidden"],
            pruned=gone.total() - gone["skipped"],
            failed=whole["skipped"],
        )
        bridge = replace(
            treaty,
            topic="bridge",
            published=left["bridge"],
            passed_over=0,
            copy=0,
            not_matched=left["other"] + left["treaty"] + left["copy"],
        )
        overall = replace(treaty, topic=ALL, published=treaty.published + bridge.published, not_matched=left["other"])
        return treaty, bridge, overall


def made(number: int, kind: str, source: str, now) -> Entry:
    """An entry that differs from all others by its words and its date."""
    words = {"treaty": "The treaty", "hidden": "The hidden treaty", "bridge": "A bridge"}.get(kind, "A ferry")
    text = " ".join(f"w{number}x{n}" for n in range(12))
    published = NOON - timedelta(minutes=number)
    return entry_of(
        f"e{number}",
        source=source,
        guid=f"{source}-{number}",
        canonical_url=f"wire.example/{number}",
        title=f"{words} {number} of {text[:20]}",
        summary=f"{words} {text}",
        published=published,
        updated=published,
        first_seen=now,
        revised=now,
    )


@pytest.mark.parametrize("entries", [600, pytest.param(10_000, marks=pytest.mark.heavy)])
def test_the_sums_close_over_a_mixture_of_everything_and_agree_with_an_independent_count(tmp_path, entries):
    with open_store(tmp_path / "store", writable=True) as store:
        soak = Soak(store, entries)
        found = Books(store).account()
        assert (*found.topics, found.overall) == soak.expected(pruned=0)
        assert found.closes
        pruned = len(soak.by_pass) // 3
        soak.prune(pruned)
        assert (*(after := Books(store).account()).topics, after.overall) == soak.expected(pruned=pruned)
        assert after.closes
    with open_store(tmp_path / "store", writable=False) as store:
        assert Books(store).account() == after


def test_what_comes_back_after_it_aged_out_is_not_taken_in_again():
    soak = Soak(new_store(), 100)
    soak.prune(1)
    listed_still = [made(number, "treaty", "s0", soak.now) for number in (0, 1, 2)]
    soak.take(SOURCES["s0"], listed_still, ())
    assert Books(soak.store).account().overall == soak.expected(pruned=1)[2]


def test_entries_of_a_store_that_was_not_counted_yet_count_as_taken_in():
    store = new_store()
    store.commit(Change(entries=tuple(made(number, "treaty", "s0", NOON) for number in range(3))))
    assert intakes(store) == {"s0": Intake(source="s0", taken=3)}
    assert Books(store).account().closes
    Soak(store, 100)
    assert intakes(store)["s0"] == Intake(source="s0", taken=80, failed=10)  # three of them are those
    assert Books(store).account().closes


def test_an_entry_that_is_lost_or_came_uncounted_is_told():
    soak = Soak(new_store(), 100)
    soak.store.commit(Change(entries=(made(5000, "treaty", "s0", soak.now),)))
    found = Books(soak.store).account()
    assert not found.closes
    assert {one.unaccounted for one in (*found.topics, found.overall)} == {-1}


def test_other_tellings_of_a_story_that_stands_for_them_count_as_copies():
    soak = Soak(new_store(), 100)
    stories = replace(TREATY, collapse="stories", limit=10**6)
    placed = soak.store.placements(entry.id for entry in soak.store.entries())
    soak.store.commit(Change(placements=tuple(replace(one, story="one") for one in placed.values())))
    [found] = Books(soak.store).account(stories).topics
    assert (found.published, found.passed_over, found.copy) == (1, 0, 39)
    assert found.unaccounted == 0
