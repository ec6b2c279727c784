"""Whatever comes, goes and turns up late: a history can be walked, and what was read of it holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Archive
from feeds.topics import cut, divide, spent
from feeds.topics.archives import PAGE
from tests.budget import examples
from tests.fakes.histories import a_topic, tellings

steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(1, 3 * PAGE)),
        st.tuples(st.just("turn up late"), st.integers(1, PAGE)),
        st.tuples(st.just("age"), st.integers(1, 2 * PAGE)),
        st.tuples(st.just("hide"), st.integers(0, 400)),
        st.tuples(st.just("ask for something else"), st.integers(1, 5)),
    ),
    min_size=1,
    max_size=9,
)


@dataclass
class Life:
    """A topic over time, with nothing remembered but the archives."""

    topic: object = field(default_factory=lambda: a_topic(limit=5))
    shown: set[int] = field(default_factory=set)
    archives: tuple[Archive, ...] = ()
    newest: int = 1000
    read: dict[str, set[str]] = field(default_factory=dict)
    """What was read at each address: it holds for good."""

    def live(self, what: str, count: int) -> None:
        match what:
            case "come":
                self.shown.update(range(self.newest, self.newest + count))
                self.newest += count
            case "turn up late":
                self.shown.update(range(0, 1000, 1000 // count))
            case "age":
                self.shown.difference_update(sorted(self.shown)[:count])
            case "hide":
                self.shown.difference_update(sorted(self.shown)[count : count + 1])
            case _:
                self.topic = replace(self.topic, limit=count)
        held = tellings(*self.shown)
        fresh = cut(self.topic, held, self.archives)
        left = spent(self.topic, held, (*self.archives, *fresh))
        self.archives = tuple(one for one in (*self.archives, *fresh) if one not in left)

    def parts(self):
        return divide(self.topic, tellings(*self.shown), self.archives)


@examples(150)
@given(steps)
def test_every_entry_is_met_once_and_no_document_gains_one(walk):
    life = Life()
    for what, count in walk:
        life.live(what, count)
        feed, *archives = life.parts()
        met = [one.original for part in (feed, *archives) for one in part.tellings]
        assert sorted(met) == sorted(f"e{number}" for number in life.shown)
        assert len(feed.tellings) <= life.topic.limit
        assert [part.lasts for part in archives] in ([True] * len(archives), [False] + [True] * (len(archives) - 1))
        assert all(len(part.tellings) < PAGE for part in archives if not part.lasts)
        for part in archives:
            held = {one.original for one in part.tellings}
            assert held <= life.read.setdefault(part.name, held)


@examples(50)
@given(steps)
def test_the_documents_follow_from_what_is_remembered(walk):
    life = Life()
    for what, count in walk:
        life.live(what, count)
        again = replace(life, archives=tuple(reversed(life.archives)))
        assert again.parts() == life.parts()
        assert cut(life.topic, tellings(*life.shown), life.archives) == ()


@examples(50)
@given(st.lists(st.integers(1, 2 * PAGE), min_size=1, max_size=6))
def test_entries_that_come_change_no_archive_for_good(counts):
    life, before = Life(), {}
    for count in counts:
        life.live("come", count)
        lasting = {part.name: part.tellings for part in life.parts() if part.lasts}
        assert lasting | before == lasting
        before = lasting
    archived = chain.from_iterable(one.entries for one in life.archives)
    assert sorted(archived) == sorted(f"e{n}" for n in range(1000, 1000 + PAGE * len(life.archives)))
