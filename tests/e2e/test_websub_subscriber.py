"""A subscriber that others wrote (Flask-WebSub) follows the whole daemon, which TLS stands in front of."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from flask import Flask, request
from flask_websub.errors import SubscriberError
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from flask_websub.subscriber.discovery import Finished, LinkParser
from werkzeug.serving import make_server

from aggregator.app import open_app
from aggregator.config import load
from aggregator.control import SOCKET, Decide, Rebuild, ask
from aggregator.observing.events import Event
from aggregator.observing.reader_events import Serving, SubscriptionChanged
from aggregator.running import daemon
from aggregator.world import real_world
from feeds.model import DecisionKind
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.door import Door
from tests.fakes.subscribers import until
from tests.fakes.topic_feeds import an_entry

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]
CONFIG = """
[store]
url = "tinydb:var/store"
[site]
base_url = "https://localhost:{port}"
[serve]
listen = "127.0.0.1:0"
[fetch]
allow_private = {private}
[publish]
hub = "own"
[[topic]]
id = "treaty"
match = ["treaty"]
[[topic]]
id = "inner"
match = ["treaty"]
token = "env:INNER"
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Front:
    """TLS on loopback before whatever answers at `to`."""

    to: int = 0
    port: int = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while data := await source.read(65536):
                    sink.write(data)
                    await sink.drain()
            sink.close()

        behind, before = await asyncio.open_connection("127.0.0.1", self.to)
        try:
            await asyncio.gather(pipe(reader, before), pipe(behind, writer))
        finally:
            before.close()


@contextlib.asynccontextmanager
async def tls(folder: Path, monkeypatch) -> AsyncIterator[Front]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    front = Front()
    door = Door(front.carry)
    front.port = await door.open(tls=context)
    yield front
    await door.close()


@contextlib.asynccontextmanager
async def running(folder: Path, front: Front, *, private: bool) -> AsyncIterator[tuple[Path, list[Event]]]:
    """The daemon over what is stored, once it takes commands; its control socket, and what it told."""
    file = folder / "config.toml"
    file.write_text(CONFIG.format(port=front.port, private=str(private).lower()), "utf-8")
    config = load(file, environ={"INNER": "s3cret-t0ken-of-ours"})
    events: list[Event] = []
    stop = asyncio.Event()
    with open_app(config, world=real_world(), observe=events.append) as app:
        task = asyncio.create_task(daemon.run(app.daemon(), stop=stop))
        control = config.store.folder / SOCKET
        await until(lambda: task.done() or control.exists())
        serving = next(one for one in events if isinstance(one, Serving))
        front.to = int(serving.address.rpartition(":")[2])
        try:
            yield control, events
        finally:
            stop.set()
            await task


