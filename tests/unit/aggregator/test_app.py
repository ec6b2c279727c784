"""What the composition root decides by itself: identity, manners, and that the parts fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aggregator import __version__
from aggregator.app import open_app
from aggregator.config import load
from aggregator.fetching.contact import user_agent
from aggregator.observing.events import AgedOut, AgeingHeld, Published, StoreMended, StoreUpgraded
from aggregator.publishing.imprint import imprint, look_again
from aggregator.site_identity import settle_site
from aggregator.world import World
from feeds.errors import StoreLocked
from feeds.model import Outlet, Site
from storage.frames import header
from storage.loading import JOURNAL
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of
from tests.fakes.stores import new_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIG = """
[store]
url = "tinydb:var/store"
[fetch]
every = "10m"
[[topic]]
id = "peace"
match = ["peace"]
"""
MINTED, FIXED = UUID(int=1), UUID(int=2)


def world(now: datetime = NOW) -> World:
    return World(clock=lambda: now, draw=lambda: 0.0, mint=lambda: MINTED)


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    return load(file, environ={})


def test_a_site_is_minted_once_and_stays():
    store = new_store()
    assert settle_site(store, fixed=None, world=world()) == Site(id=MINTED, since=NOW)
    later = replace(world(NOW + timedelta(days=1)), mint=lambda: UUID(int=9))
    assert settle_site(store, fixed=None, world=later) == Site(id=MINTED, since=NOW) == store.site()


def test_the_config_may_fix_the_site_from_the_start():
    store = new_store()
    assert settle_site(store, fixed=FIXED, world=world()) == Site(id=FIXED, since=NOW) == store.site()


def test_the_config_may_fix_the_site_later_and_keeps_its_birthday():
    store = new_store()
    settle_site(store, fixed=None, world=world())
    later = world(NOW + timedelta(days=1))
    assert settle_site(store, fixed=FIXED, world=later) == Site(id=FIXED, since=NOW) == store.site()


def test_a_fixed_site_stays_when_the_config_no_longer_fixes_it():
    store = new_store()
    settle_site(store, fixed=FIXED, world=world())
    assert settle_site(store, fixed=None, world=world()).id == FIXED


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("", f"topicwire/{__version__}"),
        ("mailto:me@a.example", f"topicwire/{__version__} (+mailto:me@a.example)"),
    ],
)
def test_publishers_learn_who_asks(contact, shown):
    assert user_agent(contact) == shown


def test_readers_look_again_after_half_an_interval(config):
    assert look_again(config) == timedelta(minutes=5)


def test_what_is_published_knows_the_outlets_that_the_config_adds(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[[outlet]]\nname = "Harbour Post"\nhosts = ["harbour.example"]\n', "utf-8")
    assert imprint(load(file, environ={})).outlets == (Outlet(name="Harbour Post", hosts=("harbour.example",)),)


def test_the_parts_publish_a_valid_empty_feed_from_nothing(config):
    events = []
    with open_app(config, world=world(), observe=events.append) as app:
        assert app.site == Site(id=MINTED, since=NOW)
        app.publisher.publish()
        assert set(app.publisher.shelf.documents) >= {"/", "/feeds/peace.atom", "/feeds/peace.rss", "/feeds/peace.json"}
    assert events == [Published(topic="peace", entries=0)]
    with open_store(config.store.folder, writable=False) as store:
        assert store.site() == Site(id=MINTED, since=NOW)


def test_two_of_us_never_share_a_store(config):
    with (
        open_app(config, world=world(), observe=lambda _: None),
        pytest.raises(StoreLocked),
        open_app(config, world=world(), observe=lambda _: None),
    ):
        raise AssertionError


@pytest.mark.in_files
def test_an_unfinished_record_that_was_cut_off_is_told_once(config):
    for entries in ((entry_of("a"),), (entry_of("b"),)):
        with open_store(config.store.folder, writable=True) as store:
            store.commit(Change(entries=entries))
            before = store.counts().size
    journal = config.store.folder / JOURNAL
    with journal.open("rb+") as file:
        file.truncate(before - 5)
    events = []
    for _ in range(2):
        with open_app(config, world=world(), observe=events.append) as app:
            assert [entry.id for entry in app.store.entries()] == ["a"]
    assert [type(event) for event in events] == [StoreMended]
    assert events[0].offset + events[0].size == before - 5


@pytest.mark.in_files
def test_a_store_of_an_older_format_is_upgraded_and_told_once(config):
    journal = config.store.folder / JOURNAL
    config.store.folder.mkdir(parents=True)
    journal.write_bytes(header(version=1))
    events = []
    for _ in range(2):
        with open_app(config, world=world(), observe=events.append):
            pass
    assert events == [StoreUpgraded(version=1, kept_as=f"{journal}.before-upgrade-1")]


def test_what_is_older_than_what_is_kept_leaves_and_is_told(config):
    events = []
    old = entry_of("a", first_seen=NOW - timedelta(days=91))
    with open_app(config, world=world(), observe=events.append) as app:
        app.store.commit(Change(entries=(old, entry_of("b", first_seen=NOW - timedelta(days=89)))))
        assert app.age_out() == ("a",)
        assert app.age_out() == ()
        assert [entry.id for entry in app.store.entries()] == ["b"]
        assert events == [AgedOut(entries=1)]


def test_a_clock_far_ahead_takes_nothing_and_that_is_told_once(config):
    events, clock = [], [NOW]
    with open_app(config, world=replace(world(), clock=lambda: clock[0]), observe=events.append) as app:
        app.store.commit(Change(entries=(entry_of("a", first_seen=NOW),)))
        clock[0] = NOW.replace(year=2037)
        assert [app.age_out() for _ in range(3)] == [(), (), ()]
    assert events == [AgeingHeld(entries=1)]


def test_the_store_is_let_go_at_the_end(config):
    for _ in range(2):
        with open_app(config, world=world(), observe=lambda _: None) as app:
            assert app.store.counts().entries == 0
