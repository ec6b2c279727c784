"""A topic with a long history, served: whoever follows `prev-archive` meets every entry, and each of them once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.serving.server import application
from feeds.model import Site, Source
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Topic, entry_urn
from feeds.topics.archives import PAGE
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.archived import walk
from tests.fakes.serving import ask, served
from tests.fakes.topic_feeds import NOON, an_entry

pytestmark = pytest.mark.heavy

SITE = Site(id=UUID("6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"), since=datetime(2026, 1, 1, tzinfo=UTC))
BASE = "https://feeds.example"
TOPIC = Topic(id="treaty", title="Treaty", match={"any": (parse_query("treaty"),)})
ENTRIES = 5000


def an_old_entry(number: int):
    """Seen so many minutes before noon; every seventh one was old when it was first seen."""
    seen = NOON - timedelta(minutes=number)
    published = seen - timedelta(days=9 if number % 7 == 0 else 0, minutes=5)
    times = {"first_seen": seen, "revised": seen, "published": published, "updated": published}
    return an_entry(number, title=f"Treaty, part {number}", **times)


def a_publisher(store) -> Publisher:
    publisher = Publisher(
        store=store,
        topics=(TOPIC,),
        sources=(Source(id="river", url="https://river.example/feed"),),
        settings=Imprint(base_url=BASE, title="My feeds"),
        analyser=Analyser(),
        site=SITE,
        clock=lambda: NOON,
        observe=lambda event: None,
    )
    publisher.load()
    while publisher.publish():
        pass
    return publisher


def test_every_entry_of_five_thousand_is_met_once_in_every_format_and_after_a_restart(tmp_path):
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=tuple(map(an_old_entry, range(1, ENTRIES + 1)))))
        publisher = a_publisher(store)
    everybody = sorted(entry_urn(SITE, "treaty", f"river:{number}") for number in range(1, ENTRIES + 1))
    with served(application(publisher.shelf, max_age=timedelta)) as port:
        for suffix in (".atom", ".rss", ".json"):
            first, *archives = walk(f"{BASE}/feeds/treaty{suffix}", lambda url: ask(port, url.removeprefix(BASE)).body)
            assert (len(first.ids), {len(one.ids) for one in archives}) == (TOPIC.limit, {PAGE})
            assert sorted(entry for one in (first, *archives) for entry in one.ids) == everybody
    with open_store(tmp_path / "store", writable=True) as store:
        assert a_publisher(store).shelf.documents == publisher.shelf.documents
