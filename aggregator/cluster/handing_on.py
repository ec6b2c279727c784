"""What subscribers ask our hub for is handed on: servers take it, the one who judges asks the callbacks.

A server sees to the form, and that there is such a topic; it says 202, as our hub does. The rest is found out later, so
that whoever is refused then (too many subscriptions, a callback that is not asked) is not told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aggregator.cluster.patience import patient
from aggregator.hub import Telling
from aggregator.hub.intake import ACCEPTED, BUSY, NO_TOPIC, wanted
from aggregator.hub.limits import Rate
from aggregator.hub.topics import topic_at
from aggregator.publishing.imprint import HUB_PATH
from aggregator.publishing.shelf import Stock
from aggregator.serving.answering import Asked, Reply, plain
from aggregator.serving.posts import Post, Posts
from feeds.errors import StoreError
from feeds.websub import FORM, MOST_BODY, Mode
from storage.opening import Where, requests_at
from storage.port import Store
from storage.subscribing import Request, Requests

MOST_WAITING: Final = 256
"""Requests of all servers: two minutes of what a hub takes in the long run."""
EVERY: Final = 1.0
"""Seconds between two looks for what waits."""
AT_ONCE: Final = 16
"""Of these, at each look."""
_UNDER_WAY: Final = 8
"""Requests on their way to the database, which takes one at a time from here."""
_PATIENCE: Final = 4.0
"""Seconds for the database to take one: less than who asks is kept waiting."""
_AWAY: Final = plain(503, "The hub cannot be reached: come back later.", ("Retry-After", "60"))
_LATER: Final = {b"429", b"503"}
"""What our hub answers when it has too much to do."""


def with_handed_on(hub: Telling, store: Store, where: Where, *, alone: asyncio.Lock) -> Telling:
    """`hub`, that takes what servers hand on as well, where it is ours and `store` is a database at `where`."""
    if isinstance(where, Path) or HUB_PATH not in hub.posts:
        return hub
    return HandedOn(hub, requests_at(where, store), alone=alone)


class HandingOn:
    """A server's side: answers what is sent to `HUB_PATH`. Used on one event loop."""

    def __init__(self, requests: Requests, *, stock: Callable[[], Stock], base_url: Callable[[], str]) -> None:
        self._requests = requests
        self._stock = stock
        self._base_url = base_url
        self._alone = asyncio.Lock()
        self._rate: Rate | None = None
        self._under_way = 0

    @property
    def posts(self) -> Posts:
        """What is answered here."""
        return {HUB_PATH: Post(answer=self.answer, takes=FORM, most=MOST_BODY)}

    async def answer(self, asked: Asked) -> Reply:
        """202 when it was handed on, otherwise why it was not."""
        self._rate = self._rate or Rate(clock=asyncio.get_running_loop().time)
        if not self._rate.take():
            return BUSY
        intent = wanted(asked)
        if isinstance(intent, Reply):
            return intent
        if intent.mode == Mode.SUBSCRIBE and topic_at(self._stock(), self._base_url(), intent.topic) is None:
            return NO_TOPIC
        if self._under_way >= _UNDER_WAY:
            return BUSY
        self._under_way += 1
        handing = asyncio.create_task(self._handed_in(asked.body))  # to its end, though nobody may wait for it so long
        return await asyncio.shield(handing)

    async def _handed_in(self, body: bytes) -> Reply:
        try:
            async with self._alone:
                taken = await asyncio.to_thread(self._hand_in, body)
        except StoreError:
            return _AWAY
        finally:
            self._under_way -= 1
        return ACCEPTED if taken else BUSY

    def _hand_in(self, body: bytes) -> bool:
        with patient(self._requests.cut, _PATIENCE):
            return self._requests.hand_in(body, most=MOST_WAITING)


class HandedOn:
    """A hub that takes what servers hand on as well: the side of the one who judges."""

    def __init__(self, hub: Telling, requests: Requests, *, alone: asyncio.Lock) -> None:
        """`alone` is held by whoever uses the store."""
        self._hub = hub
        self._requests = requests
        self._alone = alone
        self._taking: asyncio.Task[None] | None = None
        self._stopped = asyncio.Event()

    @property
    def posts(self) -> Posts:
        """As the hub's."""
        return self._hub.posts

    async def start(self) -> None:
        """Begin with what waits already. Raises StoreError."""
        await self._hub.start()
        self._taking = asyncio.create_task(self._take_on(), name="what subscribers asked servers for")

    async def tell_once(self) -> None:
        """As the hub does; nothing is taken."""
        await self._hub.tell_once()

    def published(self) -> None:
        """As the hub is told."""
        self._hub.published()

    async def stop(self) -> None:
        """What is not taken waits for the next one who judges."""
        self._stopped.set()
        self._requests.cut()
        if self._taking:
            await self._taking
        self._requests.close()
        await self._hub.stop()

    async def _take_on(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(StoreError):  # which whoever judges tells of
                await self._take()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._stopped.wait()

    async def _take(self) -> None:
        """A request leaves when the hub has begun with it: one that ends in between is begun with once more."""
        waiting = await asyncio.to_thread(self._requests.waiting, AT_ONCE)
        if taken := [one.number for one in waiting if await self._is_taken(one)]:
            async with self._alone:
                await asyncio.to_thread(self._requests.taken, taken)

    async def _is_taken(self, request: Request) -> bool:
        post = self._hub.posts[HUB_PATH]
        found = await post.answer(Asked(method="POST", target=HUB_PATH, body=request.body))
        return request.late or found.head[9:12] not in _LATER
