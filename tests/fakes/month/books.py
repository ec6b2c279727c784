"""The test's own books: what was served and acknowledged, held against what is stored, published, told and counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from feeds.model import Entry
from storage.port import Keys
from storage.tinydb_store import open_store
from tests.fakes.month.internet import Served
from tests.fakes.month.life import ROOT
from tests.fakes.month.outlets import UPDATED, Outlet, Piece
from tests.fakes.month.subscriber import Subscriber


class Books:
    """Which pieces were in documents that the daemon got, before a moment at which it had nothing more to do."""

    def __init__(self, outlets: Sequence[Outlet]) -> None:
        self.outlets = outlets
        self.by_link: dict[str, tuple[Outlet, Piece]] = {
            piece.link: (outlet, piece) for outlet in outlets for piece in outlet.pieces if not piece.is_empty
        }
        self.acknowledged: dict[str, datetime] = {}
        """Links, and when a document with them was first acknowledged."""
        self.edited: set[str] = set()
        """Those of them that were served in their later text."""
        self.empty: set[tuple[str, datetime]] = set()
        self.offered: set[str] = set()
        """Links that an honest poller saw who looked at every step."""
        self.all_served: dict[str, datetime] = {}
        """Links, and when a document with them was first given, be it to a daemon that was killed over it."""

    def take(self, served: Iterable[Served], *, acknowledged: bool) -> None:
        for one in served:
            for piece in one.pieces:
                if piece.is_empty:
                    self.empty.add((one.outlet.id, piece.published))
                    continue
                self.all_served.setdefault(piece.link, one.at)
                if acknowledged:
                    self.acknowledged.setdefault(piece.link, one.at)
                    if piece.edited and one.at >= piece.edited:
                        self.edited.add(piece.link)

    def look(self, began: datetime, now: datetime) -> None:
        """Poll every outlet that answers now."""
        for outlet in self.outlets:
            spell = outlet.temper.spell((now - began) / timedelta(days=1))
            if spell is None or spell.status == 301:
                self.offered.update(piece.link for piece in outlet.shown(now) if not piece.is_empty)


def stored(folder: Path, books: Books) -> tuple[dict[str, Entry], set[str]]:
    """By link: what is stored, and what has aged out. Raises AssertionError where a piece is stored twice."""
    found: dict[str, Entry] = {}
    with open_store(folder / "store", writable=False) as store:
        for entry in store.entries():
            assert entry.url not in found, f"stored twice: {entry.url}"
            found[entry.url] = entry
        missing = books.all_served.keys() - found.keys()
        keys = Keys(guids=frozenset((books.by_link[link][0].id, link) for link in missing))
        gone = {entry.guid for entry in store.buried(keys)}
    return found, gone


def expect_nothing_lost(
    books: Books, kept: Mapping[str, Entry], gone: set[str], *, keep: timedelta, now: datetime
) -> None:
    """What was acknowledged is stored, or has aged out when it was old enough, and nothing else is."""
    lost = books.acknowledged.keys() - kept.keys() - gone
    assert not lost, f"{len(lost)} lost, as {sorted(lost)[:5]}"
    early = {link for link in gone if books.all_served[link] > now - keep}
    assert not early, f"{len(early)} left too early, as {sorted(early)[:5]}"
    assert not kept.keys() - books.all_served.keys(), "stored and never served"
    old = {
        link for link in books.edited if link in kept and UPDATED not in f"{kept[link].summary} {kept[link].content}"
    }
    assert not old, f"{len(old)} edits were not taken in, as {sorted(old)[:5]}"


def missed(books: Books) -> Mapping[str, int]:
    """By outlet, how many pieces an honest poller saw that the daemon never got."""
    found: dict[str, int] = {}
    for link in books.offered - books.all_served.keys():
        name = books.by_link[link][0].id
        found[name] = found.get(name, 0) + 1
    return found


def expect_each_story_once(books: Books, subscriber: Subscriber, topics: Mapping[str, str]) -> int:
    """Each text has one id in a topic's feed for ever, and each id one text; how many were published."""
    published = 0
    for topic, collapse in topics.items():
        ids: dict[object, str] = {}
        for id_, links in subscriber.feeds[topic].links.items():
            pieces = [books.by_link[link][1] for link in links]
            stories = {piece.group if collapse == "copies" else piece.link for piece in pieces}
            assert len(stories) == 1, f"{topic}: {id_} was {links}"
            (story,) = stories
            assert ids.setdefault(story, id_) == id_, f"{topic}: {links} was published twice, as {ids[story]} and {id_}"
        published += len(ids)
    return published


def expect_told(books: Books, subscriber: Subscriber, own: Mapping[str, object]) -> int:
    """Each change of state was told once, in its order, and nothing else; how many."""
    told = dict(subscriber.told())
    expected = {one.id: one.temper.told for one in books.outlets if one.temper.told} | dict(own)
    aside = {one.id for one in books.outlets if one.temper.aside}
    for name in aside:
        assert told.get(name, ()) in ((), expected[name]), f"{name}: {told.get(name)}"
        expected.pop(name)
    assert {name: what for name, what in told.items() if name not in aside} == expected
    return sum(map(len, told.values()))


def accounting(config: Path) -> Mapping[str, object]:
    """What `status --accounting` says beside the running daemon. Raises AssertionError where the sums do not close."""
    command = [sys.executable, "-m", "aggregator", "status", "--accounting", "--json", "--config", config]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    found: Mapping[str, object] = json.loads(done.stdout)
    assert found["closes"], done.stdout
    return found
