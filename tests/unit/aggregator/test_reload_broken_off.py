"""A reload that is stopped or breaks off: what was begun is ended, and the next one does the rest."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import replace

import pytest

from aggregator.app import open_app
from aggregator.config import load
from aggregator.config.load import parse
from aggregator.observing.events import ConfigTaken
from aggregator.publishing.imprint import imprint
from aggregator.reload.reloader import Live, Reloader
from aggregator.world import real_world
from feeds.errors import StoreFailed
from storage.port import Change
from tests.fakes.stored_values import entry_of

pytestmark = pytest.mark.anyio
BEFORE = """
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[topic]]
id = "ferries"
match = ["ferry"]
"""
AFTER = BEFORE + '[[topic]]\nid = "storms"\nmatch = ["storm"]\n'


@pytest.fixture
def app(tmp_path):
    (tmp_path / "config.toml").write_text(BEFORE, "utf-8")
    world = real_world()
    with open_app(load(tmp_path / "config.toml", environ={}), world=world, observe=lambda event: None) as app:
        seen = world.clock()
        app.store.commit(Change(entries=tuple(entry_of(f"e{n}", title="A storm", first_seen=seen) for n in range(500))))
        app.publisher.load()
        app.publisher.publish()
        yield app


def a_reloader(app, events, **parts) -> Reloader:
    live = Live(ingest=app.ingest, judge=app.judge, publisher=app.publisher, retention=app.retention, imprint=imprint)
    after = parse(AFTER.encode(), file=app.config.file, environ={})
    return Reloader(app.running, replace(live, **parts), read=lambda file: after, observe=events.append)


class Publisher:
    """The real one, whose steps a test holds up or breaks."""

    def __init__(self, real, *, before_step) -> None:
        self.real = real
        self.before_step = before_step

    def __getattr__(self, name):
        return getattr(self.real, name)

    def adopt(self, topic):
        steps = self.real.adopt(topic)
        try:
            for _ in steps:
                self.before_step()
                yield
        finally:
            steps.close()


async def test_a_stop_waits_for_the_step_under_way_and_leaves_no_trace(app):
    events, began, go_on = [], threading.Event(), threading.Event()

    def hold_up() -> None:
        began.set()
        go_on.wait(30)

    reloader = a_reloader(app, events, publisher=Publisher(app.publisher, before_step=hold_up))
    before = app.publisher.shelf.documents
    task = asyncio.create_task(reloader.reload())
    await asyncio.to_thread(began.wait, 30)
    task.cancel()
    await asyncio.sleep(0.05)
    assert app.ingest.alone.locked()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not app.ingest.alone.locked()
    app.publisher.publish()
    assert (app.publisher.shelf.documents, events) == (before, [])


async def test_what_broke_off_is_done_by_the_next_reload(app):
    events, faults = [], [StoreFailed("the disk cannot be read")]

    def trip() -> None:
        if faults:
            raise faults.pop()

    reloader = a_reloader(app, events, publisher=Publisher(app.publisher, before_step=trip))
    with pytest.raises(StoreFailed):
        await reloader.reload()
    assert "/feeds/storms.atom" not in app.publisher.shelf.documents
    await reloader.reload()
    assert events == [ConfigTaken(file=str(app.config.file), topics=("+storms",))]
    assert "/feeds/storms.atom" in app.publisher.shelf.documents


async def test_others_have_the_store_between_two_steps(app):
    events, turns = [], []
    reloader = a_reloader(app, events, publisher=Publisher(app.publisher, before_step=lambda: turns.append("step")))
    task = asyncio.create_task(reloader.reload())
    while not task.done():
        async with app.ingest.alone:
            turns.append("other")
        await asyncio.sleep(0)
    await task
    between = "".join(turn[0] for turn in turns).strip("o")
    assert re.fullmatch("s(o+s)+", between)
