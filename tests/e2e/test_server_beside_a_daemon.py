"""A daemon fetches, judges and publishes; a server beside it, in a process of its own, is all that readers see."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from aggregator.app import open_app
from aggregator.config import load
from aggregator.observing.events import Event
from aggregator.running import daemon
from aggregator.world import real_world
from tests.fakes.newsroom import Newsroom
from tests.fakes.postgres import as_in_a_config
from tests.fakes.servers import ServerProcess, free_port, server_process
from tests.fakes.serving import served
from tests.fakes.subscribers import Subscriber

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]
SOON = timedelta(seconds=0.2)
BASE = "https://feeds.example"
FEED = "/feeds/peace.atom"
TOKEN = "k3y-that-nobody-is-told"
SHARED = f"""
[site]
base_url = "{BASE}"
[publish]
hub = "own"
"""
CONFIG = (
    SHARED
    + """
[serve]
listen = "127.0.0.1:{port}"
[fetch]
allow_private = true
[store]
url = "{url}"
[[source]]
url = "http://127.0.0.1:{newsroom}/rss"
id = "newsroom"
[[topic]]
id = "peace"
match = ["peace"]
[[topic]]
id = "inner"
match = ["peace"]
token = "env:INNER"
"""
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def judging(folder, database: str, newsroom: int, *, ahead=timedelta):
    """A daemon of its own, with what happened in it; its clock is `ahead`."""
    folder.mkdir()
    text = CONFIG.format(port=free_port(), url=as_in_a_config(database), newsroom=newsroom)
    (folder / "config.toml").write_text(text, "utf-8")
    config, events, stop = load(folder / "config.toml", environ={"INNER": TOKEN}), [], asyncio.Event()

    world = replace(real_world(), clock=lambda: datetime.now(UTC) + ahead())

    async def run() -> None:
        with open_app(config, world=world, observe=events.append) as app:
            parts = replace(app.daemon(), tick=SOON, gather=SOON, ageing=SOON, apart=timedelta)
            await daemon.run(parts, stop=stop)

    running = asyncio.create_task(run())
    try:
        yield events
    finally:
        stop.set()
        await asyncio.wait_for(running, 60)


async def comes(true) -> None:
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.05)


def shows(server: ServerProcess, *titles: str, path: str = FEED) -> bool:
    return server.status(path) == 200 and all(title in server.ask(path).body.decode() for title in titles)


def sent(server: ServerProcess, **fields: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    form = urlencode({f"hub.{name}": value for name, value in fields.items()})
    connection.request("POST", "/hub", form, {"Content-Type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status


async def test_what_a_daemon_publishes_is_served_and_a_subscriber_of_the_server_is_told(tmp_path, postgres_url):
    paper, ahead = Newsroom(["Peace talks begin"]), [timedelta()]
    with served(paper) as newsroom, server_process(tmp_path / "server", postgres_url, more=SHARED) as server:
        async with (
            judging(tmp_path / "judge", postgres_url, newsroom, ahead=lambda: ahead[0]) as events,
            Subscriber() as subscriber,
        ):
            await comes(lambda: shows(server, "Peace talks begin"))
            private = f"/feeds/{TOKEN}/inner.atom"
            await comes(lambda: shows(server, "Peace talks begin", path=private))
            link = server.ask(FEED).headers["link"]
            assert f'<{BASE}/hub>; rel="hub"' in link

            asked = {"mode": "subscribe", "topic": f"{BASE}{FEED}", "callback": subscriber.url(), "secret": "s3cret"}
            assert await asyncio.to_thread(sent, server, **asked) == 202
            await comes(lambda: len(subscriber.questions) >= 1)
            assert await asyncio.to_thread(sent, server, **{**asked, "topic": f"{BASE}/feeds/none.atom"}) == 404
            assert await asyncio.to_thread(sent, server, **{**asked, "mode": "publish"}) == 400
            await comes(lambda: "subscribed until" in str(events))
            paper.titles.append("Peace holds")
            ahead[0] = timedelta(hours=2)
            await comes(lambda: shows(server, "Peace talks begin", "Peace holds"))
            await comes(lambda: len(subscriber.pushes) == 1)
            [push] = subscriber.pushes
            assert push.body == (await asyncio.to_thread(server.ask, FEED)).body
            signed = hmac.new(b"s3cret", push.body, hashlib.sha256).hexdigest()
            assert push.headers["x-hub-signature"] == f"sha256={signed}"

            assert await asyncio.to_thread(sent, server, **{**asked, "mode": "unsubscribe"}) == 202
            await comes(lambda: any("unsubscribed" in told(event) for event in events))
        assert shows(server, "Peace talks begin", "Peace holds"), "the daemon is gone"
        assert server.ask("/readyz").status == 200


def told(event: Event) -> str:
    return getattr(event, "what", "")


async def test_a_server_follows_its_config_and_keeps_what_is_right_of_it(tmp_path, postgres_url):
    with server_process(tmp_path, postgres_url, more=SHARED) as server:
        await comes(lambda: server.status("/healthz") == 200)
        text = server.config.read_text("utf-8")
        server.config.write_text(text.replace(BASE, "https://news.example"), "utf-8")
        server.process.send_signal(signal.SIGHUP)
        await comes(lambda: "settings site.base_url" in server.lines())
        server.config.write_text("[serve]\nlitsen = 1\n", "utf-8")
        await comes(lambda: "is refused, everything stays as it was: 1 problem" in server.lines())
        assert server.status("/healthz") == 200
