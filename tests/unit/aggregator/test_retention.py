"""Entries age out, and what left does not come back as news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import REVISIONS, Pace, Remembered, remember
from aggregator.ingesting.retention import Keeping, age_out
from feeds.model import Fetched, Source
from feeds.polling import Bounds
from feeds.read import read
from storage.memory import MemoryStore
from storage.port import Keys
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOURCE = Source(id="tides", url="https://tides.example/feed")
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)), jitter=0.0)
KEEPING = Keeping(age=90 * DAY, most=100_000)


@pytest.fixture(params=["memory", "tinydb", pytest.param("postgres", marks=pytest.mark.heavy)])
def store(request, tmp_path):
    if request.param == "postgres":
        opened = open_postgres(request.getfixturevalue("postgres_url"), writable=True)
    else:
        opened = MemoryStore() if request.param == "memory" else open_store(tmp_path / "store", writable=True)
    with opened:
        yield opened


def archive(count: int, *, edition: str = "", guid: str = "tide-{n}") -> bytes:
    items = "".join(
        f"<item><guid>{guid.format(n=n)}</guid><link>https://tides.example/{n}</link><title>Tide {n}</title>"
        f"<description>The water stood at {n} feet. {edition}</description></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>Tides {edition}</title>{items}</channel></rss>'.encode()


def a_pass(store, body: bytes, at: datetime) -> Remembered:
    return remember(
        store,
        judge=Judge(store),
        source=SOURCE,
        state=None,
        outcome=Fetched(url=SOURCE.url, body=body),
        feed=read(body, source=SOURCE, url=SOURCE.url, content_type="", now=at),
        now=at,
        pace=PACE,
    )


@pytest.mark.heavy
@pytest.mark.parametrize(
    "again",
    [archive(700), archive(700, edition="Corrected."), archive(700, guid="http://tides.example/?p={n}")],
    ids=["as it was", "every entry edited", "every guid another one"],
)
def test_an_archive_of_700_entries_that_aged_out_brings_nothing_again(store, again):
    assert a_pass(store, archive(700), NOW).new == 700
    later = NOW + 91 * DAY
    assert len(age_out(store, KEEPING, now=later)) == 700
    assert list(store.entries()) == []
    remembered = a_pass(store, again, later)
    assert (remembered.new, remembered.revised, remembered.copies, remembered.same) == (0, 0, 0, 700)
    assert remembered.changed == ()
    assert list(store.entries()) == []


def test_a_new_entry_beside_those_that_aged_out_is_new(store):
    a_pass(store, archive(5), NOW)
    age_out(store, KEEPING, now=NOW + 91 * DAY)
    remembered = a_pass(store, archive(6), NOW + 91 * DAY)
    assert (remembered.new, remembered.same) == (1, 5)
    assert [entry.title for entry in store.entries()] == ["Tide 5"]


def test_entries_leave_at_their_age_and_not_before(store):
    a_pass(store, archive(3), NOW)
    assert age_out(store, KEEPING, now=NOW + 90 * DAY) == ()
    assert len(age_out(store, KEEPING, now=NOW + 90 * DAY + timedelta(seconds=1))) == 3


def test_of_too_many_entries_the_oldest_leave(store):
    a_pass(store, archive(3), NOW)
    a_pass(store, archive(5), NOW + DAY)
    left = age_out(store, Keeping(age=90 * DAY, most=2), now=NOW + DAY)
    assert len(left) == 3
    assert {entry.title for entry in store.entries()} == {"Tide 3", "Tide 4"}


def test_a_tombstone_has_no_text_and_outlives_others_while_its_source_lists_the_entry(store):
    a_pass(store, archive(2), NOW)
    gone = age_out(store, KEEPING, now=NOW + 91 * DAY)
    met = NOW + 200 * DAY
    a_pass(store, archive(1), met)
    buried = {entry.title: entry for entry in store.buried(Keys(ids=frozenset(gone)))}
    assert [entry.summary + entry.content for entry in buried.values()] == ["", ""]
    assert buried["Tide 0"].revised == met
    assert store.tombstones_beyond(1) == (buried["Tide 1"].id,)


def test_of_the_revisions_of_an_entry_the_newest_are_kept(store):
    for n in range(REVISIONS + 5):
        a_pass(store, archive(1, edition=f"Edition {n}."), NOW + timedelta(minutes=n))
    (entry,) = store.entries()
    assert [one.number for one in store.revisions(entry.id)] == list(range(4, REVISIONS + 4))