@dataclass
class Follower:
    """Flask-WebSub in a Flask of its own, and what came to it."""

    folder: Path
    came: list[tuple[str, bytes]] = field(default_factory=list)
    told: list[tuple[str, ...]] = field(default_factory=list)
    raw: list[tuple[str | None, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = Flask("follower")
        self.subscriber = Subscriber(
            SQLite3SubscriberStorage(str(self.folder / "kept.db")),
            SQLite3TempSubscriberStorage(str(self.folder / "asked.db")),
        )
        self.app.register_blueprint(self.subscriber.build_blueprint(url_prefix="/callbacks"))
        self.subscriber.add_listener(lambda topic, _, body: self.came.append((topic, body)))
        self.subscriber.add_success_handler(lambda topic, _, mode: self.told.append((topic, mode)))

        @self.app.before_request
        def note() -> None:
            if request.method == "POST":
                self.raw.append((request.headers.get("X-Hub-Signature"), request.headers.get("Content-Type")))

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    async def follow(self, url: str) -> str:
        return await asyncio.to_thread(self._in_context, lambda: self.subscriber.subscribe(**discover(url)))

    async def leave(self, callback_id: str) -> None:
        await asyncio.to_thread(self._in_context, lambda: self.subscriber.unsubscribe(callback_id))

    async def renew(self, callback_id: str) -> None:
        await asyncio.to_thread(self._in_context, lambda: self.subscriber.renew(callback_id))

    def _in_context(self, act):
        with self.app.test_request_context(base_url=self.base):
            return act()


@pytest.fixture
def folder(tmp_path):
    with open_store(tmp_path / "var" / "store", writable=True) as store:
        store.commit(Change(entries=(an_entry(1, title="Treaty signed"), an_entry(2, title="Treaty kept"))))
        (tmp_path / "ids").write_text("\n".join(entry.id for entry in store.entries()), "utf-8")
    return tmp_path


async def hide(control: Path, entry: str, *, undo: bool = False) -> None:
    command = Decide(kind=DecisionKind.HIDE, entry=entry, undo=undo)
    answer = await asyncio.to_thread(ask, control, command)
    assert "Done" in repr(answer), answer


def changes(events: list[Event]) -> list[str]:
    """What became of subscriptions, in a word each: the hub knows of it a moment after the subscriber."""
    return [one.what.split()[0] for one in events if isinstance(one, SubscriptionChanged)]


async def test_it_subscribes_is_verified_and_gets_signed_pushes_only_on_change(folder, monkeypatch):
    first, second = (folder / "ids").read_text("utf-8").split()
    follower = Follower(folder)
    async with tls(folder, monkeypatch) as front, running(folder, front, private=True) as (control, events):
        topic = f"https://localhost:{front.port}/feeds/treaty.atom"
        with follower.serving():
            callback = await follower.follow(topic)
            await until(lambda: changes(events) == ["subscribed"])
            await asyncio.to_thread(ask, control, Rebuild())  # another round, in which nothing changes
            await asyncio.sleep(1)
            assert follower.raw == []

            await hide(control, first)
            await until(lambda: follower.came)
            (came_topic, body), (signature, media_type) = follower.came[0], follower.raw[0]
            assert (came_topic, media_type) == (topic, "application/atom+xml; charset=utf-8")
            assert (b"Treaty kept" in body) != (b"Treaty signed" in body)
            assert signature.startswith("sha256=")

            await follower.renew(callback)
            await until(lambda: changes(events) == ["subscribed", "renewed"])
            await hide(control, first, undo=True)
            await until(lambda: len(follower.came) == 2)
            assert b"Treaty kept" in follower.came[1][1]
            assert b"Treaty signed" in follower.came[1][1]

            await follower.leave(callback)
            await until(lambda: changes(events) == ["subscribed", "renewed", "unsubscribed"])
            await hide(control, second)
            await asyncio.sleep(1)
            assert (len(follower.came), len(follower.raw)) == (2, 2)
    assert follower.told == [(topic, "subscribe"), (topic, "subscribe"), (topic, "unsubscribe")]


async def test_it_follows_a_private_topic_by_its_whole_address_only(folder, monkeypatch):
    first, _ = (folder / "ids").read_text("utf-8").split()
    follower = Follower(folder)
    async with tls(folder, monkeypatch) as front, running(folder, front, private=True) as (control, events):
        base = f"https://localhost:{front.port}"
        inner = f"{base}/feeds/s3cret-t0ken-of-ours/inner.rss"
        with follower.serving():
            with pytest.raises(SubscriberError, match="404"):
                await asyncio.to_thread(
                    follower._in_context,
                    lambda: follower.subscriber.subscribe(topic_url=f"{base}/feeds/inner.rss", hub_url=f"{base}/hub"),
                )
            await follower.follow(inner)
            await until(lambda: changes(events) == ["subscribed"])
            assert follower.told == [(inner, "subscribe")]
            await hide(control, first)
            await until(lambda: follower.came)
    assert follower.came[0][0] == inner
    assert "s3cret" not in repr(events)


async def test_it_is_refused_where_private_addresses_are_not_allowed(folder, monkeypatch):
    follower = Follower(folder)
    async with tls(folder, monkeypatch) as front, running(folder, front, private=False):
        with follower.serving(), pytest.raises(SubscriberError, match="403"):
            await follower.follow(f"https://localhost:{front.port}/feeds/treaty.atom")
    assert (follower.told, follower.raw) == ([], [])


@pytest.mark.parametrize("suffix", ["atom", "rss"])
async def test_it_finds_the_hub_in_the_document_itself(folder, monkeypatch, suffix):
    async with tls(folder, monkeypatch) as front, running(folder, front, private=False):
        base = f"https://localhost:{front.port}"
        reader, writer = await asyncio.open_connection("127.0.0.1", front.to)
        writer.write(f"GET /feeds/treaty.{suffix} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
    parser = LinkParser()
    parser.hub_url = parser.topic_url = None
    with contextlib.suppress(Finished):
        parser.feed(body.decode())
    assert (parser.hub_url, parser.topic_url) == (f"{base}/hub", f"{base}/feeds/treaty.{suffix}")
