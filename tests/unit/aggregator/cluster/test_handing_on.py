"""What subscribers ask a server for is checked there, waits in the database, and is done by the one who judges."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from functools import partial
from urllib.parse import urlencode

import pytest

from aggregator.cluster import handing_on as module
from aggregator.cluster.handing_on import HandedOn, HandingOn, with_handed_on
from aggregator.hub.limits import BURST, Rate
from aggregator.publishing.imprint import HUB_PATH
from aggregator.publishing.shelf import Private, Stock
from aggregator.serving.answering import Asked, Reply, plain
from aggregator.serving.posts import Post
from feeds.errors import StoreError
from feeds.render import ATOM, document
from feeds.websub import FORM, MOST_BODY
from storage.memory import MemoryStore
from storage.subscribing import Request
from tests.fakes.topic_feeds import NOON

pytestmark = pytest.mark.anyio
BASE = "https://feeds.example"
FEED = document(b"<feed/>", ATOM, NOON)
STOCK = Stock(documents={"/feeds/a.atom": FEED}, private=(Private(token="k3y", documents={"/feeds/b.atom": FEED}),))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Waiting:
    """`storage.subscribing.Requests` in memory."""

    def __init__(self, *bodies: bytes, late: bool = False) -> None:
        self.requests = [Request(number=n, body=body, late=late) for n, body in enumerate(bodies)]
        self.refusal = ""
        self.hold: threading.Event | None = None

    def hand_in(self, body: bytes, *, most: int) -> bool:
        if self.hold:
            self.hold.wait(20)
        if self.refusal:
            raise StoreError(self.refusal)
        if len(self.requests) >= most:
            return False
        self.requests.append(Request(number=len(self.requests), body=body, late=False))
        return True

    def waiting(self, most: int) -> tuple[Request, ...]:
        if self.refusal:
            raise StoreError(self.refusal)
        return tuple(self.requests[:most])

    def taken(self, numbers: Iterable[int]) -> None:
        gone = set(numbers)
        self.requests = [one for one in self.requests if one.number not in gone]

    def cut(self) -> None: ...

    def close(self) -> None: ...


def form(topic: str, mode: str = "subscribe", callback: str = "https://reader.example/cb") -> bytes:
    return urlencode({"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}).encode()


async def sent(waiting: Waiting, body: bytes, **headers: str) -> int:
    handing = HandingOn(waiting, stock=lambda: STOCK, base_url=lambda: BASE)
    return status(await handing.answer(Asked(method="POST", target=HUB_PATH, headers=headers, body=body)))


def status(reply: Reply) -> int:
    return int(reply.head[9:12])


@pytest.mark.parametrize(
    "body",
    [form(f"{BASE}/feeds/a.atom"), form(f"{BASE}/feeds/k3y/b.atom"), form(f"{BASE}/feeds/gone.atom", "unsubscribe")],
)
async def test_what_is_right_is_handed_on_as_it_came(body):
    waiting = Waiting()
    assert await sent(waiting, body) == 202
    assert [one.body for one in waiting.requests] == [body]


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (form(f"{BASE}/feeds/none.atom"), {}, 404),
        (form(f"{BASE}/feeds/wr0ng/b.atom"), {}, 404),
        (form(f"{BASE}/feeds/a.atom", "publish"), {}, 400),
        (b"\xff", {}, 400),
        (form(f"{BASE}/feeds/a.atom"), {"origin": "https://evil.example"}, 403),
    ],
)
async def test_what_is_wrong_gets_no_further(body, headers, expected):
    waiting = Waiting()
    assert await sent(waiting, body, **headers) == expected
    assert waiting.requests == []


async def test_only_so_many_wait_and_none_while_the_database_is_away(monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    waiting, body = Waiting(), form(f"{BASE}/feeds/a.atom")
    assert [await sent(waiting, body) for _ in range(3)] == [202, 202, 503]
    waiting.refusal = "away"
    assert await sent(waiting, body) == 503


async def test_a_server_takes_no_more_than_a_hub_does(monkeypatch):
    monkeypatch.setattr(module, "Rate", partial(Rate, a_second=0.0))  # or one more fits, if these take half a second
    waiting = Waiting()
    handing = HandingOn(waiting, stock=lambda: STOCK, base_url=lambda: BASE)
    asked = Asked(method="POST", target=HUB_PATH, body=form(f"{BASE}/feeds/a.atom"))
    assert [status(await handing.answer(asked)) for _ in range(int(BURST) + 1)].count(503) == 1


async def test_a_database_that_takes_its_time_has_few_at_once():
    waiting = Waiting()
    waiting.hold = threading.Event()
    handing = HandingOn(waiting, stock=lambda: STOCK, base_url=lambda: BASE)
    asked = Asked(method="POST", target=HUB_PATH, body=form(f"{BASE}/feeds/a.atom"))
    answers = [asyncio.create_task(handing.answer(asked)) for _ in range(12)]
    await asyncio.sleep(0.05)
    answers[0].cancel()
    waiting.hold.set()
    found = await asyncio.gather(*answers, return_exceptions=True)
    statuses = [status(one) for one in found if isinstance(one, Reply)]
    assert (statuses.count(202), statuses.count(503)) == (7, 4)
    assert len(waiting.requests) == 8, "what was begun is ended, though nobody waits for it"


async def test_a_server_takes_what_our_hub_takes():
    post = HandingOn(Waiting(), stock=lambda: STOCK, base_url=lambda: BASE).posts[HUB_PATH]
    assert isinstance(post, Post)
    assert (post.takes, post.most) == (FORM, MOST_BODY)


class Hub:
    """Answers with the next of `statuses`, the last one again and again."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[Asked] = []
        self.calls: list[str] = []
        self.posts = {HUB_PATH: Post(answer=self.answer, takes=FORM, most=MOST_BODY)}

    async def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return plain(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0], "")

    async def start(self) -> None:
        self.calls.append("start")

    async def stop(self) -> None:
        self.calls.append("stop")

    async def tell_once(self) -> None:
        self.calls.append("tell_once")

    def published(self) -> None:
        self.calls.append("published")


