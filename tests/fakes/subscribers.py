"""A subscriber on loopback that is written here, and a hub to go with it: real sockets, real client, memory store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from aggregator.fetching.client import Client
from aggregator.fetching.client.connect import Resolve
from aggregator.fetching.turns import Turns
from aggregator.hub import Book, Diary, Wires, telling
from aggregator.publishing.shelf import Shelf
from aggregator.serving.answering import Asked
from feeds.render import ATOM, document
from feeds.websub import links
from storage.port import Store
from tests.fakes.door import Door
from tests.fakes.stores import new_store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "https://feeds.example"
FERRIES, LAKES = f"{BASE}/feeds/ferries.atom", f"{BASE}/feeds/lakes.atom"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request as it came to the subscriber."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def confirm(sent: Sent) -> tuple[int, bytes]:
    return 200, sent.query.get("hub.challenge", "").encode()


@dataclass
class Subscriber:
    """Answers questions with `confirms`, pushes with the next of `statuses`, the last one again and again."""

    confirms: Callable[[Sent], tuple[int, bytes]] = confirm
    statuses: list[int] = field(default_factory=lambda: [204])
    delay: float = 0.0
    """Seconds before it answers a question."""
    sent: list[Sent] = field(default_factory=list)
    port: int = 0
    most_at_once: int = 0
    _now: int = 0

    @property
    def questions(self) -> list[Sent]:
        return [one for one in self.sent if one.method == "GET"]

    @property
    def pushes(self) -> list[Sent]:
        return [one for one in self.sent if one.method == "POST"]

    def url(self, path: str = "/push") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def __aenter__(self) -> Self:
        self._door = Door(self._meet)
        self.port = await self._door.open("0.0.0.0")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._door.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
            method, target, _ = first.split(" ")
            headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
            parts = urlsplit(target)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            sent = Sent(method=method, path=parts.path, query=dict(parse_qsl(parts.query)), headers=headers, body=body)
            self.sent.append(sent)
            status, said = await self._answer(sent)
            more = "Location: http://127.0.0.1:1/\r\n" if status // 100 == 3 else ""
            writer.write(f"HTTP/1.1 {status} So\r\n{more}Content-Length: {len(said)}\r\n\r\n".encode() + said)
            await writer.drain()
        finally:
            self._now -= 1

    async def _answer(self, sent: Sent) -> tuple[int, bytes]:
        if sent.method == "GET":
            await asyncio.sleep(self.delay)
            return self.confirms(sent)
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0], b""


async def until(holds: Callable[[], object]) -> None:
    """Wait until it holds, for a minute at most: a busy machine takes a few seconds."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


def feed(text: str, address: str = FERRIES, hub: str = f"{BASE}/hub"):
    """A document as it is published."""
    return document(f"<feed>{text}</feed>".encode(), ATOM, NOON, link=links(hub, address))


class Bench:
    """A hub, what it told, and a clock to turn."""

    def __init__(
        self,
        hub: str = "own",
        *,
        store: Store | None = None,
        private: bool = True,
        trusted: bool = False,
        resolve: Resolve | None = None,
    ) -> None:
        self.store = store or new_store()
        self.now = NOON
        self.come: datetime | None = None
        """What has surely come, where it is not the same."""
        self.events: list = []
        self.shelf = Shelf()
        self.client = Client(
            user_agent="topicwire/test",
            timeout=timedelta(seconds=5),
            max_size=64 * 1024,
            turns=Turns(gap=timedelta()),
            resolve=resolve,
        )
        self.alone = asyncio.Lock()
        self.telling = telling(
            hub,
            shelf=self.shelf,
            book=Book(self.store, self.alone),
            wires=Wires(self.client, allow_private=lambda: private, trusted=trusted),
            diary=Diary(self.events.append, base_url=lambda: BASE),
            clock=lambda: self.now,
            come=lambda: self.come or self.now,
        )
        self.show(ferries="one", lakes="one")

    async def __aenter__(self) -> Self:
        await self.telling.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.telling.stop()

    def show(self, **texts: str) -> None:
        """Publish these: topic, and what its feed says."""
        self.shelf.swap(
            {f"/feeds/{name}.atom": feed(text, f"{BASE}/feeds/{name}.atom") for name, text in texts.items()}
        )
        self.telling.published()

    async def ask(self, callback: str, topic: str = FERRIES, mode: str = "subscribe", **more: str) -> tuple[int, str]:
        """What the hub answers to this."""
        fields = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
        fields.update({f"hub.{name}": value for name, value in more.items()})
        return await self.post(urlencode(fields).encode())

    async def post(self, body: bytes, **headers: str) -> tuple[int, str]:
        asked = Asked(method="POST", target="/hub", headers=headers, body=body)
        found = await self.telling.posts["/hub"].answer(asked)
        return int(found.head.split(b" ")[1]), found.body.decode().strip()

    async def subscribed(self, callback: str, topic: str = FERRIES, **more: str) -> None:
        """Subscribe, and wait until it is so."""
        before = len(self.events)
        assert (await self.ask(callback, topic, **more))[0] == 202
        await until(lambda: len(self.events) > before)

    def told(self) -> list[str]:
        """What was told, in words."""
        return [getattr(event, "what", None) or event.reason for event in self.events]

    async def quiet(self) -> None:
        """Time in which something would have happened."""
        self.telling.published()
        await asyncio.sleep(0.25)
