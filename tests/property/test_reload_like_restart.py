"""Whatever configs came before, a reload ends where a restart with the last one begins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Config
from aggregator.config.load import parse
from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.retention import Keeping, Retention
from aggregator.observing.events import ConfigTaken
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.reload.reloader import Live, Reloader, Running
from feeds.model import Reading, Site
from feeds.polling import Bounds
from feeds.text.forms import Analyser
from storage.port import Change, Store
from tests.budget import examples
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, an_entry

ANALYSER = Analyser()
SITE = Site(id=UUID(int=7), since=datetime(2026, 1, 1, tzinfo=UTC))
READING = Reading(clock=NOON, boot="", uptime=timedelta())
LINES = ["treaty", "bridge -treaty", 'source:"river"', "@first OR fair", "*"]

looks = st.builds(
    lambda name, tags, rank: f'name = "{name}"\ntags = {tags}\nrank = {rank}\n',
    st.sampled_from(["", "Post", "Bell"]),
    st.sampled_from([[], ["local"]]),
    st.integers(0, 1),
)
others = st.lists(
    st.tuples(st.sampled_from(["second", "third"]), st.sampled_from(LINES), st.integers(1, 4)),
    unique_by=lambda one: one[0],
)


@st.composite
def configs(draw) -> Config:
    """With `river`, sometimes with `dzvin`, and with a third one that knows the tag."""
    topics = [f'[[topic]]\nid = "first"\nmatch = ["{draw(st.sampled_from(["treaty", "fair"]))}"]\n']
    for id_, line, limit in draw(others):
        where = '[topic.where]\ntags = ["local"]\n' if line == "*" else ""
        topics.append(f"[[topic]]\nid = '{id_}'\nlimit = {limit}\nmatch = ['{line}']\n{where}")
    if draw(st.booleans()):
        topics.reverse()
    followed = ["river", "dzvin"] if draw(st.booleans()) else ["river"]
    sources = [f'[[source]]\nid = "{id_}"\nurl = "https://{id_}.example/f"\n{draw(looks)}' for id_ in followed]
    third = '[[source]]\nid = "third"\nurl = "https://third.example/f"\ntags = ["local"]\n'
    title = draw(st.sampled_from(["Tides", "Storms"]))
    text = f'[site]\ntitle = "{title}"\n{"".join(sources)}{third}{"".join(topics)}'
    return parse(text.encode(), file=Path("/srv/config.toml"), environ={})


entries = st.builds(
    lambda number, title, source: an_entry(number, id=f"{source}:{number}", source=source, title=title),
    st.integers(1, 9),
    st.sampled_from(["A treaty", "A bridge", "A treaty on a bridge", "A fair"]),
    st.sampled_from(["river", "dzvin"]),
)


def imprint(config: Config) -> Imprint:
    return Imprint(base_url="https://feeds.example", title=config.site.title)


def a_publisher(config: Config, store: Store) -> Publisher:
    publisher = Publisher(
        store=store,
        topics=config.topics,
        sources=config.sources,
        settings=imprint(config),
        analyser=ANALYSER,
        site=SITE,
        clock=lambda: NOON,
        observe=lambda event: None,
    )
    publisher.load()
    publisher.publish()
    return publisher


def a_reloader(config: Config, store: Store, publisher: Publisher, read, observe) -> Reloader:
    judge = Judge(store)
    ingest = Ingest(
        store=store,
        client=None,
        bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
        clock=lambda: NOON,
        draw=lambda: 0.0,
        observe=observe,
        judge=judge,
    )
    retention = Retention(store, Keeping(age=timedelta(days=90), most=1000), read=lambda: READING)
    live = Live(ingest=ingest, judge=judge, publisher=publisher, retention=retention, imprint=imprint)
    return Reloader(Running(config=config), live, read=read, observe=observe)


@examples(40)  # 0.1 s each
@given(configs(), st.lists(st.tuples(configs(), st.lists(entries, max_size=4)), min_size=1, max_size=3))
def test_the_way_does_not_show_in_the_documents(first, steps):
    store, events, following = new_store(), [], []
    walker = a_publisher(first, store)
    reloader = a_reloader(first, store, walker, lambda file: following[-1], events.append)

    async def walk() -> None:
        for config, held in steps:
            store.commit(Change(entries=tuple({entry.id: entry for entry in held}.values())))
            walker.take([entry.id for entry in held])
            walker.publish()
            following.append(config)
            await reloader.reload()

    asyncio.run(walk())
    assert [type(event) for event in events] == [ConfigTaken] * len(steps)
    again = a_publisher(steps[-1][0], store).shelf.documents
    assert list(walker.shelf.documents) == list(again)
    assert walker.shelf.documents == again
