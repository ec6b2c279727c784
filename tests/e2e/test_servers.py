"""Servers on other machines give what the daemon gives, to the byte and the header."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from aggregator.cluster.shelving import shelved
from aggregator.serving.server import application
from feeds.query.syntax import parse_query
from feeds.topics import Topic
from storage.port import Store
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store
from tests.e2e.test_same_bytes_of_every_store import BUSY, TOPICS, a_week
from tests.fakes.servers import ServerProcess, server_process, until
from tests.fakes.serving import Reply, ask, served
from tests.fakes.wire import Told, Wire, five

TOKEN = "k3y-that-nobody-is-told"
LAKE = Topic(id="lake", title="Lakes", match={"any": (parse_query("lake"),)})
PRIVATE = Topic(id="own", title="Own", match={"any": (parse_query("ferry"),)}, token=TOKEN, formerly=("mine",))
RENAMED = Topic(id="every", title="Every one", match=TOPICS[2].match, collapse="none", formerly=("each",))
MAX_AGE = timedelta(minutes=7)
GZIP = {"Accept-Encoding": "gzip"}
NO_DOCUMENTS = (
    *("/none", "/404.html", "/healthz", "/feeds/every", "/feeds/every/", "/feeds/EVERY.atom", "/feeds/lake.atom"),
    *("/feeds/each.rss?a=b", "/feeds/every/archive/99.atom", "/feeds/all/archive/1-cafe.rss", "/feeds/own.atom"),
    *(f"/feeds/{TOKEN}/mine.atom", f"/feeds/{TOKEN}/own", f"/feeds/{TOKEN}/none.atom", "/feeds/wr0ng/own.atom"),
)


def told(store: Store) -> Wire:
    """A week, after which a topic is gone, one has another name, and one is private."""
    wire = Wire(sources=[*five(), BUSY], store=store, topic=TOPICS[0], others=(LAKE, *TOPICS[1:]))
    a_week(wire)
    wire.others = (TOPICS[1], RENAMED, PRIVATE)
    wire.restart()
    while wire.publisher.publish():
        pass  # it goes on with the archives
    return wire


def every_path(wire: Wire) -> list[str]:
    stock = wire.publisher.shelf.stock
    [behind] = stock.private
    private = [f"/{root}/{TOKEN}/{rest}" for _, root, rest in (path.split("/", 2) for path in behind.documents)]
    return [*stock.documents, *private, *NO_DOCUMENTS]


def answers(port: int, path: str) -> list[tuple]:
    """To everything that is asked of a document."""
    plain = ask(port, path)
    asked = [("GET", {}), ("HEAD", {}), ("GET", GZIP), ("HEAD", GZIP), ("POST", {})]
    if tag := plain.headers.get("etag"):
        asked += [("GET", {"If-None-Match": tag}), ("GET", {"If-Modified-Since": plain.headers["last-modified"]})]
        asked += [("GET", {"If-None-Match": ask(port, path, headers=GZIP).headers["etag"], **GZIP})]
    return [(method, given, undated(ask(port, path, method=method, headers=given))) for method, given in asked]


def undated(reply: Reply) -> tuple:
    return reply.status, {name: said for name, said in reply.headers.items() if name != "date"}, reply.body


def serves_all(server: ServerProcess, wire: Wire) -> None:
    newest = wire.publisher.shelf.stock.documents["/feeds/all.atom"].etag
    until(lambda: server.status("/feeds/all.atom") == 200 and server.ask("/feeds/all.atom").headers["etag"] == newest)


@pytest.mark.heavy
def test_two_servers_give_the_same_bytes_and_headers_as_one_machine(tmp_path, postgres_url):
    with ExitStack() as opened:
        files = told(opened.enter_context(open_store(tmp_path / "store", writable=True)))
        store = opened.enter_context(open_postgres(postgres_url, writable=True))
        wire = told(store)
        shelve = shelved(store, postgres_url, max_age=lambda: MAX_AGE)
        shelve(wire.publisher.shelf.stock)
        alone = opened.enter_context(served(application(files.publisher.shelf, max_age=lambda: MAX_AGE)))
        servers = [opened.enter_context(server_process(tmp_path / name, postgres_url)) for name in ("one", "two")]
        for server in servers:
            serves_all(server, wire)
        compared(servers, alone, files)

        news = [
            Told(title=f"Ferry {n}", text=f"The ferry is late by {n} hours.", at=wire.now, guid=f"n{n}") for n in (1, 2)
        ]
        for one in (files, wire):
            one.take(five()[0], *news)
            one.publisher.drop("stories")
            one.publisher.publish()
        shelve(wire.publisher.shelf.stock)
        for server in servers:
            serves_all(server, wire)
        compared(servers, alone, files)


def compared(servers: list[ServerProcess], alone: int, files: Wire) -> None:
    paths = every_path(files)
    assert any("/archive/" in path for path in paths)
    statuses = set()
    for path in paths:
        expected = answers(alone, path)
        for server in servers:
            assert (path, answers(server.port, path)) == (path, expected)
        statuses |= {status for _, _, (status, *_) in expected}
    assert statuses == {200, 302, 304, 308, 404, 405, 410}
