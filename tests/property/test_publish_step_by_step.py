"""Publishing step by step ends where publishing everything at once does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from feeds.model import Placement, Site, Source, SourceState
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic, Where
from storage.port import Change, Store
from tests.budget import examples
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

TOPICS = (
    Topic(id="treaty", title="Treaty", match={"any": (parse_query("treaty"),)}, limit=3),
    Topic(id="young", title="Young", match={"any": (parse_query("treaty"),)}, max_age=timedelta(hours=5)),
    Topic(
        id="fresh",
        title="Fresh",
        match={"any": (parse_query("bridge"),)},
        where=Where(max_age=timedelta(hours=6)),
        collapse="none",
    ),
)
ANALYSER = Analyser()

titles = st.sampled_from(["A treaty", "A bridge", "A treaty on a bridge", "A fair"])
entries = st.builds(
    lambda number, title, revision, source: an_entry(
        number,
        id=f"{source}:{number}",
        source=source,
        title=title,
        revision=revision,
        revised=NOON - timedelta(hours=number) + timedelta(minutes=revision),
    ),
    st.integers(1, 6),
    titles,
    st.integers(0, 3),
    st.sampled_from(["river", "dzvin"]),
)
changes = st.builds(
    lambda held, copies, title: Change(
        entries=tuple({entry.id: entry for entry in held}.values()),
        placements=tuple(Placement(entry=e.id, copy_of="river:1") for e in held if copies and e.source == "dzvin"),
        states=(SourceState(source="river", url="https://river.example/f", title=title),),
    ),
    st.lists(entries, max_size=3),
    st.booleans(),
    st.sampled_from(["River", "River Post"]),
)


def a_publisher(store: Store, clock) -> Publisher:
    return Publisher(
        store=store,
        topics=TOPICS,
        sources=(Source(id="river", url="https://river.example/f"), Source(id="dzvin", url="https://d.example/f")),
        settings=Imprint(base_url="https://feeds.example", title="My feeds"),
        analyser=ANALYSER,
        site=Site(id=UUID(int=7), since=datetime(2026, 1, 1, tzinfo=UTC)),
        clock=clock,
        observe=lambda event: None,
    )


def settle(publisher: Publisher) -> None:
    while publisher.publish():
        pass


@examples(40)  # 0.1 s each
@given(st.lists(st.tuples(changes, st.integers(0, 4)), max_size=4))
def test_the_way_does_not_show_in_the_documents(steps):
    store, now = new_store(), NOON
    walker = a_publisher(store, lambda: now)
    walker.load()
    settle(walker)
    for change, hours in steps:
        now += timedelta(hours=hours)
        store.commit(change)
        walker.take([entry.id for entry in change.entries])
        settle(walker)
    jumper = a_publisher(store, lambda: now)
    jumper.load()
    settle(jumper)
    assert walker.shelf.documents == jumper.shelf.documents
