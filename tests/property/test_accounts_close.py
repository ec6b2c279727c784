"""Whatever happens to a store, every entry that ever came is accounted for, in every topic."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aggregator.control import Decide, Editor, Rebuild
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.rebuilding import place_again, rebuild
from aggregator.ingesting.remember import Pace, Quiet, remember, remember_quiet
from aggregator.ingesting.retention import Keeping, age_out
from aggregator.operating.accounting import account
from aggregator.publishing.archives import Archives
from aggregator.publishing.catch import Catches
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.press import Press
from aggregator.publishing.readers import Readers
from feeds import render
from feeds.model import DecisionKind, Entry, Failed, FailureKind, Fetched, ReadFeed, Skipped, Source
from feeds.polling import Bounds
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic
from storage.port import Change, Store
from storage.tinydb_store import open_store
from tests.budget import examples
from tests.fakes.stored_values import NOON, entry_of
from tests.unit.aggregator.test_published_pages import SITE

PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1)), jitter=0)
SOURCES = {name: Source(id=name, url=f"https://{name}.example/rss") for name in ("tides", "ferries", "cranes")}
ANALYSER = Analyser()
FAILED = Failed(kind=FailureKind.TIMEOUT, reason="no answer")
TEXTS = (
    "The treaty on the river was signed by both towns after a night of talks about water and fish",
    "The treaty on the river was signed by both towns after a night of talks about water and fish, said the mayor",
    "A bridge across the river is closed for repairs until the autumn, and ferries will go twice as often",
    "Nothing happened in the harbour, where gulls sat on the crane and nobody came to look at them",
)
QUERIES = {
    "treaty": "treaty",
    "river": "river OR harbour",
    "none": "locomotive",
    "bridge": "bridge",
}

described = st.tuples(
    st.integers(0, 9), st.sampled_from((0, 0, 1, 2)), st.sampled_from(TEXTS), st.sampled_from(("", "!", "\x00", "ж"))
)
sources = st.sampled_from(sorted(SOURCES))


def made(source: str, number: int, naming: int, text: str, mark: str, now) -> Entry:
    """An entry by guid and address, by address alone, or by its headline alone."""
    published = NOON + timedelta(minutes=number)
    return entry_of(
        f"{source}-{number}-{naming}",
        source=source,
        guid=f"{source}-{number}" if naming == 0 else "",
        url=f"https://{source}.example/{number}" if naming < 2 else "",
        canonical_url=f"{source}.example/{number}" if naming < 2 else "",
        title=f"{text[:20]} {number}{mark}",
        summary=text,
        fingerprint=f"{text}{number}{mark}",
        published=published,
        updated=published,
        first_seen=now,
        revised=now,
    )


class Life(RuleBasedStateMachine):
    """Of a store on disk and whoever writes to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="accounts-"))
        self.now = NOON
        self.topics = [self.topic("treaty", "copies", 2)]
        self.sources = dict(SOURCES)
        self.open()

    def opened(self) -> Store:
        return open_store(self.folder / "store", writable=True)

    def open(self) -> None:
        self.store = self.opened()
        self.judge = Judge(self.store)
        self.editor = Editor(
            self.store,
            clock=lambda: self.now,
            replace_entries=partial(place_again, self.store, self.judge),
            rebuild=partial(rebuild, self.store, self.judge),
        )

    def topic(self, name: str, collapse, limit: int) -> Topic:
        return Topic(id=name, title=name, match={"any": (parse_query(QUERIES[name]),)}, collapse=collapse, limit=limit)

    @initialize(number=st.integers(0, 4))
    def begin_with_what_nobody_counted(self, number) -> None:
        """As a store of a version before there were accounts."""
        self.store.commit(
            Change(entries=tuple(made("tides", 100 + one, 0, TEXTS[one % 4], "", self.now) for one in range(number)))
        )
        self.restart()

    @rule(source=sources, listed=st.lists(described, max_size=5), skipped=st.integers(0, 2))
    def a_pass(self, source, listed, skipped) -> None:
        self.now += timedelta(minutes=20)
        entries = tuple(made(source, *one, self.now) for one in listed)
        remember(
            self.store,
            judge=self.judge,
            source=SOURCES[source],
            state=self.store.states().get(source),
            outcome=Fetched(url=SOURCES[source].url, body=b""),
            feed=self.feed(entries, skipped),
            now=self.now,
            pace=PACE,
        )

    @rule(asked=st.sets(sources), skipped=st.integers(0, 2), failed=st.booleans())
    def passes_that_bring_nothing(self, asked, skipped, failed) -> None:
        self.now += timedelta(minutes=20)
        quiet = [
            Quiet(
                source=SOURCES[source],
                state=self.store.states().get(source),
                outcome=FAILED if failed else Fetched(url=SOURCES[source].url, body=b""),
                feed=None if failed else self.feed((), skipped),
                pace=PACE,
            )
            for source in sorted(asked)
        ]
        remember_quiet(self.store, quiet, now=self.now)

    def feed(self, entries, skipped: int) -> ReadFeed:
        lost = tuple(Skipped(position=number, reason="it is empty") for number in range(skipped))
        return ReadFeed(title="", home="", language="", entries=entries, skipped=lost)

    @precondition(lambda self: self.store.counts().entries)
    @rule(data=st.data(), kind=st.sampled_from(DecisionKind), undo=st.booleans())
    def a_person_decides(self, data, kind, undo) -> None:
        ids = [entry.id for entry in self.store.entries()]
        entry, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
        if kind is DecisionKind.SPLIT:
            placed = self.store.placements([entry]).get(entry)
            other = placed.story if placed and placed.story else other
        self.editor.carry_out(
            Decide(kind=kind, entry=entry, other="" if kind is DecisionKind.HIDE else other, undo=undo)
        )

    @rule()
    def everything_is_placed_anew(self) -> None:
        self.editor.carry_out(Rebuild())

    @rule(age=st.integers(0, 300), most=st.integers(0, 20))
    def entries_age_out(self, age, most) -> None:
        age_out(self.store, Keeping(age=timedelta(minutes=age), most=most), now=self.now)

    @rule()
    def tombstones_go(self) -> None:
        self.store.commit(Change(forgotten=self.store.tombstones_beyond(1)))

    @rule(
        chosen=st.dictionaries(
            st.sampled_from(sorted(QUERIES)),
            st.tuples(st.sampled_from(("none", "copies", "stories")), st.integers(1, 5)),
            max_size=4,
        )
    )
    def topics_change(self, chosen) -> None:
        self.topics = [self.topic(name, *how) for name, how in chosen.items()]

    @rule(followed=st.sets(sources))
    def sources_leave_the_config_or_come_back(self, followed) -> None:
        self.sources = {name: SOURCES[name] for name in followed}

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()

    @rule()
    def be_killed(self) -> None:
        """What is stored at this moment goes on; nobody closes anything."""
        self.kill()
        self.open()

    def kill(self) -> None:
        shutil.copytree(self.folder / "store", self.folder / "killed", ignore=shutil.ignore_patterns("lock*"))
        self.store.close()
        shutil.rmtree(self.folder / "store")
        (self.folder / "killed").rename(self.folder / "store")

    @rule()
    def be_read(self) -> None:
        """Published entries stand where they stood, whatever comes."""
        Readers(self.store).see_entries({entry.id for entry in self.store.entries()}, self.now)

    @invariant()
    def all_sums_close(self) -> None:
        catches = Catches(
            self.topics, store=self.store, sources=self.sources, analyser=ANALYSER, observe=lambda _: None
        )
        catches.load()
        imprint = Imprint(base_url="https://feeds.example", title="My feeds")
        press = Press(imprint, archives=Archives(self.store), site=SITE, observe=lambda _: None)
        found = account(self.store, catches, lambda catch: render.prepare(press.select(catch, {}, self.now)))
        assert found.closes, found
        assert [one for one in (found.overall, *found.topics) if min(_ends(one)) < 0] == []

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


def _ends(one) -> tuple[int, ...]:
    return (one.published, one.passed_over, one.copy, one.not_matched, one.held, one.pruned, one.failed)


TestLife = Life.TestCase
TestLife.settings = examples(12, stateful_step_count=20)