async def test_the_one_who_judges_takes_what_waits_and_is_a_hub_otherwise(monkeypatch):
    monkeypatch.setattr(module, "EVERY", 0.01)
    waiting, hub = Waiting(b"1", b"2"), Hub(202)
    handed = HandedOn(hub, waiting, alone=asyncio.Lock())
    assert handed.posts is hub.posts
    await handed.start()
    handed.published()
    async with asyncio.timeout(20):
        while waiting.requests:
            await asyncio.sleep(0.01)
    waiting.refusal = "away"
    await asyncio.sleep(0.05)
    waiting.refusal = ""
    waiting.requests.append(Request(number=9, body=b"3", late=False))
    async with asyncio.timeout(20):
        while waiting.requests:
            await asyncio.sleep(0.01)
    await handed.stop()
    assert [one.body for one in hub.asked] == [b"1", b"2", b"3"]
    assert hub.calls == ["start", "published", "stop"]


@pytest.mark.parametrize(("late", "left"), [(False, [b"busy"]), (True, [])])
async def test_what_the_hub_has_no_time_for_stays_for_a_while(late, left):
    waiting, hub = Waiting(b"wrong", b"busy", b"right", late=late), Hub(403, 429, 202)
    await HandedOn(hub, waiting, alone=asyncio.Lock())._take()
    assert [one.body for one in waiting.requests] == left


async def test_files_and_other_hubs_are_left_alone(tmp_path):
    hub = Hub(202)
    assert with_handed_on(hub, MemoryStore(), tmp_path, alone=asyncio.Lock()) is hub
    hub.posts = {}
    assert with_handed_on(hub, MemoryStore(), "postgresql:///topicwire", alone=asyncio.Lock()) is hub
