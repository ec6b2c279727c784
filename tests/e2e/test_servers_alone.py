"""Whatever becomes of the database, servers give what they have, and catch up by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from aggregator.cluster.shelving import shelved
from aggregator.publishing.shelf import Private, Stock
from feeds.render import ATOM, HTML, document
from storage.opening import crew_at
from storage.port import Store
from storage.postgres_store import open_postgres
from tests.e2e.test_readers import Newsboat
from tests.fakes import postgres
from tests.fakes.servers import ServerProcess, server_process, until
from tests.fakes.subscribed import EXPECTED, published
from tests.fakes.topic_feeds import NOON

pytestmark = pytest.mark.heavy
FEED = "/feeds/a.atom"
TOKEN = "k3y-that-nobody-is-told"


@pytest.fixture
def database() -> Iterator[postgres.Server]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as started:
        yield started


def feed(number: int):
    return document(b"<feed>%d</feed>" % number, ATOM, NOON)


def publish(database: postgres.Server, number: int) -> None:
    """What another process publishes that has the store meanwhile."""
    with open_postgres(database.url(), writable=True) as store:
        stock = Stock(
            documents={"/": document(b"<p>all</p>", HTML, NOON), FEED: feed(number)},
            private=(Private(token=TOKEN, documents={"/feeds/b.atom": feed(-number)}),),
        )
        shelve(store, database, stock)


def shelve(store: Store, database: postgres.Server, stock: Stock) -> None:
    shelved(store, database.url(), max_age=lambda: timedelta(minutes=7))(stock)


def shows(server: ServerProcess, number: int) -> bool:
    return server.status(FEED) == 200 and server.ask(FEED).body == b"<feed>%d</feed>" % number


def test_a_database_that_stops_hard_changes_nothing_for_readers_and_is_followed_again(tmp_path, database):
    publish(database, 1)
    with server_process(tmp_path, database.url()) as server:
        until(lambda: shows(server, 1))
        for number in (2, 3):
            until(lambda: server.ask("/readyz").body == b"ready\n")
            database.stop("immediate")
            until(lambda: b"the database is away" in server.ask("/readyz").body)
            assert server.status("/readyz") == 200
            found = server.ask(FEED)
            assert found.status == 200
            assert server.ask(FEED, headers={"If-None-Match": found.headers["etag"]}).status == 304
            assert server.ask(f"/feeds/{TOKEN}/b.atom").body == b"<feed>%d</feed>" % (1 - number)
            assert "topicwire_database_reachable 0" in server.ask("/metrics").body.decode()
            database.start()
            publish(database, number)
            until(lambda number=number: shows(server, number))
        until(lambda: server.ask("/readyz").body == b"ready\n")
        until(lambda: server.lines().count("following what is published: 3 documents") == 3)
    lost = re.findall(r"warning readers keep the last good documents, 3 of them: PostgreSQL.*", server.lines())
    assert len(lost) == 2, "told once each time"


def test_every_server_tells_what_every_worker_counted(tmp_path, database):
    publish(database, 1)
    with closing(crew_at(database.url())) as crew, server_process(tmp_path, database.url()) as server:
        crew.beat("north:12", judges=True, figures=b'{"passes": 3}')
        crew.beat("south:7", judges=False, figures=b'{"passes": 5}')
        until(lambda: shows(server, 1))
        until(lambda: b'topicwire_worker_judges{worker="south:7"}' in server.ask("/metrics").body)
        told = server.ask("/metrics").body.decode()
    assert 'topicwire_worker_passes_total{worker="north:12"} 3\n' in told
    assert 'topicwire_worker_passes_total{worker="south:7"} 5\n' in told
    assert 'topicwire_worker_judges{worker="north:12"} 0\n' in told, "it says so, and does not hold the lock"


def test_a_server_that_starts_before_the_database_waits_and_says_why(tmp_path, database):
    publish(database, 1)
    database.stop()
    with server_process(tmp_path, database.url()) as server:
        until(lambda: server.status(FEED) == 503)
        found = server.ask(FEED)
        assert (found.body, found.headers["retry-after"]) == (b"Not yet: ask again\n", "30")
        assert server.ask("/healthz").status == 200
        assert server.ask("/readyz").status == 503
        until(lambda: "there is nothing to serve yet: PostgreSQL cannot be reached" in server.lines())
        database.start()
        until(lambda: shows(server, 1))
        assert server.status("/readyz") == 200


def test_a_server_that_starts_before_anything_is_published_says_so_and_makes_nothing(tmp_path, database):
    with server_process(tmp_path, database.url()) as server:
        until(lambda: server.status(FEED) == 503)
        until(lambda: "there is nothing to serve yet: nothing is published in the database yet" in server.lines())
        publish(database, 1)
        until(lambda: shows(server, 1))


def test_newsboat_reads_from_a_server_and_hears_that_nothing_changed(tmp_path, database):
    with open_postgres(database.url(), writable=True) as store:
        shelve(store, database, published().shelf.stock)
    with server_process(tmp_path, database.url()) as server:
        until(lambda: server.status("/feeds/treaty.atom") == 200)
        url = f"http://127.0.0.1:{server.port}/feeds/treaty.atom"
        newsboat = Newsboat(tmp_path, url)
        for _ in range(3):  # some versions remember validators from the second time on (newsboat issue 2734)
            newsboat.reload()
        assert newsboat.entries(url) == EXPECTED
        assert 'topicwire_http_answers_total{class="3xx"} 0' not in server.ask("/metrics").body.decode()
