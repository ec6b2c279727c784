"""Subscriptions are facts: whatever is done to a store, they come along."""

from __future__ import annotations

import json
from datetime import timedelta

from feeds.model import Subscription
from storage.backup import back_up, restore
from storage.export import export
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import NOON

FEED = "https://feeds.example/feeds/ferries.atom"
SUBSCRIPTION = Subscription(
    topic=FEED, callback="https://reader.example/7", until=NOON + timedelta(days=10), secret="knot", told='"a"'
)


def subscribe(folder) -> None:
    with open_store(folder, writable=True) as store:
        store.commit(Change(subscriptions=(SUBSCRIPTION, Subscription(topic=FEED, callback="https://gone.example/"))))
        store.commit(Change(unsubscribed=(Subscription(topic=FEED, callback="https://gone.example/"),)))


def kept(folder, *, writable: bool = False) -> tuple[Subscription, ...]:
    with open_store(folder, writable=writable) as store:
        return store.subscriptions()


def test_they_outlive_closing_compaction_and_a_lost_snapshot(tmp_path):
    subscribe(tmp_path)
    with open_store(tmp_path, writable=True) as store:
        store.compact()
        store.keep_snapshot(worth=0)
    assert kept(tmp_path) == (SUBSCRIPTION,)
    (tmp_path / "snapshot").unlink()
    assert kept(tmp_path, writable=True) == (SUBSCRIPTION,)


def test_a_backup_has_them_and_a_restore_brings_them_back(tmp_path):
    subscribe(tmp_path / "store")
    back_up(tmp_path / "store", tmp_path / "backup")
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(unsubscribed=(SUBSCRIPTION,)))
    restore(tmp_path / "backup", tmp_path / "store")
    assert kept(tmp_path / "store") == (SUBSCRIPTION,)


def test_an_export_shows_them_as_they_are_stored(tmp_path):
    subscribe(tmp_path / "store")
    with open_store(tmp_path / "store", writable=False) as store:
        export(store.database.journal, tmp_path / "all.json")
    tables = json.loads((tmp_path / "all.json").read_text("ascii"))
    assert list(tables["subscriptions"].values()) == [
        {
            "topic": FEED,
            "callback": "https://reader.example/7",
            "until": f"{NOON + timedelta(days=10):%Y-%m-%dT%H:%M:%S.%fZ}",
            "secret": "knot",
            "told": '"a"',
        }
    ]
